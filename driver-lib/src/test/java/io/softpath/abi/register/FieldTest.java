package io.softpath.abi.register;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class FieldTest {
    private static final Field MIDDLE = new Field(15, 11);

    @Test
    void shouldGetAndSetInPlace() {
        assertEquals(0x7FFL << 15, MIDDLE.mask());
        assertEquals(0x7FF, MIDDLE.max());
        assertEquals(0x123, MIDDLE.get(MIDDLE.set(0, 0x123)));
        assertEquals(0x123L << 15, MIDDLE.set(0, 0x123));
    }

    @Test
    void shouldKeepNeighbouringBits() {
        assertEquals(~(0x7FFL << 15), MIDDLE.set(-1L, 0));
        assertEquals(0x7FFL << 15, MIDDLE.set(0, 0x7FF));
    }

    @Test
    void shouldReachBothEndsOfTheQword() {
        Field all = new Field(0, 64);
        assertEquals(-1L, all.mask());
        assertEquals(-5L, all.get(all.set(7, -5L)));
        Field top = new Field(63, 1);
        assertEquals(Long.MIN_VALUE, top.set(0, 1));
        assertEquals(1, top.get(-1L));
    }

    @Test
    void shouldNameValueAndBoundWhenAValueDoesNotFit() {
        String message =
                assertThrows(IllegalArgumentException.class, () -> MIDDLE.set(0, 0x800))
                        .getMessage();
        assertTrue(message.contains("value=0x800 max=0x7ff bits=15-25"), message);
        assertThrows(IllegalArgumentException.class, () -> MIDDLE.set(0, -1));
    }

    @Test
    void shouldRefuseAFieldOutsideTheQword() {
        String message =
                assertThrows(IllegalArgumentException.class, () -> new Field(60, 5)).getMessage();
        assertTrue(message.contains("shift=60 width=5 bits=64"), message);
        assertThrows(IllegalArgumentException.class, () -> new Field(0, 0));
        assertThrows(IllegalArgumentException.class, () -> new Field(-1, 4));
    }

    @Test
    void shouldRefuseFieldsThatOverlapOrShareAName() {
        NamedField low = new NamedField("low", new Field(0, 4), "");
        NamedField overlap = new NamedField("overlap", new Field(3, 4), "");
        NamedField twin = new NamedField("low", new Field(4, 4), "");
        assertThrows(IllegalStateException.class, () -> NamedField.table(low, overlap));
        assertThrows(IllegalStateException.class, () -> NamedField.table(low, twin));
        assertEquals("0-3", low.bits());
        assertEquals("63", new NamedField("top", new Field(63, 1), "").bits());
    }

    @Test
    void shouldRefuseMembersThatOverlapOrLeaveTheirStructure() {
        StructField first = new StructField("first", 0, 4, "");
        assertThrows(
                IllegalStateException.class,
                () -> StructField.layout(8, first, new StructField("second", 2, 4, "")));
        assertThrows(
                IllegalStateException.class,
                () -> StructField.layout(8, first, new StructField("first", 4, 4, "")));
        assertThrows(
                IllegalStateException.class,
                () -> StructField.layout(8, first, new StructField("second", 4, 8, "")));
    }
}
