package io.softpath.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Finds what makes the figures of a run worse than they would be elsewhere, or at another time. */
final class Warnings {
    /** Two processes and the daemon spin at once in what is measured through the chip. */
    static final int SPINNING = 3;

    /** Programs that want more than half of the CPUs leave none to one of two that spin. */
    static final double BUSY_LOAD_SHARE = 0.5;

    /** A system that nobody uses takes a hundredth of a CPU or two; this is a program. */
    static final double OTHERS_CPUS = 0.1;

    /** If a hundredth of the time is missing, p99 says what the hypervisor does. */
    static final double STOLEN_SHARE = 0.01;

    private static final String CLOCK = "tsc";
    private static final Set<String> STEADY = Set.of("performance");

    private final List<Warning> found = new ArrayList<>();

    private Warnings() {}

    /**
     * What a reader should know.
     *
     * @param begin before the first figure
     * @param end after the last one
     */
    static List<Warning> of(
            Machine machine, Conditions begin, Conditions end, List<Result> results) {
        Warnings warnings = new Warnings();
        warnings.ofMachine(machine, end);
        warnings.ofRun(end.since(begin));
        warnings.ofResults(results);
        return warnings.found;
    }

    private void ofMachine(Machine machine, Conditions end) {
        if (machine.load() > machine.cores() * BUSY_LOAD_SHARE) {
            add("busy", "The machine was busy when this began: do not quote these figures.");
        }
        if (machine.cores() < SPINNING) {
            add(
                    "few-cores",
                    "%d cores: where %d processes spin, the figures include the scheduler's work."
                            .formatted(machine.cores(), SPINNING));
        }
        if (machine.virtual()) {
            add(
                    "virtual",
                    "A virtual machine: where its CPUs lie may change, and so may the figures.");
        }
        if (!machine.clock().equals(CLOCK)) {
            add(
                    "clock",
                    ("Time is read from the clock source %s, which takes longer than %s does: short"
                                    + " times include that.")
                            .formatted(machine.clock(), CLOCK));
        }
        if (!STEADY.containsAll(end.governors())) {
            add(
                    "governor",
                    ("The CPUs' speed is left to %s: a round that begins after a pause may be"
                                    + " slower. cpupower frequency-set -g performance keeps it.")
                            .formatted(String.join(", ", end.governors())));
        }
    }

    private void ofRun(Conditions run) {
        if (run.othersCpus() > OTHERS_CPUS) {
            add(
                    "other-programs",
                    "Other programs took %s of the %d CPUs during the run."
                            .formatted(rounded(run.othersCpus()), run.cpus()));
        }
        if (run.stolenShare() > STOLEN_SHARE) {
            add(
                    "stolen",
                    "The hypervisor kept back %s %% of the CPU time wanted during the run."
                            .formatted(rounded(run.stolenShare() * 100)));
        }
        if (run.throttled() > 0) {
            add(
                    "throttled",
                    "CPUs were made slower because of their heat, %d times during the run."
                            .formatted(run.throttled()));
        }
    }

    private void ofResults(List<Result> results) {
        long noisy = results.stream().filter(Result::noisy).count();
        if (noisy > 0) {
            add(
                    "noisy",
                    "%d of %d results are noisy: their rounds lie more than %s %% apart."
                            .formatted(
                                    noisy,
                                    results.size(),
                                    Statistics.round(Result.WIDE_SPREAD * 100)));
        }
    }

    private static String rounded(double value) {
        return Statistics.round(Math.rint(value * 100) / 100);
    }

    private void add(String kind, String text) {
        found.add(new Warning(kind, text));
    }
}
