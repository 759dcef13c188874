package io.softpath.bench.mq;

import io.softpath.bench.floor.HandoverFloor;
import io.softpath.bench.process.Child;
import io.softpath.bench.process.Findings;
import io.softpath.bench.process.PrivateDaemon;
import io.softpath.bench.process.UserPair;
import io.softpath.bench.report.Result;

import org.HdrHistogram.Histogram;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Measures matched queues. Floor, messages and copies take turns in each round, so that whatever
 * else the machine does meets all three.
 */
public final class MqBench {
    static final String RTT = "mq.chip.rtt.8B";
    static final String ALLOC = "mq.chip.alloc.8B";
    static final String RATE = "mq.chip.rate.";
    static final String BANDWIDTH = "mq.chip.bandwidth.";
    static final String MEMCPY = "memcpy.";

    private final int rounds;
    private final Duration measured;
    private final Consumer<String> progress;

    /**
     * @param quick fewer and shorter rounds
     * @param progress is told what is being done
     */
    public MqBench(boolean quick, Consumer<String> progress) {
        this(quick ? 3 : 7, Duration.ofMillis(quick ? 200 : 600), progress);
    }

    MqBench(int rounds, Duration measured, Consumer<String> progress) {
        this.rounds = rounds;
        this.measured = measured;
        this.progress = progress;
    }

    /** Measures everything, in the order in which it is reported. */
    public List<Result> run() {
        List<Histogram> floors = new ArrayList<>();
        List<Findings> pairs = new ArrayList<>();
        for (int i = 1; i <= rounds; i++) {
            progress.accept("round " + i + " of " + rounds + ": floor, messages, copies");
            floors.add(HandoverFloor.round(measured));
            try (PrivateDaemon daemon = PrivateDaemon.start("--units", "2")) {
                pairs.add(pair(daemon));
            }
        }
        List<Histogram> trips = Findings.histograms(pairs, RTT);
        long tripCount = trips.stream().mapToLong(Histogram::getTotalCount).sum();
        Result floor = Result.ofHistograms(HandoverFloor.NAME, "ns", floors);
        List<Result> results = new ArrayList<>();
        results.add(floor);
        results.add(
                Result.ofHistograms(RTT, "ns", trips)
                        .comparedTo(floor)
                        .noted("four hand-overs; the daemon on one CPU, both users on another"));
        results.add(result(pairs, ALLOC, "bytes/round trip", tripCount));
        for (Size size : Size.values()) {
            long count = (long) Findings.sum(pairs, count(size));
            results.add(
                    result(pairs, RATE + size.label(), "messages/s", count)
                            .noted(size.window() + " messages, then an answer for all of them"));
            if (size.hasBandwidth()) {
                Result copy = result(pairs, MEMCPY + size.label(), "GB/s", count);
                results.add(copy);
                results.add(
                        result(pairs, BANDWIDTH + size.label(), "GB/s", count).comparedTo(copy));
            }
        }
        return results;
    }

    private Findings pair(PrivateDaemon daemon) {
        String ms = String.valueOf(measured.toMillis());
        try (Child pong = daemon.startUser(MqUser.class, MqUser.PONG, "1", ms);
                Child ping = daemon.startUser(MqUser.class, MqUser.PING, "0", ms)) {
            UserPair pair = UserPair.awaitReady(ping, pong);
            daemon.separateFrom(ping, pong);
            return pair.measure(measured.multipliedBy(30));
        }
    }

    private static Result result(List<Findings> pairs, String name, String unit, long count) {
        return Result.ofValues(name, unit, count, Findings.values(pairs, name));
    }

    /** Under which name a user reports how many messages of a size it measured. */
    static String count(Size size) {
        return RATE + size.label() + ".count";
    }
}
