package io.softpath.psm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.direct.DirectLayout;

import org.agrona.concurrent.ControlledMessageHandler.Action;
import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

final class DirectLinkTest {
    private static final int WAKES = 30_000;

    private final MemorySegment memory = Arena.ofAuto().allocate(DirectLayout.BYTES, 4096);
    private final DirectLink one = SimHost.link(0, memory);
    private final DirectLink other = SimHost.link(1, memory);

    private static void write(DirectLink link, long value) {
        int at = link.out.tryClaim(RingRecord.EAGER, Long.BYTES);
        while (at < 0) {
            Thread.onSpinWait();
            at = link.out.tryClaim(RingRecord.EAGER, Long.BYTES);
        }
        link.out.buffer().putLong(at, value);
        link.out.commit(at);
    }

    @Test
    void shouldBeLaidOutAsTheControlProtocolSays() {
        one.listenTo(-2);
        other.sleep(true);
        assertEquals(
                (1L << 32) + 0xFFFF_FFFEL, memory.get(ValueLayout.JAVA_LONG, 0), "who is heard");
        assertEquals(1, memory.get(ValueLayout.JAVA_INT, 192), "who sleeps");
        write(one, 42);
        assertEquals(16, memory.get(ValueLayout.JAVA_INT, 4096), "length of the record");
        assertEquals(RingRecord.EAGER, memory.get(ValueLayout.JAVA_INT, 4100));
        assertEquals(42, memory.get(ValueLayout.JAVA_LONG, 4104));
        write(other, 43);
        assertEquals(43, memory.get(ValueLayout.JAVA_LONG, 139_272));
        assertEquals(274_432, DirectLayout.BYTES);
    }

    @Test
    void shouldHearOfTheOtherSide() {
        assertFalse(one.isListenedTo(7));
        other.listenTo(7);
        assertTrue(one.isListenedTo(7));
        assertFalse(one.isListenedTo(8), "another process had our place");
        assertFalse(other.isListenedTo(7), "one way");
        other.listenToNobody();
        assertFalse(one.isListenedTo(7));
        assertFalse(one.isListenedTo(0), "no run id is nobody's");
        assertTrue(one.isDrained());
        write(one, 1);
        assertFalse(one.isDrained());
        assertTrue(other.hasSomething());
        other.in.controlledRead((type, buffer, index, length) -> Action.CONTINUE, 1);
        assertTrue(one.isDrained());
        assertFalse(other.hasSomething());
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
        Semaphore taken = new Semaphore(0);
        AtomicReference<String> failure = new AtomicReference<>();
        Thread reader =
                Thread.ofPlatform()
                        .start(() -> {
                            long[] expected = {0};
                            while (expected[0] < WAKES && failure.get() == null) {
                                other.sleep(true);
                                if (!other.hasSomething() && !acquired(wakes)) {
                                    failure.set("asleep at record=" + expected[0]);
                                }
                                other.sleep(false);
                                other.in.controlledRead(
                                        (type, buffer, index, length) -> {
                                            if (buffer.getLong(index) != expected[0]++) {
                                                failure.set("wrong record=" + expected[0]);
                                            }
                                            taken.release();
                                            return Action.CONTINUE;
                                        },
                                        64);
                            }
                        });
        for (int i = 0; i < WAKES && failure.get() == null; i++) {
            write(one, i);
            if (one.peerSleeps()) {
                wakes.release();
            }
            if (!acquired(taken)) {
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
