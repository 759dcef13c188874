package io.softpath.bench.idle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.bench.process.Rounds;
import io.softpath.bench.report.Result;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;

/** Shows that every figure can be taken; says nothing about what they are. */
class IdleBenchIT {
    @Test
    void shouldReportEveryFigureOnce() {
        List<Result> results = new IdleBench(Rounds.once(Duration.ofMillis(20))).run();

        assertEquals(IdleBench.names(), results.stream().map(Result::name).toList());
        assertTrue(results.stream().allMatch(result -> result.count() > 0), results::toString);
        assertTrue(results.getLast().median() > 0, "memory of the daemon");
    }
}
