package io.softpath.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.softpath.bench.plot.Xml;

import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;

/** Shows that what is measured gets into the files, not what it is. */
class BenchHtmlIT {
    @TempDir private Path directory;

    @Test
    void shouldWriteThePagesAndWhatTheyAreMadeOf() throws Exception {
        Path page = directory.resolve("report.html");

        Path markdown = directory.resolve("report.md");

        assertEquals(
                0,
                BenchMain.execute(
                        "floor", "--quick", "--html", page.toString(), "--markdown=" + markdown));

        var html = Xml.parse(Files.readString(page));
        assertFalse(Xml.all(html, "svg").isEmpty(), "no plot");
        JsonNode json = new ObjectMapper().readTree(directory.resolve("report.json").toFile());
        JsonNode floor = json.get("results").get(0);
        assertTrue(Xml.texts(html, "td").contains(floor.get("count").asText()));
        String text = Files.readString(markdown);
        assertTrue(
                text.contains(
                        "Written by softpath bench floor --quick --html report.html"
                                + " --markdown=report.md, begun "));
        assertTrue(text.contains("\n## What is asked of softpath\n"));
        assertTrue(text.contains("\n### floor\n"));
        for (String name : Part.FLOOR.names()) {
            assertTrue(text.contains("\n| " + name + " | "), name);
        }
        long samples = 0;
        int rounds = 0;
        try (HistogramLogReader log =
                new HistogramLogReader(directory.resolve("report.hlog").toFile())) {
            while (log.hasNext()) {
                var histogram = (Histogram) log.nextIntervalHistogram();
                if (histogram.getTag().equals(floor.get("name").textValue())) {
                    samples += histogram.getTotalCount();
                    rounds++;
                }
            }
        }
        assertEquals(floor.get("rounds").size(), rounds);
        assertTrue(samples > 0, "no samples");
    }
}
