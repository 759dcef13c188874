package io.softpath.bench.startup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.bench.process.Rounds;
import io.softpath.bench.report.Result;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;

/** Shows that every figure can be taken, and that the first message is the one that was sent. */
class StartupBenchIT {
    @Test
    void shouldReportEveryFigureOnce() {
        List<Result> results = new StartupBench(Rounds.once(Duration.ofMillis(10))).run();

        assertEquals(StartupBench.names(), results.stream().map(Result::name).toList());
        assertTrue(results.stream().allMatch(result -> result.median() > 0), results::toString);
        assertTrue(results.stream().allMatch(result -> result.count() > 0), results::toString);
    }
}
