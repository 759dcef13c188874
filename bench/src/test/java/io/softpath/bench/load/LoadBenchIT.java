package io.softpath.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.bench.process.Rounds;
import io.softpath.bench.report.Result;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;

/** Shows that every figure can be taken and that each message comes once; not what they are. */
class LoadBenchIT {
    @Test
    void shouldReportEveryFigureOnce() {
        List<Result> results = new LoadBench(Rounds.once(Duration.ofMillis(20))).run();

        List<String> names = results.stream().map(Result::name).toList();
        assertEquals(LoadBench.names(), names);
        Result beside = results.get(names.indexOf("load.chip.neighbour"));
        assertEquals("load.chip.alone", beside.ratioTo());
        assertTrue(results.stream().allMatch(result -> result.count() > 0), results::toString);
    }
}
