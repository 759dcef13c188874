package io.softpath.bench.chip;

import io.softpath.bench.floor.HandoverFloor;
import io.softpath.bench.process.Child;
import io.softpath.bench.process.Findings;
import io.softpath.bench.process.PrivateDaemon;
import io.softpath.bench.process.Rounds;
import io.softpath.bench.process.TemporaryDirectory;
import io.softpath.bench.process.UserPair;
import io.softpath.bench.report.Result;

import org.HdrHistogram.Histogram;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Measures messages through the chip. Floor, self and pair take turns in each round, so that
 * whatever else the machine does meets all three.
 */
public final class ChipBench {
    static final String SELF = "chip.self.rtt";
    static final String SELF_ALLOC = "chip.self.alloc";
    static final String DAEMON_ALLOC = "chip.daemon.alloc";
    static final String PAIR = "chip.pair.rtt";
    static final String PAIR_STALLS = "chip.pair.stalls";
    static final String PAIR_LONGEST = "chip.pair.longest";

    private static final Duration GRACE = Duration.ofMinutes(2);

    private static final List<String> NAMES =
            List.of(HandoverFloor.NAME, SELF, SELF_ALLOC, DAEMON_ALLOC, PAIR, PAIR_STALLS);

    private final Rounds rounds;

    public ChipBench(Rounds rounds) {
        this.rounds = rounds;
    }

    /** What its results are called. */
    public static List<String> names() {
        return NAMES;
    }

    /** Measures everything, in the order in which it is reported. */
    public List<Result> run() {
        List<Histogram> floors = new ArrayList<>();
        List<Findings> selves = new ArrayList<>();
        List<Findings> pairs = new ArrayList<>();
        rounds.each(
                "floor, pair, self",
                () -> {
                    floors.add(HandoverFloor.round(rounds.measured()));
                    try (PrivateDaemon daemon = PrivateDaemon.start()) {
                        pairs.add(pair(daemon));
                        selves.add(self(daemon)); // last: it keeps the daemon on one CPU
                    }
                });
        rounds.progress().accept("the daemon's allocation");
        Histogram daemonAllocated = daemonAllocated();

        Result floor = Result.ofHistograms(HandoverFloor.NAME, "ns", floors);
        List<Result> results = new ArrayList<>();
        results.add(floor);
        results.add(
                Result.ofHistograms(SELF, "ns", Findings.histograms(selves, SELF))
                        .comparedTo(floor));
        results.add(allocResult(SELF_ALLOC, Findings.histograms(selves, SELF_ALLOC)));
        results.add(
                allocResult(DAEMON_ALLOC, List.of(daemonAllocated))
                        .noted("of the daemon's thread, run inside the measuring process"));
        results.add(pairResult(pairs).comparedTo(floor));
        double stalls = Findings.sum(pairs, PAIR_STALLS);
        results.add(
                Result.ofValues(
                                PAIR_STALLS,
                                "trips over 10 ms",
                                samples(pairs, PAIR),
                                List.of(stalls))
                        .noted("in all rounds; the longest trip took " + longestMs(pairs) + " ms"));
        return results;
    }

    private Findings self(PrivateDaemon daemon) {
        try (Child user = daemon.startUser(ChipUser.class, ChipUser.SELF, rounds.millis())) {
            String own = UserPair.address(user);
            daemon.separateFrom(user);
            UserPair.go(user, own);
            return Findings.parse(user.awaitSuccess(rounds.measured().plus(GRACE)));
        }
    }

    private Findings pair(PrivateDaemon daemon) {
        try (Child pong = daemon.startUser(ChipUser.class, ChipUser.PONG);
                Child ping = daemon.startUser(ChipUser.class, ChipUser.PING, rounds.millis())) {
            return UserPair.awaitReady(ping, pong).measure(rounds.measured());
        }
    }

    private static Histogram daemonAllocated() {
        try (TemporaryDirectory directory = TemporaryDirectory.make();
                Child inside =
                        Child.start(
                                "inside",
                                Map.of(),
                                DaemonInside.class.getName(),
                                List.of(directory.path().toString()))) {
            return Findings.parse(inside.awaitSuccess(GRACE)).histogram(DAEMON_ALLOC);
        }
    }

    private static Result allocResult(String name, List<Histogram> rounds) {
        return Result.ofBatches(name, "bytes/packet", rounds, RoundTrips.BATCH_TRIPS);
    }

    private Result pairResult(List<Findings> pairs) {
        Result pair = Result.ofHistograms(PAIR, "ns", Findings.histograms(pairs, PAIR));
        int cores = Runtime.getRuntime().availableProcessors();
        return cores < 3
                ? pair.noted(
                        "three processes that spin share "
                                + cores
                                + " CPUs: the scheduler is part of the figure")
                : pair;
    }

    private static long samples(List<Findings> rounds, String name) {
        return rounds.stream().mapToLong(round -> round.histogram(name).getTotalCount()).sum();
    }

    private static long longestMs(List<Findings> pairs) {
        return (long)
                (pairs.stream().mapToDouble(pair -> pair.value(PAIR_LONGEST)).max().orElseThrow()
                        / 1e6);
    }
}
