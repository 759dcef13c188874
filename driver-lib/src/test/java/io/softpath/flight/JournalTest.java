package io.softpath.flight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.error.SoftpathException;
import io.softpath.linux.CurrentProcess;

import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.wire.DocumentContext;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

class JournalTest {
    private static final JournalOptions SMALL =
            new JournalOptions(JournalOptions.MIN_SEGMENT_BYTES, 2 << 20);

    @TempDir Path root;

    @Test
    void shouldReadBackWhatWasWritten() {
        Path directory;
        try (JournalWriter journal = JournalWriter.open(root, "rank-1", SMALL)) {
            directory = journal.directory();
            journal.append(FlightKind.APP_NOTE, 1, 2, 3, 4, 0, 0, "hello");
            journal.append(FlightKind.APP_NOTE, 3, 4, 5, 9, 8, 7, 6, 0, 0, new byte[5000]);
            assertEquals(3, journal.records());
        }
        try (JournalReader reader = JournalReader.open(directory)) {
            assertEquals("rank-1", reader.info().name());
            assertEquals(CurrentProcess.pid(), reader.info().pid());
            FlightEvent head = reader.next();
            assertTrue(head.is(FlightKind.JOURNAL_SEGMENT));
            FlightEvent note = reader.next();
            assertEquals("hello", note.text());
            assertEquals(3, note.value("c"));
            assertEquals(EventLayout.NONE, note.unit());
            assertTrue(note.timeNs() >= head.timeNs());
            FlightEvent cut = reader.next();
            assertTrue(cut.isCut());
            assertEquals(EventLayout.MAX_EXTRA_BYTES, cut.bytes().length);
            assertEquals(3, cut.unit());
            assertEquals(4, cut.context());
            assertEquals(5, cut.subcontext());
            assertFalse(reader.isEnded());
            assertTrue(reader.next().is(FlightKind.JOURNAL_END));
            assertTrue(reader.isEnded());
            assertNull(reader.next());
        }
    }

    @Test
    void shouldReadWhileItIsWrittenAndOverTheEndsOfSegments() {
        try (JournalWriter journal = JournalWriter.open(root, "rank-1", JournalOptions.KEEP_ALL);
                JournalReader reader = JournalReader.open(journal.directory())) {
            assertTrue(reader.next().is(FlightKind.JOURNAL_SEGMENT));
            assertNull(reader.next());
            for (int i = 0; i < 100_000; i++) {
                journal.append(FlightKind.APP_NOTE, i, 0, 0, 0, 0, 0);
                if (i % 7 == 0) {
                    continue;
                }
                for (int expected = i % 7 == 1 ? i - 1 : i; expected <= i; expected++) {
                    FlightEvent event = reader.next();
                    if (event.is(FlightKind.JOURNAL_SEGMENT)) {
                        event = reader.next();
                    }
                    assertEquals(expected, event.value("a"));
                }
            }
            assertEquals(0, reader.missedSegments());
            assertTrue(JournalReader.segments(journal.directory()).size() > 1);
        }
    }

    @Test
    void shouldRemoveTheOldestSegmentsAndSayHowManyEventsWereBefore() throws IOException {
        try (JournalWriter journal = JournalWriter.open(root, "daemon", SMALL)) {
            int count = 0;
            while (JournalReader.segments(journal.directory()).getFirst() < 3) {
                journal.append(FlightKind.APP_NOTE, count++, 0, 0, 0, 0, 0);
                assertTrue(journal.diskBytes() <= SMALL.limitBytes(), "bytes");
            }
            assertTrue(
                    diskBytes(journal.directory()) <= SMALL.limitBytes() + 64 * 1024,
                    "bytes on disk: " + diskBytes(journal.directory()));
            try (JournalReader reader = JournalReader.open(journal.directory())) {
                FlightEvent head = reader.next();
                assertEquals(3, head.value("segment"));
                long before = head.value("recordsBefore"); // two heads among them
                assertEquals(before - 2, reader.next().value("a"));
            }
        }
    }

