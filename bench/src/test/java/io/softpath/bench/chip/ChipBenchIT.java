package io.softpath.bench.chip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.softpath.bench.report.Result;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;

/**
 * Shows that every figure can be taken; says nothing about what they are, except that nothing is
 * allocated.
 */
class ChipBenchIT {
    @Test
    void shouldReportEveryFigureOnce() {
        assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "the floor needs two CPUs");
        ChipBench bench =
                new ChipBench(1, Duration.ofMillis(20), 1, Duration.ofMillis(100), what -> {});

        List<Result> results = bench.run();

        assertEquals(
                List.of(
                        "floor.handover.rtt",
                        "chip.self.rtt",
                        "chip.self.alloc",
                        "chip.daemon.alloc",
                        "chip.pair.rtt",
                        "chip.pair.stalls",
                        "idle.cpu",
                        "idle.wake.rtt",
                        "daemon.rss"),
                results.stream().map(Result::name).toList());
        assertEquals("floor.handover.rtt", results.get(1).ratioTo());
        assertEquals(0, results.get(2).median(), "bytes allocated per packet by its user");
        assertTrue(results.stream().allMatch(result -> result.count() > 0), results.toString());
    }
}
