package io.softpath.flight;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.packet.HeaderCopy;
import io.softpath.abi.packet.MessageHeader;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;

@Timeout(120)
class FlightRecorderTest {
    private static final int MORE_THAN_FIT = 10_000;

    @TempDir Path root;

    private final Queue<String> complaints = new ConcurrentLinkedQueue<>();
    private final Gate gate = new Gate();

    private FlightOptions options(boolean strict, int payloadBytes) {
        return new FlightOptions(root, JournalOptions.DEFAULT, strict, payloadBytes);
    }

    private FlightRecorder gated(boolean strict) {
        return FlightRecorder.start(options(strict, 0), "rank-1", complaints::add, gate::before);
    }

    private static void note(FlightRecorder recorder, long number) {
        recorder.record(FlightKind.APP_NOTE, 0, 1, 2, number, ~number, 0, 0, 0, 0);
    }

    private static List<FlightEvent> read(Path journal) {
        List<FlightEvent> events = new ArrayList<>();
        try (JournalReader reader = JournalReader.open(journal)) {
            for (FlightEvent e = reader.next(); e != null; e = reader.next()) {
                events.add(e);
            }
        }
        return events;
    }

    private static List<Long> notes(List<FlightEvent> events) {
        return events.stream()
                .filter(e -> e.is(FlightKind.APP_NOTE))
                .map(e -> e.value("a"))
                .toList();
    }

