package io.softpath.abi.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.Random;

class PioAvailTest {
    @Test
    void shouldGiveEachBufferTwoBits() {
        assertEquals(0, PioAvail.qwordIndex(31));
        assertEquals(1, PioAvail.qwordIndex(32));
        assertEquals(4, PioAvail.qwordIndex(143));
        assertEquals(1L, PioAvail.checkBit(0));
        assertEquals(2L, PioAvail.busyBit(0));
        assertEquals(1L << 62, PioAvail.checkBit(31));
        assertEquals(1L << 63, PioAvail.busyBit(31));
        assertEquals(PioAvail.checkBit(1), PioAvail.checkBit(33));
        long check = 0;
        long busy = 0;
        for (int n = 0; n < 32; n++) {
            check |= PioAvail.checkBit(n);
            busy |= PioAvail.busyBit(n);
        }
        assertEquals(PioAvail.CHECK_MASK, check);
        assertEquals(PioAvail.BUSY_MASK, busy);
    }

    @Test
    void shouldTakeABufferByMakingItBusyAndFlippingItsCheck() {
        long shadow = PioAvail.take(0, 3);
        assertEquals(0xC0L, shadow);
        assertTrue(PioAvail.busy(shadow, 3));
        assertFalse(PioAvail.busy(shadow, 2));
        assertTrue(PioAvail.check(shadow, 3));
        long freed = shadow & ~PioAvail.busyBit(3);
        assertEquals(PioAvail.busyBit(3), PioAvail.take(freed, 3));
    }

    @Test
    void shouldBelieveOnlyBuffersWhoseCheckAgrees() {
        long shadow = PioAvail.take(PioAvail.take(0, 0), 1); // both busy with check 1
        long dma = PioAvail.checkBit(0); // buffer 0 freed after its launch; of buffer 1 an old copy
        long refreshed = PioAvail.refresh(shadow, dma);
        assertFalse(PioAvail.busy(refreshed, 0));
        assertTrue(PioAvail.busy(refreshed, 1));
        assertEquals(shadow & PioAvail.CHECK_MASK, refreshed & PioAvail.CHECK_MASK);
    }

    @Test
    void shouldSwapQwordsAbove3InPairs() {
        int[] expected = {0, 1, 2, 3, 5, 4, 7, 6};
        for (int i = 0; i < PioAvail.MAX_QWORDS; i++) {
            assertEquals(expected[i], PioAvail.swappedIndex(i));
        }
    }

    /**
     * A chip that publishes its copy late, and a user with a shadow: the user never takes a buffer
     * whose packet has not left, and at the end, with a fresh copy, sees every buffer free.
     */
    @Test
    void shouldNeverTakeABusyBufferHoweverOldTheCopyIs() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String run = "seed=" + seed;
        long chip = 0;
        long dma = 0;
        long shadow = 0;
        long taken = 0;
        for (int step = 0; step < 100_000; step++) {
            int n = random.nextInt(32);
            switch (random.nextInt(4)) {
                case 0 -> {
                    if (!PioAvail.busy(shadow, n)) {
                        assertFalse(PioAvail.busy(chip, n), run);
                        shadow = PioAvail.take(shadow, n);
                        chip = PioAvail.take(chip, n);
                        taken++;
                    }
                }
                case 1 -> chip &= ~PioAvail.busyBit(n);
                case 2 -> dma = chip;
                default -> shadow = PioAvail.refresh(shadow, dma);
            }
            assertEquals(chip & PioAvail.CHECK_MASK, shadow & PioAvail.CHECK_MASK, run);
        }
        assertEquals(
                0, PioAvail.refresh(shadow, chip & ~PioAvail.BUSY_MASK) & PioAvail.BUSY_MASK, run);
        assertTrue(taken > 1000, run);
    }
}
