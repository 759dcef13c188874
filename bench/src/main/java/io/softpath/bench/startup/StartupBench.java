package io.softpath.bench.startup;

import io.softpath.bench.process.Child;
import io.softpath.bench.process.Findings;
import io.softpath.bench.process.PrivateDaemon;
import io.softpath.bench.process.Rounds;
import io.softpath.bench.process.UserPair;
import io.softpath.bench.report.Result;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Measures how long it takes until something can be sent; everything once in each round. */
public final class StartupBench {
    static final String JVM = "startup.jvm";
    static final String DAEMON = "startup.daemon";
    static final String OPEN_FIRST = "startup.open.first";
    static final String OPEN = "startup.open";
    static final String ENDPOINT = "startup.endpoint";
    static final String CONNECT = "startup.connect";
    static final String FIRST_MESSAGE = "startup.first-message";

    /** Under which name a user reports how many it opened. */
    static final String OPENS = OPEN + ".count";

    private static final Duration DEADLINE = Duration.ofMinutes(1);
    private static final double NS_PER_MS = 1e6;

    private final Rounds rounds;
    private final List<Double> jvms = new ArrayList<>();
    private final List<Double> daemons = new ArrayList<>();
    private final List<Double> endpoints = new ArrayList<>();
    private final List<Double> firstMessages = new ArrayList<>();
    private final List<Findings> opens = new ArrayList<>();
    private final List<Findings> connects = new ArrayList<>();

    public StartupBench(Rounds rounds) {
        this.rounds = rounds;
    }

    /** What its results are called. */
    public static List<String> names() {
        return List.of(JVM, DAEMON, OPEN_FIRST, OPEN, ENDPOINT, CONNECT, FIRST_MESSAGE);
    }

    /** Measures everything, in the order in which it is reported. */
    public List<Result> run() {
        rounds.each("daemon, contexts, endpoints, a message", this::round);
        Result jvm = result(JVM, jvms).noted("a JVM that says that it is there, nothing else");
        return List.of(
                jvm,
                result(DAEMON, daemons)
                        .comparedTo(jvm)
                        .noted("from its start until it says that it is ready"),
                result(OPEN_FIRST, Findings.values(opens, OPEN_FIRST))
                        .noted("device and context, the first of a JVM: its classes are loaded"),
                Result.ofValues(
                                OPEN,
                                "ms",
                                (long) Findings.sum(opens, OPENS),
                                Findings.values(opens, OPEN))
                        .noted(
                                "device and context, when all is compiled; the median of each"
                                        + " round"),
                result(ENDPOINT, endpoints)
                        .comparedTo(jvm)
                        .noted("from the start of a JVM until its endpoint is open"),
                result(CONNECT, Findings.values(connects, CONNECT))
                        .noted("the first of a JVM, to an endpoint that connects too"),
                result(FIRST_MESSAGE, firstMessages)
                        .comparedTo(jvm)
                        .noted(
                                "from the start of two JVMs until one has a message of the other;"
                                        + " the daemon runs, the harness tells each of the other"));
    }

    private static Result result(String name, List<Double> values) {
        return Result.ofValues(name, "ms", values.size(), values);
    }

    private void round() {
        long begin = System.nanoTime();
        try (PrivateDaemon daemon = PrivateDaemon.start()) {
            daemons.add(msSince(begin));
            jvms.add(start(daemon, StartupUser.NOTHING));
            endpoints.add(start(daemon, StartupUser.ENDPOINT));
            message(daemon);
            try (Child user =
                    daemon.startUser(StartupUser.class, StartupUser.CONTEXTS, rounds.millis())) {
                opens.add(Findings.parse(user.awaitSuccess(DEADLINE.plus(rounds.measured()))));
            }
        }
    }

    /** From the start of a user until it says that it is ready. */
    private static double start(PrivateDaemon daemon, String role) {
        long begin = System.nanoTime();
        try (Child user = daemon.startUser(StartupUser.class, role)) {
            UserPair.address(user);
            double ms = msSince(begin);
            user.awaitSuccess(DEADLINE);
            return ms;
        }
    }

    private void message(PrivateDaemon daemon) {
        long begin = System.nanoTime();
        try (Child receiver = daemon.startUser(StartupUser.class, StartupUser.RECEIVER);
                Child sender = daemon.startUser(StartupUser.class, StartupUser.SENDER)) {
            String to = UserPair.address(receiver);
            UserPair.go(receiver, UserPair.address(sender));
            UserPair.go(sender, to);
            receiver.awaitLine(StartupUser.RECEIVED, DEADLINE);
            firstMessages.add(msSince(begin));
            receiver.awaitSuccess(DEADLINE);
            connects.add(Findings.parse(sender.awaitSuccess(DEADLINE)));
        }
    }

    private static double msSince(long begin) {
        return (System.nanoTime() - begin) / NS_PER_MS;
    }
}
