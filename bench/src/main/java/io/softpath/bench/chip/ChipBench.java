package io.softpath.bench.chip;

import io.softpath.bench.floor.HandoverFloor;
import io.softpath.bench.process.BenchFailure;
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
 * Measures messages through the chip and what a daemon costs. Floor, self and pair take turns in
 * each round, so that whatever else the machine does meets all three.
 */
public final class ChipBench {
    static final String SELF = "chip.self.rtt";
    static final String SELF_ALLOC = "chip.self.alloc";
    static final String DAEMON_ALLOC = "chip.daemon.alloc";
    static final String PAIR = "chip.pair.rtt";
    static final String PAIR_STALLS = "chip.pair.stalls";
    static final String PAIR_LONGEST = "chip.pair.longest";
    static final String IDLE_CPU = "idle.cpu";
    static final String WAKE = "idle.wake.rtt";
    static final String RSS = "daemon.rss";

    private static final int SLEEPERS = 4;
    private static final int CONTEXTS = 16;
    private static final Duration GRACE = Duration.ofMinutes(2);
    private static final double MEGABYTE = 1e6;

    private static final List<String> NAMES =
            List.of(
                    HandoverFloor.NAME,
                    SELF,
                    SELF_ALLOC,
                    DAEMON_ALLOC,
                    PAIR,
                    PAIR_STALLS,
                    IDLE_CPU,
                    WAKE,
                    RSS);

    private final Rounds rounds;
    private final int idleRounds;
    private final Duration idle;

    public ChipBench(Rounds rounds) {
        this.rounds = rounds;
        idleRounds = (rounds.count() + 1) / 2;
        idle = rounds.times(8);
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
        List<Double> idleCpu = new ArrayList<>();
        List<Double> rss = new ArrayList<>();
        List<Histogram> wakes = new ArrayList<>();
        double shared = 0;
        for (int i = 1; i <= idleRounds; i++) {
            rounds.progress().accept("round " + i + " of " + idleRounds + ": idle daemon, memory");
            try (PrivateDaemon daemon = PrivateDaemon.start()) {
                idle(daemon, idleCpu, wakes);
                try (Child holder =
                        daemon.startUser(
                                ChipUser.class, ChipUser.HOLDER, String.valueOf(CONTEXTS))) {
                    UserPair.address(holder);
                    rss.add(ProcessUsage.residentBytes(daemon.pid()) / MEGABYTE);
                    shared = ProcessUsage.residentSharedBytes(daemon.pid()) / MEGABYTE;
                }
            }
        }

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
        results.add(
                Result.ofValues(IDLE_CPU, "% of a CPU", idleRounds, idleCpu)
                        .noted(
                                "a daemon with "
                                        + SLEEPERS
                                        + " sleeping users over "
                                        + idle.toMillis()
                                        + " ms, from /proc/PID/task/*/schedstat"));
        results.add(
                Result.ofHistograms(WAKE, "ns", wakes)
                        .noted("a message and its answer while daemon and both users sleep"));
        results.add(
                Result.ofValues(RSS, "MB", idleRounds, rss)
                        .noted(
                                CONTEXTS
                                        + " contexts open, each used once; "
                                        + Math.round(shared)
                                        + " MB of it is memory shared with them"));
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

    private void idle(PrivateDaemon daemon, List<Double> cpu, List<Histogram> wakes) {
        List<Child> sleepers = new ArrayList<>();
        try {
            for (int i = 0; i < SLEEPERS; i++) {
                sleepers.add(daemon.startUser(ChipUser.class, ChipUser.SLEEPER));
            }
            String first = UserPair.address(sleepers.getFirst());
            sleepers.stream().skip(1).forEach(UserPair::address);
            sleep(Duration.ofSeconds(2)); // what a JVM does after its start is not idling
            long begin = System.nanoTime();
            long before = ProcessUsage.cpuNs(daemon.pid());
            sleep(idle);
            long used = ProcessUsage.cpuNs(daemon.pid()) - before;
            cpu.add(100.0 * used / (System.nanoTime() - begin));

            try (Child waker = daemon.startUser(ChipUser.class, ChipUser.WAKER)) {
                UserPair.address(waker);
                UserPair.go(waker, first);
                wakes.add(Findings.parse(waker.awaitSuccess(GRACE)).histogram(WAKE));
            }
        } finally {
            sleepers.forEach(Child::close);
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

    private static void sleep(Duration duration) {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchFailure("interrupted", e);
        }
    }
}
