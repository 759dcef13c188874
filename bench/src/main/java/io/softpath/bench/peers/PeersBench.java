package io.softpath.bench.peers;

import io.softpath.bench.floor.HandoverFloor;
import io.softpath.bench.mq.MqBench;
import io.softpath.bench.process.Findings;
import io.softpath.bench.process.Rounds;
import io.softpath.bench.report.Outcome;
import io.softpath.bench.report.Result;

import org.HdrHistogram.Histogram;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Measures others beside our direct path, all of them and the floor in each round. */
public final class PeersBench {
    private final Rounds rounds;

    public PeersBench(Rounds rounds) {
        this.rounds = rounds;
    }

    /** What its results are called. */
    public static List<String> names() {
        List<String> names = new ArrayList<>(List.of(HandoverFloor.NAME, MqBench.DIRECT_RTT));
        for (Peer peer : Peer.values()) {
            names.addAll(List.of(peer.rtt(), peer.alloc()));
        }
        tripping().forEach(peer -> names.add(peer.rtt()));
        return names;
    }

    /** Measures everything, in the order in which it is reported. */
    public Outcome run() {
        try (CPeers inC = CPeers.open(tripping())) {
            return new Outcome(measure(inC), inC.absent());
        }
    }

    private static List<CPeer> tripping() {
        return Stream.of(CPeer.values()).filter(CPeer::hasTrips).toList();
    }

    private List<Result> measure(CPeers inC) {
        List<Histogram> floors = new ArrayList<>();
        List<Histogram> own = new ArrayList<>();
        Map<Peer, List<Findings>> all = new EnumMap<>(Peer.class);
        Map<CPeer, List<Findings>> allInC = new EnumMap<>(CPeer.class);
        rounds.each(
                "floor, softpath, the others",
                () -> {
                    floors.add(HandoverFloor.round(rounds.measured()));
                    own.add(MqBench.directTrips(rounds.measured()));
                    for (Peer peer : Peer.values()) {
                        all.computeIfAbsent(peer, p -> new ArrayList<>()).add(round(peer));
                    }
                    inC.tools()
                            .forEach((peer, tool) ->
                                    allInC.computeIfAbsent(peer, p -> new ArrayList<>())
                                            .add(tool.trips(rounds.measured())));
                });
        Result floor = Result.ofHistograms(HandoverFloor.NAME, "ns", floors);
        List<Result> results = new ArrayList<>();
        results.add(floor);
        results.add(Result.ofHistograms(MqBench.DIRECT_RTT, "ns", own).comparedTo(floor));
        all.forEach((peer, found) -> add(peer, found, floor, results));
        allInC.forEach((peer, found) -> {
            String note = inC.tools().get(peer).tripNote();
            results.add(peer.trips(found).comparedTo(floor).noted(note));
        });
        return results;
    }

    private static void add(Peer peer, List<Findings> found, Result floor, List<Result> results) {
        Result trip = Result.ofHistograms(peer.rtt(), "ns", Findings.histograms(found, peer.rtt()));
        results.add(trip.comparedTo(floor));
        List<Double> bytes = Findings.values(found, peer.alloc());
        results.add(Result.ofValues(peer.alloc(), "bytes/round trip", trip.count(), bytes));
    }

    private Findings round(Peer peer) {
        return PeerPair.round(PeerUser.class, PeerUser.PING, PeerUser.PONG, peer, rounds);
    }
}
