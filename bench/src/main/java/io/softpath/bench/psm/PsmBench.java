package io.softpath.bench.psm;

import io.softpath.bench.floor.HandoverFloor;
import io.softpath.bench.process.Child;
import io.softpath.bench.process.Findings;
import io.softpath.bench.process.PrivateDaemon;
import io.softpath.bench.process.Rounds;
import io.softpath.bench.process.UserPair;
import io.softpath.bench.report.Result;

import org.HdrHistogram.Histogram;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Measures the real C library and our own on the same chip. Floor, C library and own library take
 * turns in each round, so that whatever else the machine does meets all three.
 */
public final class PsmBench {
    static final String PING = "ping";
    static final String PONG = "pong";
    static final String HALF = "half";
    static final String RATE = "rate";
    static final String COUNT = ".count";

    private static final int BYTES = 8;
    private static final int WINDOW = 64;
    private static final String PLACES = "the daemon on one CPU, both users on another";
    private static final String REAL_HALF = "psm.half." + BYTES + "B";
    private static final String OWN_HALF = "own.half." + BYTES + "B";
    private static final String REAL_RATE = "psm.rate." + BYTES + "B";
    private static final String OWN_RATE = "own.rate." + BYTES + "B";
    private static final String JOB = "softpath-bench";

    private final Rounds rounds;

    public PsmBench(Rounds rounds) {
        this.rounds = rounds;
    }

    /** What its results are called. */
    public static List<String> names() {
        return List.of(HandoverFloor.NAME, REAL_HALF, OWN_HALF, REAL_RATE, OWN_RATE);
    }

    /**
     * Measures everything, in the order in which it is reported.
     *
     * @throws io.softpath.bench.process.BenchFailure if there is no libpsm here, among others
     */
    public List<Result> run() {
        List<Histogram> floors = new ArrayList<>();
        List<Findings> real = new ArrayList<>();
        List<Findings> own = new ArrayList<>();
        try (PsmProgram program = PsmProgram.compile()) {
            rounds.each(
                    "floor, libpsm, own library",
                    () -> {
                        floors.add(HandoverFloor.round(rounds.measured()));
                        try (PrivateDaemon daemon = PrivateDaemon.start("--units", "2")) {
                            real.add(pair(daemon, r -> program.start(daemon, r, arguments(r))));
                            own.add(
                                    pair(
                                            daemon,
                                            r -> daemon.startUser(OwnUser.class, r, arguments(r))));
                        }
                    });
        }
        Result floor = Result.ofHistograms(HandoverFloor.NAME, "ns", floors);
        Result ownHalf = result(OWN_HALF, "ns", own, HALF).comparedTo(floor);
        Result ownRate = result(OWN_RATE, "messages/s", own, RATE);
        return List.of(
                floor,
                result(REAL_HALF, "ns", real, HALF)
                        .comparedTo(floor)
                        .noted("libpsm's matched queue, psm_mq_send to psm_mq_test; " + PLACES),
                ownHalf.noted(
                        "softpath's library, send to receive, no tags are matched; " + PLACES),
                result(REAL_RATE, "messages/s", real, RATE)
                        .comparedTo(ownRate)
                        .noted(WINDOW + " messages, then an answer for all of them"),
                ownRate.noted("the same: " + WINDOW + " messages, then an answer"));
    }

    /** Unit, job, bytes, time, window, and whether to yield: the same for both libraries. */
    private String[] arguments(String role) {
        return new String[] {
            role.equals(PING) ? "0" : "1",
            JOB,
            String.valueOf(BYTES),
            rounds.millis(),
            String.valueOf(WINDOW),
            Runtime.getRuntime().availableProcessors() < 3 ? "1" : "0"
        };
    }

    private Findings pair(PrivateDaemon daemon, Function<String, Child> start) {
        try (Child pong = start.apply(PONG);
                Child ping = start.apply(PING)) {
            UserPair pair = UserPair.awaitReady(ping, pong);
            daemon.separateFrom(ping, pong);
            return pair.measure(rounds.times(4));
        }
    }

    private static Result result(String name, String unit, List<Findings> rounds, String what) {
        long samples = (long) Findings.sum(rounds, what + COUNT);
        return Result.ofValues(name, unit, samples, Findings.values(rounds, what));
    }
}
