package io.softpath.abi.register;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.softpath.abi.Dirty;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.util.List;

class RegisterTest {
    private static final long VALUE = 0x0102_0304_0506_0708L;

    @Test
    void shouldLieWhereTheChipHasThem() {
        assertEquals(
                List.of(0L, 8L, 16L, 24L),
                UserRegisters.ALL.stream().map(Register::offset).toList());
        assertEquals(
                List.of("rcvhdrtail", "rcvhdrhead", "rcvegrindextail", "rcvegrindexhead"),
                UserRegisters.ALL.stream().map(Register::name).toList());
        assertEquals(4096, UserRegisters.RCVTIDFLOW_OFFSET);
    }

    @Test
    void shouldStoreLittleEndianAndNothingElse() {
        for (Register register : UserRegisters.ALL) {
            MemorySegment page = Dirty.segment(32);
            register.put(page, VALUE);
            int offset = (int) register.offset();
            assertEquals(
                    Dirty.dirt(offset) + "0807060504030201" + Dirty.dirt(24 - offset),
                    Dirty.hex(page));
            assertEquals(VALUE, register.get(page));
            assertEquals(VALUE, register.getPlain(page));
            register.putPlain(page, ~VALUE);
            assertEquals(~VALUE, register.get(page));
        }
    }

    @Test
    void shouldKeepHeadAndInterruptCountApart() {
        long armed = UserRegisters.INTERRUPT_COUNT.set(UserRegisters.HEAD.set(0, 0xFFFF_FFFFL), 1);
        assertEquals(0x1_FFFF_FFFFL, armed);
        assertEquals(1, UserRegisters.INTERRUPT_COUNT.get(armed));
    }

    @Test
    void shouldRefuseAPageThatIsTooShortReadOnlyOrMisaligned() {
        MemorySegment page = Dirty.segment(32);
        Register last = UserRegisters.RCVEGRINDEXHEAD;
        assertThrows(IndexOutOfBoundsException.class, () -> last.get(page.asSlice(0, 24)));
        assertThrows(IllegalArgumentException.class, () -> last.put(page.asReadOnly(), 1));
        MemorySegment crooked = MemorySegment.ofArray(new byte[40]);
        assertThrows(IllegalArgumentException.class, () -> last.get(crooked));
        assertEquals(Dirty.dirt(32), Dirty.hex(page));
        assertEquals(0, crooked.get(JAVA_BYTE, 24));
    }

    @Test
    void shouldRefuseDuplicatesAndOddOffsets() {
        Register one = new Register("one", 0, Access.READ_ONLY, "");
        Register sameName = new Register("one", 8, Access.READ_ONLY, "");
        Register sameOffset = new Register("two", 0, Access.READ_ONLY, "");
        String message =
                assertThrows(IllegalStateException.class, () -> Register.table(one, sameName))
                        .getMessage();
        assertTrue(message.contains("name=one offset=8"), message);
        assertThrows(IllegalStateException.class, () -> Register.table(one, sameOffset));
        message =
                assertThrows(
                                IllegalArgumentException.class,
                                () -> new Register("odd", 12, Access.READ_ONLY, ""))
                        .getMessage();
        assertTrue(message.contains("name=odd offset=12 multipleOf=8"), message);
    }

    @Test
    void shouldTellWhatAUserMayDo() {
        assertTrue(Access.READ_ONLY.readable() && !Access.READ_ONLY.writable());
        assertTrue(!Access.WRITE_ONLY.readable() && Access.WRITE_ONLY.writable());
        assertTrue(Access.READ_WRITE.readable() && Access.READ_WRITE.writable());
    }
}
