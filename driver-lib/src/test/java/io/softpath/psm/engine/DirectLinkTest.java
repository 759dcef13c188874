package io.softpath.psm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.direct.DirectLayout;
import io.softpath.abi.direct.Slot;
import io.softpath.psm.sim.SimHost;

import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

final class DirectLinkTest {
    private static final int WAKES = 30_000;
    private static final int RECORDS = 20_000;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

    private final MemorySegment memory = Arena.ofAuto().allocate(DirectLayout.BYTES, 4096);
    private final DirectLink one = SimHost.link(0, memory);
    private final DirectLink other = SimHost.link(1, memory);
    private int taken;

    private static void write(DirectLink link, long value) {
        long at = claim(link, Long.BYTES);
        link.memory().set(LONG, at, value);
        link.out.commit();
    }

    private static long claim(DirectLink link, int bytes) {
        long at = link.out.claim(RingRecord.EAGER, bytes);
        while (at == RecordWriter.NO_ROOM) {
            Thread.onSpinWait();
            at = link.out.claim(RingRecord.EAGER, bytes);
        }
        return at;
    }

    @Test
    void shouldBeLaidOutAsTheControlProtocolSays() {
        one.listenTo(-2);
        other.sleep(true);
        assertEquals((1L << 32) + 0xFFFF_FFFEL, memory.get(LONG, 0), "who is heard");
        assertEquals(1, memory.get(ValueLayout.JAVA_INT, 320), "who sleeps");
        write(one, 42);
        assertEquals(1L << 32 | RingRecord.EAGER << 24 | 8, memory.get(LONG, 4096), "its header");
        assertEquals(42, memory.get(LONG, 4104));
        write(other, 43);
        assertEquals(43, memory.get(LONG, 155_656));
        assertEquals(1, one.in.take((type, at, bytes) -> true, 64));
        assertEquals(1, memory.get(LONG, 128), "records that side 0 has taken");
        assertEquals(20_480 + 8, claim(one, 200), "in the ring");
        one.out.commit();
        assertEquals(208, memory.get(ValueLayout.JAVA_INT, 20_480), "length of the record");
        assertEquals(RingRecord.EAGER, memory.get(ValueLayout.JAVA_INT, 20_484));
        assertEquals(2L << 32 | 0xFF00_0000L, memory.get(LONG, 4096 + 128));
        assertEquals(172_032 + 8, claim(other, 200));
        assertEquals(307_200, DirectLayout.BYTES);
    }

