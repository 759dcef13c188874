package io.softpath.flight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.error.SoftpathException;

import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.wire.DocumentContext;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Several events in one document of a segment. */
@Timeout(120)
class BatchTest {
    private static final JournalOptions SMALL =
            new JournalOptions(JournalOptions.MIN_SEGMENT_BYTES, 64 << 20);

    @TempDir Path root;

    private final EventBatch batch = new EventBatch();

    /** Adds an event with a number and so many bytes, each of which is that number. */
    private boolean add(long number, int extra) {
        byte[] bytes = new byte[extra];
        Arrays.fill(bytes, (byte) number);
        EventBatch one = new EventBatch();
        one.set(FlightKind.APP_NOTE, 0, 1, 2, number, 0, 0, 0, 0, 0, bytes);
        return batch.add(new UnsafeBuffer(one.bytes()), 0, one.length());
    }

    private static void assertNote(long number, FlightEvent event, String where) {
        assertTrue(event.is(FlightKind.APP_NOTE), event + " " + where);
        assertEquals(number, event.value("a"), where);
        for (byte b : event.bytes()) {
            assertEquals((byte) number, b, where);
        }
    }

    private static List<Long> notes(Path journal) {
        List<Long> notes = new ArrayList<>();
        try (JournalReader reader = JournalReader.open(journal)) {
            for (FlightEvent e = reader.next(); e != null; e = reader.next()) {
                if (e.is(FlightKind.APP_NOTE)) {
                    notes.add(e.value("a"));
                }
            }
        }
        return notes;
    }

    @Test
    void shouldTakeWhatFitsAndNoMore() {
        int fit = EventBatch.MAX_BYTES / EventLayout.FIXED_BYTES;
        for (int i = 0; i < fit; i++) {
            assertTrue(add(i, 0), "event " + i);
        }
        assertFalse(add(fit, 0));
        assertEquals(fit, batch.events());
        assertEquals(fit * EventLayout.FIXED_BYTES, batch.length());
        batch.clear();
        assertTrue(add(0, EventLayout.MAX_EXTRA_BYTES));
        assertEquals(EventLayout.MAX_BYTES, batch.length());
    }

