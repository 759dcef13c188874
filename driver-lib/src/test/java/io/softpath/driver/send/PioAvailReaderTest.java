package io.softpath.driver.send;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.softpath.abi.Fidelity;
import io.softpath.abi.packet.PioAvail;
import io.softpath.abi.region.AvailPage;

import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

class PioAvailReaderTest {
    private final MemorySegment page = Arena.ofAuto().allocate(AvailPage.BYTES, 64);

    @Test
    void shouldTakeBuffersInRingOrder() {
        PioAvailReader reader = new PioAvailReader(page, 30, 4, false);
        assertEquals(0, reader.take());
        assertEquals(1, reader.take());
        assertEquals(2, reader.take());
        assertEquals(3, reader.take());
        assertEquals(-1, reader.take());
    }

    @Test
    void shouldNotJumpOverABusyBufferBecauseTheChipCouldNotTellTheOrder() {
        PioAvailReader reader = new PioAvailReader(page, 0, 4, false);
        for (int i = 0; i < 4; i++) {
            reader.take();
        }
        long onlyLastIsFree = 0;
        for (int number = 0; number < 4; number++) {
            onlyLastIsFree = PioAvail.take(onlyLastIsFree, number);
        }
        AvailPage.putQword(page, 0, onlyLastIsFree & ~PioAvail.busyBit(3));
        assertEquals(-1, reader.take());
        reader.skipBusy();
        assertEquals(3, reader.take());
        assertEquals(-1, reader.take());
        reader.skipBusy();
        assertEquals(-1, reader.take());
    }

    @Test
    @Fidelity(20)
    void shouldNotReuseABufferWhileThePageStandsStill() {
        PioAvailReader reader = new PioAvailReader(page, 0, 8, false);
        for (int i = 0; i < 8; i++) {
            assertEquals(i, reader.take());
        }
        for (int i = 0; i < 100; i++) {
            assertEquals(-1, reader.take());
            reader.refreshAll();
        }
        assertEquals(0, reader.freeCount());
    }

    @Test
    @Fidelity({19, 20})
    void shouldBelieveOnlyACopyWithTheSameCheckBit() {
        PioAvailReader reader = new PioAvailReader(page, 0, 1, false);
        assertEquals(0, reader.take());
        AvailPage.putQword(page, 0, 0); // as before: not busy, but of the previous use
        assertEquals(-1, reader.take());
        AvailPage.putQword(page, 0, PioAvail.checkBit(0) | PioAvail.busyBit(0));
        assertEquals(-1, reader.take());
        AvailPage.putQword(page, 0, PioAvail.checkBit(0));
        assertEquals(0, reader.take());
    }

    @Test
    @Fidelity(19)
    void shouldFollowTheCheckBitThroughManyUses() {
        PioAvailReader reader = new PioAvailReader(page, 5, 1, false);
        long chip = 0;
        for (int i = 0; i < 100; i++) {
            assertEquals(0, reader.take());
            assertEquals(-1, reader.take());
            chip = PioAvail.take(chip, 5);
            AvailPage.putQword(page, 0, chip);
            assertEquals(-1, reader.take());
            chip &= ~PioAvail.busyBit(5);
            AvailPage.putQword(page, 0, chip);
        }
    }

    @Test
    void shouldStartFromThePageAsItIs() {
        AvailPage.putQword(
                page, 0, PioAvail.checkBit(0) | PioAvail.checkBit(1) | PioAvail.busyBit(1));
        PioAvailReader reader = new PioAvailReader(page, 0, 2, false);
        assertEquals(0, reader.take());
        assertEquals(-1, reader.take());
        AvailPage.putQword(page, 0, PioAvail.busyBit(0) | PioAvail.checkBit(1));
        assertEquals(1, reader.take());
    }

    @Test
    void shouldReadSwappedQwordsWhereTheChipSwaps() {
        PioAvailReader reader = new PioAvailReader(page, 128, 1, true); // qword 4, kept at 5
        assertEquals(0, reader.take());
        AvailPage.putQword(page, 4, PioAvail.checkBit(0));
        assertEquals(-1, reader.take());
        AvailPage.putQword(page, 5, PioAvail.checkBit(0));
        assertEquals(0, reader.take());
    }

    @Test
    void shouldGiveTheSameBufferAgainWhenItWasPutBack() {
        PioAvailReader reader = new PioAvailReader(page, 0, 4, false);
        reader.take();
        int second = reader.take();
        reader.putBack(second);
        assertEquals(second, reader.take());
        assertEquals(2, reader.freeCount());
    }

    @Test
    void shouldRefuseMoreBuffersThanTheAvailRegistersHave() {
        assertThrows(IllegalArgumentException.class, () -> new PioAvailReader(page, 250, 7, false));
    }
}
