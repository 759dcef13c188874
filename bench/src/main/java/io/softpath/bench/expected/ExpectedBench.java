package io.softpath.bench.expected;

import io.softpath.bench.process.Child;
import io.softpath.bench.process.Findings;
import io.softpath.bench.process.PrivateDaemon;
import io.softpath.bench.process.Rounds;
import io.softpath.bench.process.UserPair;
import io.softpath.bench.report.Result;

import java.util.ArrayList;
import java.util.List;

/**
 * Measures transfers into pinned memory. Copy, gather and PIO take turns in each round, so that
 * whatever else the machine does meets all three.
 */
public final class ExpectedBench {
    static final String MEMCPY = "memcpy.";
    static final String GATHER = "expected.bandwidth.";
    static final String PIO = "expected.pio.bandwidth.";
    static final String PIN = "expected.pin.page";
    static final String TID_UNCACHED = "expected.tid.uncached.page";
    static final String TID_CACHED = "expected.tid.cached.page";

    private static final String BANDWIDTH = "GB/s";
    private static final String COST = "ns/page";

    private final Rounds rounds;

    public ExpectedBench(Rounds rounds) {
        this.rounds = rounds;
    }

    /** What its results are called. */
    public static List<String> names() {
        List<String> names = new ArrayList<>();
        for (Block block : Block.values()) {
            names.addAll(
                    List.of(MEMCPY + block.label(), GATHER + block.label(), PIO + block.label()));
        }
        names.addAll(List.of(PIN, TID_UNCACHED, TID_CACHED));
        return names;
    }

    /** Measures everything, in the order in which it is reported. */
    public List<Result> run() {
        List<Findings> findings = new ArrayList<>();
        rounds.each(
                "copy, gather, PIO, TIDs",
                () -> {
                    try (PrivateDaemon daemon =
                            PrivateDaemon.start(
                                    "--model", "IBA7322", "--set", "eager-buffer-bytes=4096")) {
                        findings.add(round(daemon));
                    }
                });
        List<Result> results = new ArrayList<>();
        for (Block block : Block.values()) {
            if (!findings.getFirst().has(MEMCPY + block.label())) {
                rounds.progress()
                        .accept(
                                "blocks of "
                                        + block.label()
                                        + " were not measured: the limit of locked memory is lower;"
                                        + " raise it with ulimit -l");
                continue;
            }
            Result copy = result(findings, MEMCPY + block.label(), BANDWIDTH);
            results.add(copy);
            results.add(
                    result(findings, GATHER + block.label(), BANDWIDTH)
                            .comparedTo(copy)
                            .noted(note(block)));
            results.add(
                    result(findings, PIO + block.label(), BANDWIDTH)
                            .comparedTo(copy)
                            .noted("two copies: into send buffers, and from them into the page"));
        }
        results.add(
                result(findings, PIN, COST)
                        .noted("memory made, mapped, locked, bound to its address, and freed"));
        results.add(
                result(findings, TID_UNCACHED, COST)
                        .noted("a window of 256 pages: TID_UPDATE, flow, TID_FREE"));
        results.add(
                result(findings, TID_CACHED, COST)
                        .noted("the same window again: its pages have their TIDs still"));
        return results;
    }

    private static String note(Block block) {
        return "one copy, by the chip; "
                + block.underWay()
                + " windows of "
                + (block.windowBytes() >> 10)
                + " KiB under way; IBA7322 with an MTU of 4096; daemon and users on a CPU each";
    }

    private Findings round(PrivateDaemon daemon) {
        String ms = rounds.millis();
        try (Child sink = daemon.startUser(ExpectedUser.class, ExpectedUser.SINK, ms);
                Child source = daemon.startUser(ExpectedUser.class, ExpectedUser.SOURCE)) {
            UserPair pair = UserPair.awaitReady(sink, source);
            daemon.separateFrom(sink, source);
            return pair.measure(rounds.times(20));
        }
    }

    private static Result result(List<Findings> rounds, String name, String unit) {
        long count = (long) Findings.sum(rounds, count(name));
        return Result.ofValues(name, unit, count, Findings.values(rounds, name));
    }

    /** Under which name a user reports how many it measured. */
    static String count(String name) {
        return name + ".count";
    }
}