    @Test
    void shouldReadBatchesInOrderWhileTheyAreWrittenAndOverTheEndsOfSegments() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        try (JournalWriter journal = JournalWriter.open(root, "rank-1", SMALL);
                JournalReader reader = JournalReader.open(journal.directory())) {
            assertTrue(reader.next().is(FlightKind.JOURNAL_SEGMENT));
            long written = 0;
            long read = 0;
            long heads = 1;
            while (JournalReader.segments(journal.directory()).size() < 5) {
                batch.clear();
                for (int most = random.nextInt(1, 300); batch.events() < most; written++) {
                    int extra = random.nextInt(4) == 0 ? random.nextInt(4097) : random.nextInt(9);
                    if (!add(written, extra)) {
                        break;
                    }
                }
                journal.append(batch);
                for (long until = random.nextLong(read, written + 1); read < until; read++) {
                    FlightEvent event = reader.next();
                    if (event.is(FlightKind.JOURNAL_SEGMENT)) {
                        heads++;
                        assertEquals(
                                heads - 1 + read, event.value("recordsBefore"), "seed=" + seed);
                        event = reader.next();
                    }
                    assertNote(read, event, "seed=" + seed);
                }
            }
            assertEquals(written + 5, journal.records(), "seed=" + seed);
        }
    }

    @Test
    void shouldHaveNothingOfABatchThatWasNotCommitted() {
        Path directory;
        try (JournalWriter journal = JournalWriter.open(root, "rank-1", SMALL)) {
            directory = journal.directory();
            add(0, 3);
            add(1, 0);
            journal.append(batch);
            journal.abandon();
        }
        batch.clear();
        add(2, 0);
        add(3, 8);
        try (SingleChronicleQueue queue =
                        Chronicle.writable(directory.resolve("segment-00000001"));
                ExcerptAppender appender = queue.createAppender()) {
            DocumentContext torn = appender.writingDocument();
            torn.wire().bytes().write(batch.bytes(), 0, batch.length());
            try (JournalReader reader = JournalReader.open(directory)) {
                assertTrue(reader.next().is(FlightKind.JOURNAL_SEGMENT));
                assertNote(0, reader.next(), "first");
                assertNote(1, reader.next(), "second");
                assertNull(reader.next());
                torn.close(); // whoever waits at the end has the whole batch when it is there
                assertNote(2, reader.next(), "first of the next");
                assertNote(3, reader.next(), "second of the next");
                assertNull(reader.next());
            }
        }
    }

    @Test
    void shouldRefuseADocumentThatEndsWithinAnEvent() {
        Path directory;
        try (JournalWriter journal = JournalWriter.open(root, "rank-1", SMALL)) {
            directory = journal.directory();
            journal.abandon();
        }
        add(0, 0);
        add(1, 16);
        appendTo(directory.resolve("segment-00000001"), batch.length() - 8);
        try (JournalReader reader = JournalReader.open(directory)) {
            reader.next();
            assertNote(0, reader.next(), "whole");
            IllegalArgumentException e = assertThrows(IllegalArgumentException.class, reader::next);
            assertTrue(e.getMessage().startsWith("damaged journal: segment="), e.getMessage());
        }
    }

    private void appendTo(Path segment, int length) {
        try (SingleChronicleQueue queue = Chronicle.writable(segment);
                ExcerptAppender appender = queue.createAppender();
                DocumentContext document = appender.writingDocument()) {
            document.wire().bytes().write(batch.bytes(), 0, length);
        }
    }

    /** A segment's head as some version of this wrote it, and an event in a document of its own. */
    private Path journalOfVersion(long version) {
        Path journal = root.resolve("v" + version);
        Path segment = journal.resolve("segment-00000001");
        byte[] name = "old".getBytes(StandardCharsets.UTF_8);
        batch.set(FlightKind.JOURNAL_SEGMENT, 0, 0, 0, version, 1, 0, 7, 0, 0, name);
        appendTo(segment, batch.length());
        batch.clear();
        add(5, 0);
        appendTo(segment, batch.length());
        return journal;
    }

    @Test
    void shouldReadJournalsOfOneEventInADocumentAndRefuseLaterVersions() {
        assertEquals(List.of(5L), notes(journalOfVersion(1)));
        SoftpathException e =
                assertThrows(
                        SoftpathException.class, () -> JournalReader.open(journalOfVersion(3)));
        assertEquals("EINVAL", e.errno().name());
        assertTrue(e.getMessage().contains("version=3 known=1..2"), e.getMessage());
    }

    private FlightRecorder recorder(ConcurrentLinkedQueue<Integer> batches, Gate gate) {
        return FlightRecorder.start(
                new FlightOptions(root, JournalOptions.DEFAULT, true, 0),
                "rank-1",
                complaint -> {},
                journal -> {
                    FlightRecorder.Sink gated = gate.before(journal);
                    return batch -> {
                        batches.add(batch.length());
                        gated.append(batch);
                    };
                });
    }

    private static void note(FlightRecorder recorder, long number) {
        recorder.record(FlightKind.APP_NOTE, 0, 1, 2, number, 0, 0, 0, 0, 0);
    }

    /** More than the ring holds, so that batches go over its end too. */
    @Test
    void shouldWriteWhatIsInTheRingInBatchesUpToTheBound() {
        ConcurrentLinkedQueue<Integer> batches = new ConcurrentLinkedQueue<>();
        Gate gate = new Gate();
        int events = 4 * FlightRing.BYTES / EventLayout.FIXED_BYTES;
        Path directory;
        try (FlightRecorder recorder = recorder(batches, gate)) {
            directory = recorder.directory();
            for (int i = 0; i < 5000; i++) {
                note(recorder, i); // while nothing is let through
            }
            gate.open();
            for (int i = 5000; i < events; i++) {
                note(recorder, i);
            }
        }
        List<Long> notes = notes(directory);
        assertEquals(events, notes.size());
        for (int i = 0; i < events; i++) {
            assertEquals(i, notes.get(i));
        }
        assertTrue(batches.stream().allMatch(length -> length <= EventBatch.MAX_BYTES));
        int whole = EventBatch.MAX_BYTES / EventLayout.FIXED_BYTES * EventLayout.FIXED_BYTES;
        long full = batches.stream().filter(length -> length == whole).count();
        assertTrue(
                full >= 20, "of the first 5000 all but the first and the last batch: " + batches);
    }

    @Test
    void shouldShowAnEventThatNoOtherFollows() {
        Gate gate = new Gate();
        gate.open();
        try (FlightRecorder recorder = recorder(new ConcurrentLinkedQueue<>(), gate);
                JournalReader reader = JournalReader.open(recorder.directory())) {
            assertTrue(reader.next().is(FlightKind.JOURNAL_SEGMENT));
            for (int i = 0; i < 5; i++) {
                note(recorder, i);
                FlightEvent event = reader.next();
                while (event == null) {
                    Thread.onSpinWait();
                    event = reader.next();
                }
                assertNote(i, event, "alone");
            }
        }
    }

    /** A kill while the room of a batch that was written is zeroed, in any order. */
    @Test
    void shouldLeaveOutWhatIsHalfZeroed() throws IOException {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        try (FlightRing ring = FlightRing.create(Files.createDirectories(root.resolve("live")))) {
            for (int i = 0; i < 100; i++) {
                int at = ring.claim(EventLayout.FIXED_BYTES);
                EventLayout.put(
                        ring.buffer(),
                        at,
                        FlightRing.qword(at),
                        FlightKind.APP_NOTE,
                        0,
                        0,
                        0,
                        i,
                        i,
                        // a length and a type that a ring could have
                        1L << 32 | 200,
                        1L << 32 | 200,
                        1L << 32 | 200,
                        1L << 32 | 200,
                        1L << 32 | 200,
                        0,
                        0);
                ring.commit(at);
            }
            int copied = ring.copyTo(batch);
            batch.clear();
            assertEquals(100 * (EventLayout.FIXED_BYTES + 8), copied);
            int half = copied / 2;
            Path killed = Files.createDirectories(root.resolve("killed"));
            byte[] file = Files.readAllBytes(root.resolve("live").resolve(FlightRing.NAME));
            UnsafeBuffer memory = new UnsafeBuffer(file);
            memory.putLong(FlightRing.WRITTEN, half, ByteOrder.LITTLE_ENDIAN);
            for (int at = 0; at < half; at += 8) {
                if (random.nextBoolean()) {
                    memory.putLong(at, 0);
                }
            }
            Files.write(killed.resolve(FlightRing.NAME), file);
            List<FlightEvent> left =
                    RingRemains.read(killed, new JournalInfo(killed, "x", 1, 0), null);
            assertEquals(50, left.size(), "seed=" + seed);
            for (int i = 0; i < 50; i++) {
                assertEquals(50 + i, left.get(i).value("a"), "seed=" + seed);
            }
            ring.free(half);
            assertEquals(half, ring.head());
            assertEquals(half, ring.copyTo(batch));
            assertEquals(50, batch.events());
        }
    }
}
