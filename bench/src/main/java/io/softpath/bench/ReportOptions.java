package io.softpath.bench;

import io.softpath.bench.process.BenchFailure;
import io.softpath.bench.process.Rounds;
import io.softpath.bench.report.MarkdownPage;
import io.softpath.bench.report.Report;
import io.softpath.bench.report.ReportFiles;
import io.softpath.bench.report.Run;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Options that all measuring commands share. */
final class ReportOptions {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help and exit.")
    @SuppressWarnings("UnusedVariable") // picocli acts on it
    private boolean help;

    @Option(names = "--json", description = "Print one JSON object: machine and results[].")
    boolean json;

    @Option(
            names = "--quick",
            description = "Fewer and shorter rounds: a first look, not to be quoted.")
    boolean quick;

    @Option(
            names = "--html",
            paramLabel = "FILE",
            description =
                    "Write a page with plots, and beside it the same as JSON and the samples as a"
                            + " log of HdrHistogram (.json, .hlog).")
    private Path html;

    @Option(
            names = "--markdown",
            paramLabel = "FILE",
            description = "Write a Markdown page: what is asked of softpath, and all results.")
    private Path markdown;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    private ReportFiles files;

    /** As often and as long as they say. */
    Rounds rounds() {
        return Rounds.of(quick, this::progress);
    }

    /**
     * Nothing has been measured yet.
     *
     * @throws ParameterException if a page could not be written
     */
    Run begin() {
        files = checked("--html", html, ReportFiles::beside);
        checked("--markdown", markdown, ReportFiles::checked);
        if (files != null && markdown != null && files.include(markdown)) {
            throw new ParameterException(
                    spec.commandLine(), "--markdown: is a file of --html: " + markdown);
        }
        return Run.begin();
    }

    private <T> T checked(String option, Path file, Function<Path, T> check) {
        try {
            return file == null ? null : check.apply(file);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), option + ": " + e.getMessage(), e);
        }
    }

    /**
     * Prints the report and writes the files that are asked for; the sentence is for people only.
     *
     * @throws BenchFailure if a file cannot be written
     */
    void print(Report report, String sentence) {
        if (json) {
            System.out.println(report.toJson());
        } else {
            report.printTable(System.out);
            System.out.println();
            System.out.println(sentence);
        }
        try {
            for (Path file : write(report, sentence)) {
                System.err.println("written: " + file);
            }
        } catch (IOException e) {
            throw new BenchFailure("report cannot be written: " + e.getMessage(), e);
        }
    }

    private List<Path> write(Report report, String sentence) throws IOException {
        List<Path> written = new ArrayList<>();
        if (files != null) {
            written.addAll(files.write(report, sentence));
        }
        if (markdown != null) {
            Files.writeString(markdown, MarkdownPage.of(report, command(), Goals.ALL));
            written.add(markdown);
        }
        return written;
    }

    /** What was asked for; where its files lie is nobody's business who reads a page. */
    private String command() {
        List<String> words = spec.commandLine().getParseResult().originalArgs();
        return spec.root().qualifiedName()
                + " "
                + String.join(
                        " ", words.stream().map(word -> word.replaceAll("[^=]*/", "")).toList());
    }

    /** Tells a person who waits what is going on; tools are not disturbed. */
    void progress(String what) {
        if (!json) {
            System.err.println(what);
        }
    }
}
