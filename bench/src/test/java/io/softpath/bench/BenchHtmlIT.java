package io.softpath.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
    void shouldWriteThePageAndWhatItIsMadeOf() throws Exception {
        Path page = directory.resolve("report.html");

        assertEquals(0, BenchMain.execute("floor", "--quick", "--html", page.toString()));

        var html = Xml.parse(Files.readString(page));
        assertEquals(1, Xml.all(html, "svg").size());
        JsonNode json = new ObjectMapper().readTree(directory.resolve("report.json").toFile());
        JsonNode floor = json.get("results").get(0);
        assertTrue(Xml.texts(html, "td").contains(floor.get("count").asText()));
        long samples = 0;
        try (HistogramLogReader log =
                new HistogramLogReader(directory.resolve("report.hlog").toFile())) {
            for (int round = 0; round < floor.get("rounds").size(); round++) {
                var histogram = (Histogram) log.nextIntervalHistogram();
                assertEquals(floor.get("name").textValue(), histogram.getTag());
                samples += histogram.getTotalCount();
            }
        }
        assertTrue(samples > 0, "no samples");
    }
}
