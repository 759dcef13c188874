package io.softpath.daemon.chip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.model.ChipModel;
import io.softpath.abi.packet.PioAvail;
import io.softpath.abi.region.AvailPage;

import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Random;

/** A library that walks as libpsm does, while the chip works between any two of its reads. */
class AvailRingTest {
    private static final ChipModel MODEL = ChipModel.IBA7220;

    private final MemorySegment page = Arena.ofAuto().allocate(AvailPage.BYTES, AvailPage.BYTES);
    private final PioAvailWriter writer =
            new PioAvailWriter(MODEL, page, new Counters(MODEL.contexts()));

    /** Launched and not yet seen by the chip, in launch order. */
    private final ArrayDeque<Integer> launched = new ArrayDeque<>();

    /** Seen by the chip, and busy. */
    private final ArrayDeque<Integer> waiting = new ArrayDeque<>();

    /** psm, ips_spio_transfer_frame: which buffer is taken, and when the copy is read. */
    private final class Library {
        private final int first;
        private final int last;
        private final long[] shadow = new long[MODEL.availQwords()];
        private final Runnable beforeRead;
        private int current;

        Library(int first, int count, Runnable beforeRead) {
            this.first = first;
            this.last = first + count - 1;
            this.beforeRead = beforeRead;
            current = first;
            for (int i = 0; i < shadow.length; i++) {
                shadow[i] = AvailPage.qword(page, i);
            }
        }

        private boolean busy() {
            return PioAvail.busy(shadow[PioAvail.qwordIndex(current)], current);
        }

        private void read() {
            beforeRead.run();
            int qword = PioAvail.qwordIndex(current);
            shadow[qword] = PioAvail.refresh(shadow[qword], AvailPage.qword(page, qword));
        }

        /** The buffer that was launched, or -1. */
        int send() {
            if (busy()) {
                read();
                int tries = last - first + 1;
                while (tries > 0 && busy()) {
                    if (++current > last) {
                        current = first;
                        read();
                    } else if (current % PioAvail.BUFFERS_PER_QWORD == 0) {
                        read();
                    }
                    tries--;
                }
                if (tries == 0) {
                    return -1;
                }
            }
            int taken = current;
            int qword = PioAvail.qwordIndex(taken);
            shadow[qword] = PioAvail.take(shadow[qword], taken);
            current = current == last ? first : current + 1;
            launched.add(taken);
            return taken;
        }
    }

    private void chipSees() {
        if (!launched.isEmpty()) {
            int buffer = launched.remove();
            if (waiting.isEmpty() && buffer % 3 != 0) {
                writer.launchedAndFreed(buffer);
            } else {
                writer.launched(buffer);
                waiting.add(buffer);
            }
        }
    }

    private void chipSends() {
        if (!waiting.isEmpty()) {
            writer.freed(waiting.remove());
        }
    }

    private void runs(Random random, int first, int count) {
        writer.threshold(1 + random.nextInt(8));
        writer.add(new AvailRing(first, count));
        writer.forceCopy();
        int[] pace = {1 + random.nextInt(12)};
        Library library =
                new Library(
                        first,
                        count,
                        () -> {
                            for (int i = random.nextInt(pace[0]); i > 0; i--) {
                                if (random.nextBoolean()) {
                                    chipSees();
                                } else {
                                    chipSends();
                                }
                            }
                        });
        int expected = first;
        int failures = 0;
        for (int packets = 0; packets < 2_000; ) {
            int buffer = library.send();
            if (buffer < 0) {
                assertTrue(++failures < 10_000, "the library starves at buffer=" + expected);
                for (int i = 0; i < 8; i++) {
                    chipSees();
                    chipSends();
                }
                writer.copyNow();
                continue;
            }
            failures = 0;
            assertEquals(expected, buffer, "after packets=" + packets);
            expected = expected == first + count - 1 ? first : expected + 1;
            packets++;
        }
        writer.removeRing(first);
        while (!launched.isEmpty() || !waiting.isEmpty()) {
            chipSees();
            chipSends();
        }
        writer.copyNow();
    }

    @Test
    void shouldKeepALibraryThatWalksInRingOrder() {
        for (int i = 0; i < 300; i++) {
            long seed = System.nanoTime() + i;
            Random random = new Random(seed);
            int count = 7 + random.nextInt(34);
            try {
                runs(random, random.nextInt(128 - count), count);
            } catch (AssertionError e) {
                throw new AssertionError("seed=" + seed, e);
            }
        }
    }

    @Test
    void shouldWithholdWhatLiesBehindTheStartOfTheRingUntilTheLibraryMovesOn() {
        writer.threshold(6);
        writer.add(new AvailRing(0, 8));
        writer.forceCopy();
        for (int buffer = 0; buffer < 6; buffer++) {
            writer.launchedAndFreed(buffer);
        }
        assertEquals(0x555, AvailPage.qword(page, 0), "0 to 5");
        for (int buffer : new int[] {6, 7, 0, 1, 2, 3}) {
            writer.launchedAndFreed(buffer);
        }
        assertEquals(0x5555, AvailPage.qword(page, 0), "6 and 7, but not 0 to 3 once more");
        writer.launched(6);
        assertEquals(0x6500, AvailPage.qword(page, 0), "0 to 3 too");
    }

    @Test
    void shouldShowWhatItWithheldAfterADisarmAndWhenTheContextIsClosed() {
        writer.threshold(6);
        writer.add(new AvailRing(0, 8));
        writer.forceCopy();
        for (int buffer : new int[] {0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3}) {
            writer.launchedAndFreed(buffer);
        }
        assertEquals(0x5555, AvailPage.qword(page, 0));
        writer.startOver();
        writer.forceCopy();
        assertEquals(0x5500, AvailPage.qword(page, 0), "0 to 3 were used twice");
        for (int buffer : new int[] {4, 5, 6, 7, 0, 1}) {
            writer.launchedAndFreed(buffer);
        }
        assertEquals(0x0000, AvailPage.qword(page, 0), "4 to 7 too, but not 0 and 1");
        writer.removeRing(0);
        writer.copyNow();
        assertEquals(0x0005, AvailPage.qword(page, 0));
    }

    @Test
    void shouldShowEverythingWhenABufferIsFreedOutOfTurn() {
        writer.threshold(31);
        writer.add(new AvailRing(0, 8));
        writer.forceCopy();
        for (int buffer = 0; buffer < 8; buffer++) {
            writer.launched(buffer);
        }
        writer.freed(5);
        writer.copyNow();
        assertEquals(0xF7FF, AvailPage.qword(page, 0));
        for (int buffer : new int[] {0, 1, 2, 3, 4, 6, 7}) {
            writer.freed(buffer);
        }
        writer.copyNow();
        assertEquals(0x5555, AvailPage.qword(page, 0));
    }
}
