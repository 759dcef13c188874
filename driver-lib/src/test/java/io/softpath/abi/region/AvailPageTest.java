package io.softpath.abi.region;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.Dirty;
import io.softpath.abi.model.ChipModel;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;

class AvailPageTest {
    private static final ChipModel MODEL = ChipModel.IBA7220;

    @Test
    void shouldPutStatusWhereTheDriverDoes() {
        assertEquals(168, AvailPage.statusOffset(MODEL)); // 5 qwords
        ChipModel six = MODEL.toBuilder().pio4kCount(32 + 2).build();
        assertEquals(6, six.availQwords());
        assertEquals(176, AvailPage.statusOffset(six));
        ChipModel eight = MODEL.toBuilder().pio4kCount(128).build();
        assertEquals(8, eight.availQwords());
        assertEquals(128, AvailPage.statusOffset(eight));
        assertEquals(176, AvailPage.portStatusOffset(MODEL, 1));
        assertEquals(192, AvailPage.textOffset(MODEL));
        assertThrows(IllegalArgumentException.class, () -> AvailPage.portStatusOffset(MODEL, 2));
        assertThrows(IllegalArgumentException.class, () -> AvailPage.portStatusOffset(MODEL, 0));
    }

    @Test
    void shouldStoreQwordsLittleEndian() {
        MemorySegment page = Dirty.segment(4096);
        AvailPage.putQword(page, 4, 0x0102_0304_0506_0708L);
        assertEquals(
                Dirty.dirt(32) + "0807060504030201" + Dirty.dirt(8),
                Dirty.hex(page.asSlice(0, 48)));
        assertEquals(0x0102_0304_0506_0708L, AvailPage.qword(page, 4));
    }

    @Test
    void shouldStoreStatusOfDeviceAndPortAndNothingElse() {
        MemorySegment page = Dirty.segment(4096);
        AvailPage.putStatus(page, MODEL, 0xE1);
        assertEquals(
                Dirty.dirt(8) + "e100000000000000".repeat(2) + Dirty.dirt(8),
                Dirty.hex(page.asSlice(160, 32)));
        assertEquals(0xE1, AvailPage.status(page, AvailPage.statusOffset(MODEL)));
        assertEquals(0xE1, AvailPage.status(page, AvailPage.portStatusOffset(MODEL, 1)));
    }

    @Test
    void shouldEndTheTextBeforeSoftpathsBytes() {
        MemorySegment page = Dirty.segment(4096);
        AvailPage.putText(page, MODEL, "x".repeat(5000));
        assertEquals(4032 - 192 - 1, AvailPage.text(page, MODEL).length());
        assertEquals("00" + Dirty.dirt(64), Dirty.hex(page.asSlice(4031, 65)));
        AvailPage.putText(page, MODEL, "frozen: tür");
        assertEquals("frozen: tür", AvailPage.text(page, MODEL));
        AvailPage.putText(page, MODEL, "a" + "ü".repeat(3000)); // an odd byte more than fits
        assertTrue(AvailPage.text(page, MODEL).matches("aü+"));
        assertEquals(Dirty.dirt(192), Dirty.hex(page.asSlice(0, 192)));
    }

    @Test
    void shouldTellWhetherTheChipSleeps() {
        MemorySegment page = MemorySegment.ofArray(new long[512]);
        assertFalse(AvailPage.chipAsleep(page));
        AvailPage.putChipAsleep(page, true);
        assertTrue(AvailPage.chipAsleep(page));
        assertEquals("0100000000000000", Dirty.hex(page.asSlice(4032, 8)));
        AvailPage.putChipAsleep(page, false);
        assertFalse(AvailPage.chipAsleep(page));
    }
}
