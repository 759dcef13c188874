package io.softpath.bench.chip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.softpath.bench.process.Rounds;
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
        List<Result> results = new ChipBench(Rounds.once(Duration.ofMillis(20))).run();

        assertEquals(ChipBench.names(), results.stream().map(Result::name).toList());
        assertEquals("floor.handover.rtt", results.get(1).ratioTo());
        assertEquals(0, results.get(2).median(), "bytes allocated per packet by its user");
        assertTrue(results.stream().allMatch(result -> result.count() > 0), results.toString());
    }
}
