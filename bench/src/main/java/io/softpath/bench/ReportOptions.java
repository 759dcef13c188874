package io.softpath.bench;

import io.softpath.bench.process.BenchFailure;
import io.softpath.bench.process.Rounds;
import io.softpath.bench.report.Report;
import io.softpath.bench.report.ReportFiles;
import io.softpath.bench.report.Run;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.nio.file.Path;

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
     * @throws ParameterException if the page could not be written
     */
    Run begin() {
        if (html != null) {
            try {
                files = ReportFiles.beside(html);
            } catch (IllegalArgumentException e) {
                throw new ParameterException(spec.commandLine(), "--html: " + e.getMessage(), e);
            }
        }
        return Run.begin();
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
        if (files != null) {
            write(report, sentence);
        }
    }

    private void write(Report report, String sentence) {
        try {
            for (Path file : files.write(report, sentence)) {
                System.err.println("written: " + file);
            }
        } catch (IOException e) {
            throw new BenchFailure("report cannot be written: " + e.getMessage(), e);
        }
    }

    /** Tells a person who waits what is going on; tools are not disturbed. */
    void progress(String what) {
        if (!json) {
            System.err.println(what);
        }
    }
}
