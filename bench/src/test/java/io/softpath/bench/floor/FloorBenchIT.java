package io.softpath.bench.floor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.softpath.bench.process.Rounds;
import io.softpath.bench.report.Result;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;

/** Shows that every figure can be taken, and that numbers come back as they were sent. */
class FloorBenchIT {
    @Test
    void shouldReportEveryFigureOnce() {
        assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "the floor needs two CPUs");
        List<Result> results = new FloorBench(Rounds.once(Duration.ofMillis(20))).run();

        assertEquals(FloorBench.names(), results.stream().map(Result::name).toList());
        assertEquals("floor.handover.rtt", results.get(1).ratioTo());
        assertTrue(results.stream().allMatch(result -> result.median() > 0), results::toString);
        assertTrue(results.stream().allMatch(result -> result.count() > 0), results::toString);
    }
}