    /** Short ones in slots, long ones in the ring, which wraps, and nobody waits for the other. */
    @Test
    void shouldBringRecordsOfAllLengthsInTheirOrder() {
        long seed = new SplittableRandom().nextLong();
        System.out.println("seed=" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        int written = 0;
        taken = 0;
        while (taken < RECORDS) {
            for (int i = random.nextInt(200); i > 0; i--) {
                int bytes = length(seed + written);
                long at = one.out.claim(1 + written % 7, bytes);
                if (at == RecordWriter.NO_ROOM) {
                    break;
                }
                memory.asSlice(at, bytes).fill((byte) written);
                one.out.commit();
                written++;
            }
            boolean refuses = random.nextInt(4) == 0;
            int limit = 1 + random.nextInt(150);
            int before = taken;
            int came =
                    other.in.take(
                            (type, at, bytes) -> {
                                assertEquals(1 + taken % 7, type);
                                assertEquals(length(seed + taken), bytes);
                                MemorySegment there = memory.asSlice(at, bytes);
                                assertEquals(-1, there.mismatch(filled(bytes, taken)));
                                if (refuses && taken - before == limit / 2) {
                                    return false;
                                }
                                taken++;
                                return true;
                            },
                            limit);
            assertEquals(taken - before, came);
            assertTrue(came == limit || refuses || taken == written);
            assertEquals(taken == written, one.out.isDrained());
            assertEquals(taken != written, other.in.hasSomething());
        }
        assertFalse(one.out.isBroken() || other.in.isBroken());
    }

    private static int length(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return switch (random.nextInt(4)) {
            case 0 -> random.nextInt(112);
            case 1 -> 112 + random.nextInt(2);
            case 2 -> random.nextInt(1_000);
            default -> random.nextInt(16_000);
        };
    }

    private static MemorySegment filled(int bytes, int value) {
        return MemorySegment.ofArray(new byte[bytes]).fill((byte) value);
    }

    @Test
    void shouldHearOfTheOtherSide() {
        assertFalse(one.isListenedTo(7));
        other.listenTo(7);
        assertTrue(one.isListenedTo(7));
        assertFalse(one.isListenedTo(8), "another process had our place");
        assertFalse(other.isListenedTo(7), "one way");
        assertFalse(one.isOpenedBy(3));
        other.openAs(3);
        assertTrue(one.isOpenedBy(3));
        assertFalse(one.isOpenedBy(4), "another process");
        other.leave();
        assertFalse(one.isOpenedBy(3), "whoever has left is not there");
        assertFalse(one.isListenedTo(7));
        assertFalse(one.isListenedTo(0), "no run id is nobody's");
        assertTrue(one.out.isDrained());
        write(one, 1);
        assertFalse(one.out.isDrained());
        assertTrue(other.in.hasSomething());
        assertEquals(1, other.in.take((type, at, bytes) -> true, 1));
        assertTrue(one.out.isDrained());
        assertFalse(other.in.hasSomething());
    }

    /** What a slot announces is not in the ring: no record, and no end of looking for it. */
    @Test
    void shouldNoticeThatARecordIsNotInTheRing() {
        memory.set(LONG, DirectLayout.slotsAt(0), Slot.header(1, Slot.IN_RING, 0));
        assertEquals(0, other.in.take((type, at, bytes) -> true, 64));
        assertTrue(other.in.isBroken());
    }

    @Test
    void shouldNoticeARecordThatIsLongerThanItsSlot() {
        memory.set(LONG, DirectLayout.slotsAt(0), Slot.header(1, 1, 121));
        assertEquals(0, other.in.take((type, at, bytes) -> true, 64));
        assertTrue(other.in.isBroken());
    }

    @Test
    void shouldNoticeThatMoreWasTakenThanWritten() {
        for (int i = 0; i < DirectLayout.SLOTS; i++) {
            write(one, i);
        }
        assertEquals(RecordWriter.NO_ROOM, one.out.claim(1, 8));
        assertFalse(one.out.isBroken(), "it is full");
        for (long taken : new long[] {-1, DirectLayout.SLOTS + 1, Long.MIN_VALUE}) {
            DirectLink spoilt = SimHost.link(0, memory);
            memory.set(LONG, DirectLayout.takenAt(1), 0L);
            for (int i = 0; i < DirectLayout.SLOTS; i++) {
                write(spoilt, i);
            }
            memory.set(LONG, DirectLayout.takenAt(1), taken);
            assertEquals(RecordWriter.NO_ROOM, spoilt.out.claim(1, 8));
            assertTrue(spoilt.out.isBroken(), "taken=" + taken);
        }
    }

    /** A place for two, and no third one. */
    @Test
    void shouldRefuseAnotherSide() {
        assertThrows(IllegalArgumentException.class, () -> SimHost.link(2, memory));
        assertThrows(IllegalArgumentException.class, () -> SimHost.link(-1, memory));
    }

    /**
     * Who sleeps has looked for something after it said so, and who has written looks for sleepers
     * after that: nobody sleeps for ever on a record.
     */
    @Test
    void shouldLoseNoWakeUp() throws InterruptedException {
        Semaphore wakes = new Semaphore(0);
        Semaphore tokens = new Semaphore(0);
        AtomicReference<String> failure = new AtomicReference<>();
        Thread reader =
                Thread.ofPlatform()
                        .start(() -> {
                            long[] expected = {0};
                            while (expected[0] < WAKES && failure.get() == null) {
                                other.sleep(true);
                                if (!other.in.hasSomething() && !acquired(wakes)) {
                                    failure.set("asleep at record=" + expected[0]);
                                }
                                other.sleep(false);
                                other.in.take(
                                        (type, at, bytes) -> {
                                            if (memory.get(LONG, at) != expected[0]++) {
                                                failure.set("wrong record=" + expected[0]);
                                            }
                                            tokens.release();
                                            return true;
                                        },
                                        64);
                            }
                        });
        for (int i = 0; i < WAKES && failure.get() == null; i++) {
            write(one, i);
            if (one.peerSleeps()) {
                wakes.release();
            }
            if (!acquired(tokens)) {
                failure.compareAndSet(null, "not taken record=" + i);
            }
        }
        reader.join();
        assertEquals(null, failure.get());
    }

    private static boolean acquired(Semaphore semaphore) {
        try {
            return semaphore.tryAcquire(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
