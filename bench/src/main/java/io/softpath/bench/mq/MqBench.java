package io.softpath.bench.mq;

import io.softpath.bench.floor.HandoverFloor;
import io.softpath.bench.process.Child;
import io.softpath.bench.process.Findings;
import io.softpath.bench.process.PrivateDaemon;
import io.softpath.bench.process.Rounds;
import io.softpath.bench.process.UserPair;
import io.softpath.bench.report.Result;

import org.HdrHistogram.Histogram;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Measures matched queues. Floor, messages and copies take turns in each round, so that whatever
 * else the machine does meets all three.
 */
public final class MqBench {
    /** Under which name round trips through shared memory are reported. */
    public static final String DIRECT_RTT = Way.DIRECT.rtt();

    /** Behind how many messages a window has: how windows follow each other. */
    public static final String STREAM =
            " messages, then an answer for all of them, awaited when as many more are sent";

    private static final String MEMCPY = "memcpy.";

    private final Rounds rounds;

    public MqBench(Rounds rounds) {
        this.rounds = rounds;
    }

    /** What its results are called. */
    public static List<String> names() {
        List<String> names = new ArrayList<>(List.of(HandoverFloor.NAME));
        for (Way way : Way.values()) {
            names.addAll(List.of(way.rtt(), way.alloc()));
        }
        for (Way way : Way.values()) {
            for (Size size : way.hasSizes() ? Size.values() : new Size[0]) {
                names.add(way.rate(size));
                if (size.hasBandwidth()) {
                    names.add(memcpy(size));
                    names.add(way.bandwidth(size));
                }
            }
        }
        return names.stream().distinct().toList();
    }

    /** Measures everything, in the order in which it is reported. */
    public List<Result> run() {
        List<Histogram> floors = new ArrayList<>();
        Map<Way, List<Findings>> all = new EnumMap<>(Way.class);
        rounds.each(
                "floor, messages, copies",
                () -> {
                    floors.add(HandoverFloor.round(rounds.measured()));
                    for (Way way : Way.values()) {
                        all.computeIfAbsent(way, w -> new ArrayList<>()).add(measure(way));
                    }
                });
        Result floor = Result.ofHistograms(HandoverFloor.NAME, "ns", floors);
        List<Result> results = new ArrayList<>();
        results.add(floor);
        all.forEach((way, pairs) -> trips(way, pairs, floor, results));
        all.forEach((way, pairs) -> {
            if (way.hasSizes()) {
                sizes(way, pairs, results);
            }
        });
        return results;
    }

    private static void trips(Way way, List<Findings> pairs, Result floor, List<Result> results) {
        Result trip = Result.ofHistograms(way.rtt(), "ns", Findings.histograms(pairs, way.rtt()));
        results.add(trip.comparedTo(floor).noted(way.note()));
        results.add(
                result(pairs, way.alloc(), "bytes/round trip", trip.count())
                        .noted("the median of batches of trips; to sleep takes some memory"));
    }

    private static void sizes(Way way, List<Findings> pairs, List<Result> results) {
        for (Size size : Size.values()) {
            long count = (long) Findings.sum(pairs, way.count(size));
            results.add(
                    result(pairs, way.rate(size), "messages/s", count)
                            .noted(size.window() + STREAM));
            if (size.hasBandwidth()) {
                Result copy = result(pairs, memcpy(size), "GB/s", count);
                if (way == Way.CHIP) {
                    results.add(copy);
                }
                results.add(result(pairs, way.bandwidth(size), "GB/s", count).comparedTo(copy));
            }
        }
    }

    /** One round of round trips through shared memory, and nothing else. */
    public static Histogram directTrips(Duration measured) {
        MqBench bench = new MqBench(Rounds.once(measured));
        try (PrivateDaemon daemon = PrivateDaemon.start()) {
            return bench.pair(daemon, Way.DIRECT, MqUser.TRIPS).histogram(DIRECT_RTT);
        }
    }

    /**
     * One round of windows through shared memory, and nothing else: its numbers are called {@link
     * #directRate}, {@link #directBandwidth} and {@link #memcpy}, their count is that of the rate.
     */
    public static Findings directWindows(Duration measured, List<Size> sizes) {
        MqBench bench = new MqBench(Rounds.once(measured));
        String names = sizes.stream().map(Size::name).collect(Collectors.joining(","));
        try (PrivateDaemon daemon = PrivateDaemon.start()) {
            return bench.pair(daemon, Way.DIRECT, MqUser.WINDOWS, names);
        }
    }

    /** Under which name messages a second through shared memory are reported. */
    public static String directRate(Size size) {
        return Way.DIRECT.rate(size);
    }

    /** Under which name bytes a second through shared memory are reported. */
    public static String directBandwidth(Size size) {
        return Way.DIRECT.bandwidth(size);
    }

    /** Under which name a copy of the same memory is reported. */
    public static String memcpy(Size size) {
        return MEMCPY + size.label();
    }

    private Findings measure(Way way) {
        try (PrivateDaemon daemon = PrivateDaemon.start("--units", "2")) {
            return way == Way.ALONE ? alone(daemon) : pair(daemon, way, MqUser.PING);
        }
    }

    private Findings alone(PrivateDaemon daemon) {
        String ms = rounds.millis();
        try (Child user = daemon.startUser(MqUser.class, MqUser.ALONE, Way.ALONE.name(), "0", ms)) {
            String address = UserPair.address(user);
            Way.ALONE.place(daemon, user);
            return UserPair.measureAlone(user, address, rounds.times(60));
        }
    }

    private Findings pair(PrivateDaemon daemon, Way way, String role, String... more) {
        String ms = rounds.millis();
        String unit = String.valueOf(way.pongUnit());
        List<String> arguments = new ArrayList<>(List.of(way.name(), "0", ms));
        arguments.addAll(List.of(more));
        try (Child pong = daemon.startUser(MqUser.class, MqUser.PONG, way.name(), unit, ms);
                Child ping =
                        daemon.startUser(MqUser.class, role, arguments.toArray(String[]::new))) {
            UserPair pair = UserPair.awaitReady(ping, pong);
            way.place(daemon, ping, pong);
            return pair.measure(rounds.times(60));
        }
    }

    private static Result result(List<Findings> pairs, String name, String unit, long count) {
        return Result.ofValues(name, unit, count, Findings.values(pairs, name));
    }
}