    @Test
    void shouldRecordEventsBytesAndPackets() {
        MemorySegment header = MemorySegment.ofArray(new long[MessageHeader.BYTES / 8]);
        header.fill((byte) 0x5a);
        HeaderCopy copy = new HeaderCopy();
        copy.load(header, 0);
        MemorySegment bytes = MemorySegment.ofArray(new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
        Path directory;
        try (FlightRecorder recorder =
                FlightRecorder.start(options(false, 4), "rank-1", complaints::add)) {
            directory = recorder.directory();
            note(recorder, 7);
            recorder.record(FlightKind.APP_NOTE, 0, 0, 0, 8, 0, 0, 0, 0, 0, bytes, 2, 3);
            recorder.record(FlightKind.APP_NOTE, 0, 0, 0, 9, 0, 0, 0, 0, 0, copy, bytes, 1, 6);
            assertTrue(recorder.isRecording());
        }
        List<FlightEvent> events = read(directory);
        assertEquals(5, events.size(), events.toString());
        assertTrue(events.getFirst().is(FlightKind.JOURNAL_SEGMENT));
        assertEquals(List.of(7L, 8L, 9L), notes(events));
        assertEquals(2, events.get(1).subcontext());
        assertArrayEquals(new byte[] {3, 4, 5}, events.get(2).bytes());
        byte[] packet = events.get(3).bytes();
        assertEquals(60, packet.length);
        assertEquals(0x5a, packet[55]);
        assertArrayEquals(new byte[] {2, 3, 4, 5}, Arrays.copyOfRange(packet, 56, 60));
        assertTrue(events.get(3).isCut());
        assertTrue(events.get(4).is(FlightKind.JOURNAL_END));
        assertFalse(Files.exists(directory.resolve("ring")));
        assertEquals(List.of(), List.copyOf(complaints));
    }

    @Test
    void shouldDropWhenTheRingIsFullAndSayHowManyAndWhere() {
        Path directory;
        long dropped;
        try (FlightRecorder recorder = gated(false)) {
            directory = recorder.directory();
            for (int i = 0; i < MORE_THAN_FIT; i++) {
                note(recorder, i);
            }
            dropped = recorder.dropped();
            gate.open();
            while (recorder.pendingBytes() != 0) {
                Thread.onSpinWait();
            }
            note(recorder, MORE_THAN_FIT);
        }
        assertTrue(dropped > 0 && dropped < MORE_THAN_FIT, "dropped " + dropped);
        List<FlightEvent> events = read(directory);
        List<Long> notes = notes(events);
        int kept = (int) (MORE_THAN_FIT - dropped);
        for (int i = 0; i < kept; i++) {
            assertEquals(i, notes.get(i));
        }
        assertEquals(MORE_THAN_FIT, notes.get(kept));
        FlightEvent gap =
                events.stream().filter(e -> e.is(FlightKind.JOURNAL_GAP)).findFirst().orElseThrow();
        assertEquals(dropped, gap.value("dropped"));
        assertEquals(dropped, gap.value("droppedInAll"));
        assertTrue(events.indexOf(gap) > kept, "the gap comes after what was in the ring");
        assertEquals(dropped, events.getLast().value("dropped"));
    }

    @Test
    void shouldWaitForRoomWhenStrict() throws InterruptedException {
        Path directory;
        try (FlightRecorder recorder = gated(true)) {
            directory = recorder.directory();
            Thread thread =
                    Thread.ofPlatform()
                            .start(() -> {
                                for (int i = 0; i < MORE_THAN_FIT; i++) {
                                    note(recorder, i);
                                }
                            });
            while (recorder.pendingBytes() < FlightRing.BYTES - 2 * EventLayout.size(8)) {
                Thread.onSpinWait();
            }
            assertTrue(thread.isAlive(), "there are more than fit");
            gate.open();
            thread.join();
            assertEquals(0, recorder.dropped());
        }
        List<Long> notes = notes(read(directory));
        assertEquals(MORE_THAN_FIT, notes.size());
        for (int i = 0; i < MORE_THAN_FIT; i++) {
            assertEquals(i, notes.get(i));
        }
    }

    @Test
    void shouldEndTheRecordingAndNothingElseWhenTheDiskIsFull() {
        FlightRecorder.Sink full =
                batch -> {
                    throw SoftpathException.of(Errno.ENOSPC, "no room");
                };
        FlightRecorder recorder =
                FlightRecorder.start(options(true, 0), "rank-1", complaints::add, journal -> full);
        for (int i = 0; i < MORE_THAN_FIT; i++) {
            note(recorder, i); // strict, and yet nobody waits for a journal that has ended
        }
        recorder.close();
        assertFalse(recorder.isRecording());
        assertEquals(1, complaints.size());
        assertTrue(complaints.peek().contains("no room"), complaints.peek());
        assertEquals(1, read(recorder.directory()).size());
    }

    @Test
    void shouldGoOnAfterBytesThatCannotBeRead() {
        MemorySegment closed;
        try (Arena arena = Arena.ofConfined()) {
            closed = arena.allocate(8);
        }
        Path directory;
        try (FlightRecorder recorder =
                FlightRecorder.start(options(false, 8), "rank-1", complaints::add)) {
            directory = recorder.directory();
            assertThrows(
                    IllegalStateException.class,
                    () ->
                            recorder.record(
                                    FlightKind.APP_NOTE, 0, 0, 0, 1, 0, 0, 0, 0, 0, closed, 0, 8));
            assertThrows(
                    IllegalStateException.class,
                    () ->
                            recorder.record(
                                    FlightKind.APP_NOTE,
                                    0,
                                    0,
                                    0,
                                    2,
                                    0,
                                    0,
                                    0,
                                    0,
                                    0,
                                    new HeaderCopy(),
                                    closed,
                                    0,
                                    8));
            note(recorder, 3);
        }
        assertEquals(List.of(3L), notes(read(directory)));
    }

    @Test
    void shouldSaySynchronouslyThatThereIsNoPlace() throws IOException {
        Path file = Files.createFile(root.resolve("file"));
        FlightOptions there = new FlightOptions(file, JournalOptions.DEFAULT, false, 0);
        RuntimeException e =
                assertThrows(
                        RuntimeException.class,
                        () -> FlightRecorder.start(there, "x", complaints::add));
        assertTrue(e.toString().contains(file.toString()), e.toString());
    }

    /** A copy of the files at some moment is what a kill at that moment leaves. */
    @Test
    void shouldHaveEachEventOnceWhateverWasDrainedBeforeAKill() throws IOException {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        List<Long> expected = new ArrayList<>();
        try (FlightRecorder recorder = gated(false)) {
            for (int kill = 0; kill < 20; kill++) {
                for (int i = random.nextInt(1, 2_500); i > 0; i--) {
                    note(recorder, expected.size());
                    expected.add((long) expected.size());
                    if (recorder.dropped() != 0) {
                        throw new AssertionError("dropped, seed=" + seed);
                    }
                }
                // all but less than half a ring of them are written
                int left = random.nextInt(1, 2_500);
                letAllBut(recorder, left, expected.size());
                Path copy = copyOf(recorder.directory(), "kill-" + kill);
                assertEquals(expected, notes(read(copy)), "seed=" + seed + " kill=" + kill);
            }
            gate.open();
        }
    }

    private int let;

    private void letAllBut(FlightRecorder recorder, int left, int recorded) {
        int more = Math.max(0, recorded - left - let);
        let += more;
        gate.let(more);
        while (!gate.isUsedUp()) {
            assertTrue(recorder.isRecording());
            Thread.onSpinWait();
        }
    }

    private Path copyOf(Path directory, String name) throws IOException {
        Path copy = root.resolve(name);
        try (var files = Files.walk(directory)) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(directory.relativize(file)));
            }
        }
        return copy;
    }
}
