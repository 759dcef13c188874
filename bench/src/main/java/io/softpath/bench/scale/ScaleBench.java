package io.softpath.bench.scale;

import io.softpath.bench.floor.HandoverFloor;
import io.softpath.bench.process.Child;
import io.softpath.bench.process.Findings;
import io.softpath.bench.process.PrivateDaemon;
import io.softpath.bench.process.Rounds;
import io.softpath.bench.process.UserPair;
import io.softpath.bench.report.Result;

import org.HdrHistogram.Histogram;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/** Measures what a message costs, and how much memory is taken, as contexts and peers grow. */
public final class ScaleBench {
    static final String CONTEXT_MEMORY = "scale.memory.context";
    static final String USER_MEMORY = "scale.memory.user";

    private static final double MEGABYTE = 1e6;

    private final Rounds rounds;

    public ScaleBench(Rounds rounds) {
        this.rounds = rounds;
    }

    /** What its results are called. */
    public static List<String> names() {
        List<String> names = new ArrayList<>(List.of(HandoverFloor.NAME));
        Contexts.COUNTS.forEach(count -> names.add(chip(count)));
        Contexts.COUNTS.forEach(count -> names.add(active(count)));
        for (Reach reach : Reach.values()) {
            reach.counts().forEach(count -> names.add(reach.trip(count)));
        }
        for (Reach reach : Reach.values()) {
            names.add(reach.connect());
        }
        names.addAll(List.of(CONTEXT_MEMORY, USER_MEMORY));
        for (Reach reach : Reach.values()) {
            names.add(reach.memory());
        }
        return names;
    }

    /** Of a message through a chip with so many contexts, of which one is used. */
    static String chip(int contexts) {
        return "scale.chip." + contexts + "ctx";
    }

    /** As {@link #chip}, of which one after the other is used. */
    static String active(int contexts) {
        return "scale.chip.active." + contexts + "ctx";
    }

    /** Measures everything, in the order in which it is reported. */
    public List<Result> run() {
        List<Histogram> floors = new ArrayList<>();
        List<Findings> contexts = new ArrayList<>();
        Map<Reach, List<Findings>> peers = new EnumMap<>(Reach.class);
        rounds.each(
                "floor, contexts, peers",
                () -> {
                    floors.add(HandoverFloor.round(rounds.measured()));
                    contexts.add(contexts());
                    for (Reach reach : Reach.values()) {
                        peers.computeIfAbsent(reach, r -> new ArrayList<>()).add(peers(reach));
                    }
                });
        List<Result> results = new ArrayList<>();
        results.add(Result.ofHistograms(HandoverFloor.NAME, "ns", floors));
        compared(Contexts.COUNTS, ScaleBench::chip, contexts, results);
        note(results, "one context of all that are open sends to itself, two hand-overs");
        compared(Contexts.COUNTS, ScaleBench::active, contexts, results);
        note(results, "all that are open send to themselves, one after the other");
        peers.forEach((reach, found) -> {
            compared(reach.counts(), reach::trip, found, results);
            note(results, reach.note());
        });
        peers.forEach((reach, found) ->
                results.add(
                        value(reach.connect(), "ms", found, 1)
                                .noted("one with all of them and each of them with it")));
        results.add(
                value(CONTEXT_MEMORY, "bytes", contexts, 1)
                        .noted(
                                "of regions in RAM, for each further context after many messages"
                                        + " without payload"));
        results.add(
                value(USER_MEMORY, "MB", contexts, 1 / MEGABYTE)
                        .noted("a JVM with one context, after many measurements"));
        peers.forEach((reach, found) ->
                results.add(
                        value(reach.memory(), "bytes", found, 1)
                                .noted("on the heap, of one end of a connection")));
        return results;
    }

    /** Each but the first is compared with the first. */
    private static void compared(
            List<Integer> counts,
            IntFunction<String> name,
            List<Findings> found,
            List<Result> results) {
        Result first = null;
        for (int count : counts) {
            Result result = histogram(name.apply(count), found);
            results.add(first == null ? result : result.comparedTo(first));
            first = first == null ? result : first;
        }
    }

    private static Result histogram(String name, List<Findings> found) {
        return Result.ofHistograms(name, "ns", Findings.histograms(found, name));
    }

    private static void note(List<Result> results, String sentence) {
        results.add(results.removeLast().noted(sentence));
    }

    private static Result value(String name, String unit, List<Findings> found, double factor) {
        List<Double> values =
                Findings.values(found, name).stream().map(value -> value * factor).toList();
        return Result.ofValues(name, unit, values.size(), values);
    }

    private Findings contexts() {
        try (PrivateDaemon daemon = PrivateDaemon.start()) {
            return measure(daemon, ScaleUser.CONTEXTS, String.valueOf(daemon.pid()));
        }
    }

    private Findings peers(Reach reach) {
        try (PrivateDaemon daemon = PrivateDaemon.start("--units", String.valueOf(Peers.UNITS))) {
            return measure(daemon, ScaleUser.PEERS, reach.name());
        }
    }

    private Findings measure(PrivateDaemon daemon, String role, String argument) {
        try (Child user = daemon.startUser(ScaleUser.class, role, rounds.millis(), argument)) {
            String address = UserPair.address(user);
            daemon.separateFrom(user);
            return UserPair.measureAlone(user, address, rounds.times(20));
        }
    }
}
