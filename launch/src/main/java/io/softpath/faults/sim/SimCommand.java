package io.softpath.faults.sim;

import io.softpath.fault.Faults;
import io.softpath.faults.check.Violation;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;

/** {@code softpath faults sim}: many schedules of faults, in simulated worlds. */
@Command(
        name = "sim",
        description = {
            "Play schedules of messages and faults in simulated worlds, and check what came of"
                    + " each.",
            "",
            "Each seed is a schedule: processes that send, are killed at random and at points,"
                + " stop, lose their daemon, come again; links that lose, double, delay and spoil"
                + " packets. The same seed gives the same trace, byte for byte. A schedule that"
                + " breaks a rule is made shorter, and printed with the command that repeats it."
        },
        footer = {
            "",
            "Examples:",
            "  softpath faults sim --seeds 100000",
            "  softpath faults sim --seed 17 --trace trace.txt",
            "  softpath faults sim --self-test"
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:every rule held, every planted bug was found", "1:a rule was broken"})
public final class SimCommand implements Callable<Integer> {
    private static final int HELD = 0;
    private static final int BROKEN = 1;
    private static final long SEEDS = 1000;

    /** Fresh seeds are short enough to type. */
    private static final long MAX_FRESH_SEED = 1L << 40;

    @Spec private CommandSpec spec;

    @Option(
            names = "--seeds",
            paramLabel = "N",
            description = "How many schedules (default: " + SEEDS + ", or 1 with --seed alone).")
    private Long seeds;

    @Option(
            names = "--seed",
            paramLabel = "S",
            description = "The first seed (default: a fresh one, which is printed).")
    private Long seed;

    @Option(
            names = "--jobs",
            paramLabel = "J",
            description = "How many worlds at a time (default: one for each processor).")
    private Integer jobs;

    @Option(
            names = "--keep",
            paramLabel = "I,J,...",
            description = "Of one schedule, only the items at these places; none: no item.")
    private String keep;

    @Option(
            names = "--trace",
            paramLabel = "FILE",
            description = "Of one schedule, write all that happens into a file.")
    private Path trace;

    @Option(
            names = "--plant",
            paramLabel = "BUG",
            description = "Of one schedule, with a bug that --self-test knows.")
    private String plant;

    @Option(
            names = "--self-test",
            description = "Plant each known bug, and see that it is found and made short.")
    private boolean selfTest;

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        System.setProperty(Faults.PROPERTY, Faults.NO_PLAN); // before anybody passes a point
        if (seeds != null && seeds < 1 || jobs != null && jobs < 1) {
            throw usage("--seeds and --jobs must be 1 or more");
        }
        long first = seed == null ? new SplittableRandom().nextLong(MAX_FRESH_SEED) : seed;
        SimReport report = new SimReport(spec.commandLine().getOut(), json);
        if (selfTest) {
            return report.selfTest(first, new SelfTest(first).run()) ? HELD : BROKEN;
        }
        boolean one = seeds == null ? seed != null : seeds == 1;
        if (one || keep != null || trace != null || plant != null) {
            if (seed == null || seeds != null && seeds > 1) {
                throw usage(
                        "--keep, --trace and --plant are about one schedule: say which, --seed S");
            }
            return one(first, report) ? HELD : BROKEN;
        }
        return many(first, report) ? HELD : BROKEN;
    }

    private ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    // One schedule.

    private boolean one(long first, SimReport report) throws IOException {
        Schedule whole = Schedule.of(first);
        List<Integer> places = places(whole.items().size());
        Schedule schedule = places == null ? whole : whole.keep(places);
        Totals totals = new Totals();
        Bug bug = bug();
        List<Violation> violations;
        if (trace == null) {
            violations = Failure.play(schedule, bug, new Trace(null), totals);
        } else {
            try (Writer text = Files.newBufferedWriter(trace)) {
                violations = Failure.play(schedule, bug, new Trace(text), totals);
            }
        }
        report.one(schedule, places, violations, totals);
        return violations.isEmpty();
    }

    /** What --keep names; null if it is not given. */
    private List<Integer> places(int items) {
        if (keep == null) {
            return null;
        }
        List<Integer> places = new ArrayList<>();
        if (keep.equals(Failure.NONE)) {
            return places;
        }
        for (String word : keep.split(",", -1)) {
            try {
                places.add(Integer.valueOf(word.strip()));
            } catch (NumberFormatException e) {
                throw usage("--keep " + keep + ": '" + word + "' is no place: say 3,17,40 or none");
            }
            if (places.getLast() < 0 || places.getLast() >= items) {
                throw usage("--keep " + keep + ": place " + word + " is outside 0.." + (items - 1));
            }
        }
        places.sort(null);
        return places;
    }

    private Bug bug() {
        if (plant == null) {
            return null;
        }
        for (Bug bug : Bug.values()) {
            if (bug.option().equals(plant)) {
                return bug;
            }
        }
        List<String> all = new ArrayList<>();
        for (Bug bug : Bug.values()) {
            all.add(bug.option());
        }
        throw usage("--plant " + plant + ": choose one of " + String.join(", ", all));
    }

    // Many.

    private boolean many(long first, SimReport report) throws InterruptedException {
        int threads = jobs == null ? Runtime.getRuntime().availableProcessors() : jobs;
        Seeds all = new Seeds(first, seeds == null ? SEEDS : seeds, threads);
        long start = System.nanoTime();
        PrintWriter err = spec.commandLine().getErr();
        try (Progress progress = new Progress(all, err)) {
            progress.start();
            all.play();
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        List<Failure> failures = all.failures().stream().map(Failure::shrink).toList();
        report.many(first, threads, all, seconds, failures);
        return failures.isEmpty();
    }
}
