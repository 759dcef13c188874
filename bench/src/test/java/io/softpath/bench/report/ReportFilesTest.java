package io.softpath.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.HdrHistogram.EncodableHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

class ReportFilesTest {
    @TempDir private Path directory;

    @Test
    void shouldWriteSamplesThatHdrHistogramReadsBack() throws Exception {
        Result first = MadeUp.times("mq.chip.rtt.8B", 1900);
        Result second = MadeUp.times("with space,comma\nline", 70);
        Report report = report(first, MadeUp.value("a", "bytes", 1), second);
        ReportFiles files = ReportFiles.beside(directory.resolve("report.html"));

        files.write(report, "read this");

        try (HistogramLogReader reader = new HistogramLogReader(files.samples().toFile())) {
            for (Result result : List.of(first, second)) {
                for (Histogram round : result.recorded().rounds()) {
                    EncodableHistogram read = reader.nextIntervalHistogram();
                    assertEquals(result.name().replaceAll("[, \n]", "_"), read.getTag());
                    assertEquals(round, read);
                }
            }
            assertNull(reader.nextIntervalHistogram());
            assertEquals(1_735_689_600.0, reader.getStartTimeSec());
        }
    }

    @Test
    void shouldSayOfHowManyOperationsAValueIs() throws Exception {
        Histogram batch = new Histogram(3);
        batch.recordValue(2000);
        ReportFiles files = ReportFiles.beside(directory.resolve("report.html"));
        files.write(report(Result.ofBatches("a", "bytes/packet", List.of(batch), 20)), "");

        assertTrue(
                Files.readString(files.samples())
                        .contains("#[a: bytes/packet, each value of 20 together]\n"));
    }

    @Test
    void shouldWriteNoLogWithoutSamples() throws Exception {
        ReportFiles files = ReportFiles.beside(directory.resolve("report.html"));
        Files.writeString(files.samples(), "of an earlier report");

        List<Path> written = files.write(report(MadeUp.value("a", "bytes", 1)), "read this");

        assertEquals(
                List.of(directory.resolve("report.html"), directory.resolve("report.json")),
                written);
        assertFalse(Files.exists(files.samples()));
    }

    @Test
    void shouldNameFilesAfterThePage() {
        assertEquals(
                directory.resolve("a.b.json"),
                ReportFiles.beside(directory.resolve("a.b.html")).json());
        assertEquals(
                directory.resolve("a.hlog"), ReportFiles.beside(directory.resolve("a")).samples());
        assertEquals(Path.of("a.json"), ReportFiles.beside(Path.of("a.html")).json());
    }

    @Test
    void shouldRefuseBeforehandWhatCannotBeWritten() {
        for (Path wrong :
                List.of(
                        directory,
                        Path.of("/"),
                        directory.resolve("none/report.html"),
                        directory.resolve("report.json"),
                        directory.resolve("report.hlog"))) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> ReportFiles.beside(wrong),
                    wrong::toString);
        }
    }

    @Test
    void shouldKnowItsFiles() {
        ReportFiles files = ReportFiles.beside(directory.resolve("report.html"));

        for (String each : List.of("report.html", "report.json", "report.hlog", "./report.json")) {
            assertTrue(files.include(directory.resolve(each)), each);
        }
        assertFalse(files.include(directory.resolve("report.md")));
        assertFalse(files.include(Path.of("report.html")));
    }

    private static Report report(Result... results) {
        return MadeUp.report(List.of(), List.of(results), List.of());
    }
}