    @Test
    void shouldGoOnWithTheSegmentThatIsThereWhenTheNextOnesWereRemoved() {
        try (JournalWriter journal = JournalWriter.open(root, "daemon", SMALL);
                JournalReader reader = JournalReader.open(journal.directory())) {
            while (JournalReader.segments(journal.directory()).getFirst() < 4) {
                journal.append(FlightKind.APP_NOTE, 0, 0, 0, 0, 0, 0);
            }
            long heads = 0;
            for (FlightEvent e = reader.next(); e != null; e = reader.next()) {
                heads += e.is(FlightKind.JOURNAL_SEGMENT) ? 1 : 0;
            }
            assertEquals(2, reader.missedSegments());
            assertEquals(1 + JournalReader.segments(journal.directory()).size(), heads);
        }
    }

    @Test
    void shouldUseLittleDiskWhileIdle() throws IOException {
        try (JournalWriter journal = JournalWriter.open(root, "daemon", JournalOptions.DEFAULT)) {
            long bytes = diskBytes(journal.directory());
            assertTrue(bytes < 512 * 1024, "bytes " + bytes);
        }
    }

    /** As du(1) has it: Java does not tell of sparse files. */
    private static long diskBytes(Path directory) throws IOException {
        Process du = new ProcessBuilder("du", "-s", "--block-size=1", directory.toString()).start();
        String output = new String(du.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return Long.parseLong(output.substring(0, output.indexOf('\t')));
    }

    @Test
    void shouldEndBeforeATornRecord() {
        Path directory;
        try (JournalWriter journal = JournalWriter.open(root, "rank-1", SMALL)) {
            directory = journal.directory();
            journal.append(FlightKind.APP_NOTE, 1, 0, 0, 0, 0, 0);
        }
        try (SingleChronicleQueue queue =
                Chronicle.writable(directory.resolve("segment-00000001"))) {
            DocumentContext torn = queue.createAppender().writingDocument();
            torn.wire().bytes().writeLong(1);
            try (JournalReader reader = JournalReader.open(directory)) {
                assertNotNull(reader.next());
                assertNotNull(reader.next());
                assertTrue(reader.next().is(FlightKind.JOURNAL_END));
                assertNull(reader.next());
            }
            torn.rollbackOnClose();
            torn.close();
        }
    }

    @Test
    void shouldMergeJournalsInTheOrderOfTime() throws IOException {
        try (JournalWriter one = JournalWriter.open(root, "rank-0", SMALL);
                JournalWriter two = JournalWriter.open(root, "rank-1", SMALL)) {
            for (int i = 0; i < 100; i++) {
                (i % 3 == 0 ? one : two).append(FlightKind.APP_NOTE, i, 0, 0, 0, 0, 0);
            }
        }
        List<Long> seen = new ArrayList<>();
        List<Path> found = Journals.find(root);
        assertEquals(2, found.size());
        Journals.forEach(
                found,
                e -> {
                    if (e.is(FlightKind.APP_NOTE)) {
                        assertEquals(
                                e.value("a") % 3 == 0 ? "rank-0" : "rank-1", e.journal().name());
                        seen.add(e.value("a"));
                    }
                });
        for (int i = 0; i < 100; i++) {
            assertEquals(i, seen.get(i));
        }
        assertEquals(List.of(found.getFirst()), Journals.find(found.getFirst()));
        assertEquals(List.of(), Journals.find(root.resolve("nothing")));
    }

    @Test
    void shouldRefuseWhatIsNoJournal() throws IOException {
        assertEquals(
                "ENOENT",
                assertThrows(SoftpathException.class, () -> JournalReader.open(root))
                        .errno()
                        .name());
        assertThrows(
                IllegalArgumentException.class,
                () -> JournalWriter.open(root, "../x", JournalOptions.DEFAULT));
        Path directory = root.resolve("x");
        try (SingleChronicleQueue queue =
                        Chronicle.writable(directory.resolve("segment-00000001"));
                var appender = queue.createAppender()) {
            appender.writeText("something else");
        }
        assertThrows(IllegalArgumentException.class, () -> JournalReader.open(directory));
        assertFalse(Files.exists(directory.resolve("segment-00000002")));
    }

    @Test
    void shouldRefuseLimitsThatFitNothing() {
        assertThrows(IllegalArgumentException.class, () -> JournalOptions.limitedTo(1 << 19));
        assertThrows(IllegalArgumentException.class, () -> new JournalOptions(1, 1 << 20));
        assertEquals(
                JournalOptions.MIN_SEGMENT_BYTES, JournalOptions.limitedTo(1 << 20).segmentBytes());
    }
}
