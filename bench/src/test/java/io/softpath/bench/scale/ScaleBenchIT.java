package io.softpath.bench.scale;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.softpath.bench.process.Rounds;
import io.softpath.bench.report.Result;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;

/** Shows that every figure can be taken and that messages come through; not what they are. */
class ScaleBenchIT {
    @Test
    void shouldReportEveryFigureOnce() {
        assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "the floor needs two CPUs");
        List<Result> results = new ScaleBench(Rounds.once(Duration.ofMillis(10))).run();

        List<String> names = results.stream().map(Result::name).toList();
        assertEquals(ScaleBench.names(), names);
        Result many = results.get(names.indexOf("scale.chip.16ctx"));
        assertEquals("scale.chip.1ctx", many.ratioTo());
        assertTrue(results.stream().allMatch(result -> result.median() > 0), results::toString);
    }
}
