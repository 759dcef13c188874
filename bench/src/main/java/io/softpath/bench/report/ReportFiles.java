package io.softpath.bench.report;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The files of a report, which lie beside each other and differ in what their names end with.
 *
 * @param html the page
 * @param json the object that tools read
 * @param samples the log of histograms
 */
public record ReportFiles(Path html, Path json, Path samples) {
    private static final String JSON = ".json";
    private static final String SAMPLES = ".hlog";

    /**
     * Those beside a page.
     *
     * @throws IllegalArgumentException if they cannot be written there; nobody wants to learn that
     *     after the measurement
     */
    public static ReportFiles beside(Path html) {
        String name = checked(html).toAbsolutePath().getFileName().toString();
        String stem = name.replaceFirst("(?<=.)\\.[^.]*$", "");
        if (name.equals(stem + JSON) || name.equals(stem + SAMPLES)) {
            throw new IllegalArgumentException(
                    "is what a file beside the page is called: " + html + "; say .html");
        }
        return new ReportFiles(
                html, html.resolveSibling(stem + JSON), html.resolveSibling(stem + SAMPLES));
    }

    /**
     * A file.
     *
     * @throws IllegalArgumentException if it cannot be written
     */
    public static Path checked(Path file) {
        Path directory = file.toAbsolutePath().getParent();
        if (directory == null || Files.isDirectory(file)) {
            throw new IllegalArgumentException("is a directory: " + file);
        }
        if (!Files.isDirectory(directory) || !Files.isWritable(directory)) {
            throw new IllegalArgumentException("cannot be written: " + file);
        }
        return file;
    }

    /** Whether one of them is that file. */
    public boolean include(Path file) {
        return Stream.of(html, json, samples)
                .map(each -> each.toAbsolutePath().normalize())
                .anyMatch(file.toAbsolutePath().normalize()::equals);
    }

    /**
     * Writes the files; without samples there is no log.
     *
     * @param sentence what a reader of the page should know of these figures
     * @return those that were written
     * @throws IOException if one cannot be written
     */
    public List<Path> write(Report report, String sentence) throws IOException {
        Files.writeString(html, HtmlPage.of(report, sentence));
        Files.writeString(json, report.toJson() + "\n");
        if (report.results().stream().allMatch(result -> result.recorded() == null)) {
            Files.deleteIfExists(samples);
            return List.of(html, json);
        }
        try (OutputStream out = Files.newOutputStream(samples)) {
            HistogramLog.write(report, out);
        }
        return List.of(html, json, samples);
    }
}
