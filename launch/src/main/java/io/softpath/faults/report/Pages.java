package io.softpath.faults.report;

import io.softpath.launch.ExitCode;
import io.softpath.launch.Json;
import io.softpath.launch.Trouble;

import picocli.CommandLine.Option;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Writes a report in the forms that were asked for. */
public final class Pages {
    private Pages() {}

    /** Where reports go. */
    public static final class Options {
        @Option(names = "--json", paramLabel = "FILE", description = "Write the report as JSON.")
        private Path json;

        @Option(
                names = "--html",
                paramLabel = "FILE",
                description = "Write the report as a page with a time line.")
        private Path html;

        @Option(
                names = "--markdown",
                paramLabel = "FILE",
                description = "Write the report as Markdown.")
        private Path markdown;

        /** Writes all that was asked for, and the terminal's page to {@code out}. */
        public void write(List<CampaignResult> runs, PrintWriter out) {
            Summary summary = Summary.of(runs);
            out.print(TextPage.of(summary));
            out.flush();
            Pages.write(json, () -> Json.pretty(Map.of("summary", summary, "runs", runs)));
            Pages.write(html, () -> HtmlPage.of(summary, runs));
            Pages.write(markdown, () -> MarkdownPage.of(summary, runs));
        }
    }

    /** Writes a page into a file; does nothing if there is none. */
    public static void write(Path file, Supplier<String> page) {
        if (file == null) {
            return;
        }
        try {
            Files.writeString(file, page.get() + System.lineSeparator());
        } catch (IOException e) {
            throw new Trouble(
                    ExitCode.UNAVAILABLE, "cannot write " + file + ": " + Trouble.reason(e), e);
        }
    }

    /** As {@code 3 kills, 1 pause}. */
    public static String list(Map<String, ? extends Number> counts) {
        return counts.entrySet().stream()
                .map(e -> e.getValue() + " " + e.getKey())
                .collect(Collectors.joining(", "));
    }
}
