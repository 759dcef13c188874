package io.softpath.bench.report;

import org.HdrHistogram.Histogram;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Figures that nobody measured, alike each time, under names like those of real ones. */
final class MadeUp {
    static final Machine MACHINE =
            new Machine(
                    "a CPU",
                    2,
                    true,
                    "6.1",
                    "tsc",
                    "a JVM 25",
                    1L << 33,
                    0.5,
                    "2025-01-01T00:00:00Z");

    private static final String[] SIZES = {
        "0B", "8B", "64B", "1KiB", "4KiB", "64KiB", "1MiB", "16MiB"
    };
    private static final double[] BYTES = {0, 8, 64, 1 << 10, 4 << 10, 64 << 10, 1 << 20, 16 << 20};

    private MadeUp() {}

    /** Times around a median, with a long tail, of three rounds. */
    static Result times(String name, double median) {
        Random random = new Random(name.hashCode());
        List<Histogram> rounds = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            Histogram histogram = new Histogram(1, 60_000_000_000L, 3);
            for (int i = 0; i < 20_000; i++) {
                double tail = Math.pow(1 - random.nextDouble(), -0.35);
                histogram.recordValue((long) (median * (0.75 + 0.2 * tail)));
            }
            rounds.add(histogram);
        }
        return Result.ofHistograms(name, "ns", rounds);
    }

    static Result value(String name, String unit, double value) {
        return Result.ofValues(name, unit, 1000, List.of(value * 0.95, value, value * 1.04));
    }

    /** Of one part. */
    static Report report(List<Warning> warnings, List<Result> results, List<Absent> absent) {
        return new Report(
                MACHINE, warnings, List.of(section("part", new Outcome(results, absent))));
    }

    static Section section(String name, Outcome outcome) {
        return new Section(name, "What it measures.", "How it is read.", outcome);
    }

    /** As many as all parts report, of each kind. */
    static List<Result> many() {
        List<Result> results = new ArrayList<>();
        Result floor = times("floor.handover.rtt", 140);
        results.add(floor);
        results.add(times("chip.self.rtt", 450).comparedTo(floor));
        results.add(times("chip.pair.rtt", 980).comparedTo(floor));
        results.add(times("idle.wake.rtt", 90_000));
        for (String way : new String[] {"chip", "alone", "direct"}) {
            results.add(
                    times("mq." + way + ".rtt.8B", way.equals("direct") ? 320 : 1900)
                            .comparedTo(floor)
                            .noted("hand-overs; each user on a CPU of its own"));
            results.add(value("mq." + way + ".alloc.8B", "bytes/round trip", 0));
        }
        for (int i = 0; i < SIZES.length; i++) {
            Result copy = value("memcpy." + SIZES[i], "GB/s", 11 - i * 0.3);
            for (String way : new String[] {"chip", "direct"}) {
                double seconds = (way.equals("chip") ? 1e-6 : 2e-7) + BYTES[i] / 4e9;
                String name = "mq." + way;
                results.add(value(name + ".rate." + SIZES[i], "messages/s", 1 / seconds));
                if (BYTES[i] >= 4096) {
                    double bandwidth = BYTES[i] / seconds / 1e9;
                    results.add(
                            value(name + ".bandwidth." + SIZES[i], "GB/s", bandwidth)
                                    .comparedTo(copy));
                }
            }
            results.add(copy);
        }
        String[] peers = {"aeron-ipc", "agrona-ring", "chronicle-queue", "uds", "tcp", "pipe"};
        for (int i = 0; i < peers.length; i++) {
            for (int size = 1; size < SIZES.length; size++) {
                double median = 250 * Math.pow(3, i) + BYTES[size] / 5;
                String name = "peer." + peers[i] + ".rtt." + SIZES[size];
                results.add(times(name, median).comparedTo(floor));
            }
            results.add(value("peer." + peers[i] + ".alloc.8B", "bytes/round trip", i));
        }
        for (int contexts = 1; contexts <= 64; contexts *= 2) {
            String name = "scale.chip." + contexts + "ctx";
            results.add(value(name, "packets/s", 2e6 / (1 + contexts / 20.0)));
            results.add(value(name + ".scan", "ns", 30 + 4.0 * contexts));
        }
        return results;
    }
}
