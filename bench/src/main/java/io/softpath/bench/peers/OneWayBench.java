package io.softpath.bench.peers;

import io.softpath.bench.mq.MqBench;
import io.softpath.bench.mq.Size;
import io.softpath.bench.process.Findings;
import io.softpath.bench.process.Rounds;
import io.softpath.bench.report.Absent;
import io.softpath.bench.report.Outcome;
import io.softpath.bench.report.Result;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Measures messages that follow each other one way, of softpath's direct path and of others, all of
 * them in each round.
 */
public final class OneWayBench {
    private final OneWay kind;
    private final Rounds rounds;
    private final Set<Peer> peers;
    private final List<Absent> absent = new ArrayList<>();
    private final List<Findings> own = new ArrayList<>();
    private final Map<Peer, List<Findings>> all = new EnumMap<>(Peer.class);
    private final Map<CPeer, Map<Size, List<Findings>>> allInC = new EnumMap<>(CPeer.class);

    public OneWayBench(OneWay kind, Rounds rounds) {
        this.kind = kind;
        this.rounds = rounds;
        peers = EnumSet.copyOf(kind.peers());
    }

    /** Measures everything, in the order in which it is reported. */
    public Outcome run() {
        for (Peer peer : kind.peers()) {
            Optional<String> missing = peer.missing();
            missing.ifPresent(why -> {
                peers.remove(peer);
                absent.add(new Absent("peer." + peer.label(), why));
            });
        }
        try (CPeers inC = CPeers.open(kind.inC())) {
            absent.addAll(inC.absent());
            rounds.each("softpath, the others", () -> round(inC));
            List<Result> results = new ArrayList<>();
            kind.sizes().forEach(size -> results.addAll(results(size, inC)));
            return new Outcome(results, absent);
        }
    }

    private void round(CPeers inC) {
        own.add(MqBench.directWindows(rounds.measured(), kind.sizes()));
        for (Peer peer : peers) {
            all.computeIfAbsent(peer, p -> new ArrayList<>()).add(round(peer));
        }
        inC.tools()
                .forEach((peer, tool) -> {
                    for (Size size : kind.sizes()) {
                        allInC.computeIfAbsent(peer, p -> new EnumMap<>(Size.class))
                                .computeIfAbsent(size, s -> new ArrayList<>())
                                .add(tool.stream(size, rounds.measured()));
                    }
                });
    }

    private Findings round(Peer peer) {
        return PeerPair.round(
                OneWayUser.class, OneWayUser.SOURCE, OneWayUser.SINK, peer, rounds, kind.name());
    }

    private List<Result> results(Size size, CPeers inC) {
        List<Result> results = new ArrayList<>();
        long count = (long) Findings.sum(own, MqBench.directRate(size) + Findings.COUNT);
        Result base = result(kind.base(size), count, Findings.values(own, kind.base(size)));
        Result direct = result(kind.own(size), count, Findings.values(own, kind.own(size)));
        if (!kind.base(size).equals(kind.own(size))) {
            results.add(base);
            direct = direct.comparedTo(base);
        }
        results.add(direct.noted(size.window() + MqBench.STREAM));
        all.forEach((peer, found) -> {
            String name = kind.name(peer.label(), size);
            long messages = (long) Findings.sum(found, name + Findings.COUNT);
            Result result = result(name, messages, Findings.values(found, name)).comparedTo(base);
            results.add(
                    peer.isStream()
                            ? result.noted("a write for each message, reads of what has come")
                            : result);
        });
        allInC.forEach((peer, found) -> {
            List<Findings> ofSize = found.get(size);
            List<Double> values =
                    Findings.values(ofSize, Tool.RATE).stream()
                            .map(rate -> kind.of(rate, size))
                            .toList();
            long messages = (long) Findings.sum(ofSize, Tool.RATE + Findings.COUNT);
            results.add(
                    result(kind.name(peer.label(), size), messages, values)
                            .comparedTo(base)
                            .noted(inC.tools().get(peer).streamNote()));
        });
        return results;
    }

    private Result result(String name, long count, List<Double> values) {
        return Result.ofValues(name, kind.unit(), count, values);
    }
}
