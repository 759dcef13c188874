package io.softpath.bench.floor;

import io.softpath.bench.process.Rounds;
import io.softpath.bench.report.Result;

import org.HdrHistogram.Histogram;

import java.util.ArrayList;
import java.util.List;

/** Measures what this machine allows. */
public final class FloorBench {
    private final Rounds rounds;

    public FloorBench(Rounds rounds) {
        this.rounds = rounds;
    }

    /** What its results are called. */
    public static List<String> names() {
        return List.of(HandoverFloor.NAME);
    }

    /** Measures everything, in the order in which it is reported. */
    public List<Result> run() {
        List<Histogram> handovers = new ArrayList<>();
        rounds.each("hand-over", () -> handovers.add(HandoverFloor.round(rounds.measured())));
        return List.of(Result.ofHistograms(HandoverFloor.NAME, "ns", handovers));
    }
}
