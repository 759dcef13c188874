package io.softpath.bench.expected;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.bench.process.Rounds;
import io.softpath.bench.report.Result;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;

/** Shows that every figure can be taken and that the data comes through; not what they are. */
class ExpectedBenchIT {
    @Test
    void shouldReportEveryFigureOnce() {
        ExpectedBench bench = new ExpectedBench(Rounds.once(Duration.ofMillis(10)));

        List<Result> results = bench.run();

        assertEquals(ExpectedBench.names(), results.stream().map(Result::name).toList());
        assertEquals("memcpy.1MiB", results.get(4).ratioTo());
        assertTrue(results.stream().allMatch(result -> result.count() > 0), results.toString());
    }
}
