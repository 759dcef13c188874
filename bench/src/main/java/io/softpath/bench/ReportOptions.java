package io.softpath.bench;

import io.softpath.bench.process.Rounds;
import io.softpath.bench.report.Report;

import picocli.CommandLine.Option;

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

    /** As often and as long as they say. */
    Rounds rounds() {
        return Rounds.of(quick, this::progress);
    }

    /** Prints the report; the sentence is for people only. */
    void print(Report report, String sentence) {
        if (json) {
            System.out.println(report.toJson());
        } else {
            report.printTable(System.out);
            System.out.println();
            System.out.println(sentence);
        }
    }

    /** Tells a person who waits what is going on; tools are not disturbed. */
    void progress(String what) {
        if (!json) {
            System.err.println(what);
        }
    }
}
