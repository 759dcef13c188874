package io.softpath.bench.floor;

import io.softpath.bench.process.Child;
import io.softpath.bench.process.CpuPair;
import io.softpath.bench.process.Findings;
import io.softpath.bench.process.Rounds;
import io.softpath.bench.process.TemporaryDirectory;
import io.softpath.bench.process.UserPair;
import io.softpath.bench.report.Result;

import org.HdrHistogram.Histogram;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Measures what this machine allows; everything once in each round. */
public final class FloorBench {
    static final String WAKE = "floor.eventfd.wake";
    static final String SYSCALL = "floor.syscall";

    /** Sizes of copies: in a cache, and in none. */
    static final List<Integer> COPY_BYTES = List.of(4 << 10, 64 << 10, 1 << 20, 16 << 20);

    private static final String MEMCPY = "floor.memcpy.";
    private static final Duration DEADLINE = Duration.ofMinutes(1);

    private final Rounds rounds;

    public FloorBench(Rounds rounds) {
        this.rounds = rounds;
    }

    /** What its results are called. */
    public static List<String> names() {
        List<String> names =
                new ArrayList<>(List.of(HandoverFloor.NAME, HandoverFloor.RELAY, WAKE, SYSCALL));
        COPY_BYTES.forEach(bytes -> names.add(memcpy(bytes)));
        return names;
    }

    static String memcpy(int bytes) {
        return MEMCPY + (bytes < 1 << 20 ? (bytes >> 10) + "KiB" : (bytes >> 20) + "MiB");
    }

    /** Under which name it is reported how many copies were made. */
    static String count(int bytes) {
        return memcpy(bytes) + ".count";
    }

    /** Measures everything, in the order in which it is reported. */
    public List<Result> run() {
        List<Histogram> handovers = new ArrayList<>();
        List<Histogram> relays = new ArrayList<>();
        List<Findings> wakes = new ArrayList<>();
        List<Findings> alone = new ArrayList<>();
        rounds.each(
                "hand-over, relay, wake-up, system call, copies",
                () -> {
                    handovers.add(HandoverFloor.round(rounds.measured()));
                    relays.add(HandoverFloor.relayRound(rounds.measured()));
                    wakes.add(wake());
                    alone.add(alone());
                });
        Result handover = Result.ofHistograms(HandoverFloor.NAME, "ns", handovers);
        List<Result> results = new ArrayList<>();
        results.add(handover);
        results.add(
                Result.ofHistograms(HandoverFloor.RELAY, "ns", relays)
                        .comparedTo(handover)
                        .noted(HandoverFloor.relayNote()));
        results.add(
                Result.ofHistograms(WAKE, "ns", Findings.histograms(wakes, WAKE))
                        .comparedTo(handover)
                        .noted(
                                "two processes on a CPU each wake each other, there and back; each"
                                        + " time write, poll and read"));
        results.add(
                Result.ofBatches(
                                SYSCALL,
                                "ns",
                                Findings.histograms(alone, SYSCALL),
                                LoneProcess.BATCH_CALLS)
                        .noted("getppid through java.lang.foreign"));
        for (int bytes : COPY_BYTES) {
            long count = (long) Findings.sum(alone, count(bytes));
            List<Double> bandwidths = Findings.values(alone, memcpy(bytes));
            results.add(Result.ofValues(memcpy(bytes), "GB/s", count, bandwidths));
        }
        return results;
    }

    private Findings wake() {
        try (TemporaryDirectory directory = TemporaryDirectory.make();
                Child pong = waker(WakePeer.PONG, directory);
                Child ping = waker(WakePeer.PING, directory)) {
            UserPair.address(pong);
            UserPair.address(ping);
            CpuPair.spread(ping, pong);
            UserPair.go(pong, WakePeer.PING);
            return UserPair.measureAlone(ping, WakePeer.PONG, rounds.measured());
        }
    }

    private Child waker(String role, TemporaryDirectory directory) {
        List<String> arguments = List.of(role, directory.path().toString(), rounds.millis());
        return Child.start(role, Map.of(), WakePeer.class.getName(), arguments);
    }

    private Findings alone() {
        try (Child child =
                Child.start(
                        "alone", Map.of(), LoneProcess.class.getName(), List.of(rounds.millis()))) {
            return Findings.parse(child.awaitSuccess(DEADLINE.plus(rounds.times(8))));
        }
    }
}
