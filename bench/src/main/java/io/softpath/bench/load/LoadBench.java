package io.softpath.bench.load;

import io.softpath.bench.process.Child;
import io.softpath.bench.process.CpuPair;
import io.softpath.bench.process.Findings;
import io.softpath.bench.process.PrivateDaemon;
import io.softpath.bench.process.Rounds;
import io.softpath.bench.process.UserPair;
import io.softpath.bench.report.Result;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Measures messages that are sent when they are due, contexts that share a chip, and ways to wait;
 * all of it in turns in each round.
 */
public final class LoadBench {
    static final String FAIRNESS = "load.chip.fairness";
    static final String ALONE = "load.chip.alone";
    static final String NEIGHBOUR = "load.chip.neighbour";

    private static final List<Wait> WAITS = List.of(Wait.SPIN, Wait.YIELD, Wait.SLEEP);

    private final Rounds rounds;

    public LoadBench(Rounds rounds) {
        this.rounds = rounds;
    }

    /** What its results are called. */
    public static List<String> names() {
        List<String> names = new ArrayList<>();
        for (Way way : Way.values()) {
            names.add(way.saturation());
            Way.PERCENTS.forEach(percent -> names.add(way.load(percent)));
            names.add(way.burst());
        }
        names.addAll(List.of(FAIRNESS, ALONE, NEIGHBOUR));
        for (Wait each : Wait.values()) {
            names.addAll(List.of(each.cpu(), each.wakeUps(), each.latency()));
        }
        return names;
    }

    /** Under which name a user reports how many messages it measured. */
    static String count(String name) {
        return name + ".count";
    }

    /** Measures everything, in the order in which it is reported. */
    public List<Result> run() {
        Map<Way, List<Findings>> loads = new EnumMap<>(Way.class);
        Map<Wait, List<Findings>> waits = new EnumMap<>(Wait.class);
        List<Findings> neighbours = new ArrayList<>();
        for (Way way : Way.values()) {
            loads.put(way, new ArrayList<>());
        }
        for (Wait each : Wait.values()) {
            waits.put(each, new ArrayList<>());
        }
        rounds.each(
                "load, neighbours, waiting",
                () -> {
                    loads.get(Way.DIRECT).add(pair(List.of()));
                    loads.get(Way.CHIP).add(alone(LoadUser.NEAR));
                    neighbours.add(alone(LoadUser.NEIGHBOURS));
                    Findings looking = pair(WAITS);
                    WAITS.forEach(each -> waits.get(each).add(looking));
                    waits.get(Wait.THREAD).add(pair(List.of(Wait.THREAD)));
                });
        List<Result> results = new ArrayList<>();
        loads.forEach((way, found) -> load(way, found, results));
        neighbours(neighbours, results);
        waits.forEach((each, found) -> waiting(each, found, results));
        return results;
    }

    private static void load(Way way, List<Findings> found, List<Result> results) {
        results.add(
                value(way.saturation(), "messages/s", found)
                        .noted("8 bytes each, one way; " + way.note()));
        Result first = null;
        for (int percent : Way.PERCENTS) {
            Result result = times(way.load(percent), found);
            results.add(first == null ? result : result.comparedTo(first));
            first = first == null ? result : first;
        }
        results.add(
                results.removeLast()
                        .noted(
                                "from due to received, of messages due by chance (seed "
                                        + Schedule.SEED
                                        + "), as a share of what the way carried in the same"
                                        + " round; what the scheduler takes away shows at once"));
        results.add(
                times(way.burst(), found)
                        .noted(
                                Step.BURST
                                        + " due at once every "
                                        + Step.BURST_EVERY_NS / 1000
                                        + " us; each from due to received"));
    }

    private static void neighbours(List<Findings> found, List<Result> results) {
        results.add(
                value(FAIRNESS, "least/most", found)
                        .noted("packets of 4 contexts that one thread keeps full, in turns"));
        Result alone = times(ALONE, found);
        results.add(alone);
        results.add(
                times(NEIGHBOUR, found)
                        .comparedTo(alone)
                        .noted(
                                "a message to oneself while another context floods the chip; the"
                                        + " thread that waits sends the flood"));
    }

    private static void waiting(Wait each, List<Findings> found, List<Result> results) {
        String way = "a message a millisecond through shared memory to a receiver that ";
        Result latency = times(each.latency(), found);
        results.add(
                value(each.cpu(), "us/message", found, latency.count())
                        .noted(way + each.note() + "; without the JVM's compilers"));
        results.add(value(each.wakeUps(), "waits/message", found, latency.count()));
        results.add(latency);
    }

    private static Result times(String name, List<Findings> found) {
        return Result.ofHistograms(name, "ns", Findings.histograms(found, name));
    }

    private static Result value(String name, String unit, List<Findings> found) {
        return value(name, unit, found, (long) Findings.sum(found, count(name)));
    }

    private static Result value(String name, String unit, List<Findings> found, long count) {
        return Result.ofValues(name, unit, count, Findings.values(found, name));
    }

    private Findings alone(String role) {
        try (PrivateDaemon daemon = PrivateDaemon.start();
                Child user = daemon.startUser(LoadUser.class, role, rounds.millis())) {
            String address = UserPair.address(user);
            daemon.separateFrom(user);
            return UserPair.measureAlone(user, address, rounds.times(60));
        }
    }

    /** Two users; of load if no waiting is to be measured. */
    private Findings pair(List<Wait> waits) {
        String[] arguments =
                Stream.concat(Stream.of(rounds.millis()), waits.stream().map(Wait::name))
                        .toArray(String[]::new);
        try (PrivateDaemon daemon = PrivateDaemon.start();
                Child receiver = daemon.startUser(LoadUser.class, LoadUser.RECEIVE, arguments);
                Child sender = daemon.startUser(LoadUser.class, LoadUser.SEND, arguments)) {
            UserPair pair = UserPair.awaitReady(receiver, sender);
            CpuPair.ofThisMachine().ifPresent(cpus -> cpus.pin(receiver, sender));
            return pair.measure(rounds.times(60));
        }
    }
}
