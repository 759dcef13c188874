package io.softpath.bench.mq;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.bench.process.Rounds;
import io.softpath.bench.report.Result;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;

/** Shows that every figure can be taken and that the data comes through; not what they are. */
class MqBenchIT {
    @Test
    void shouldReportEveryFigureOnce() {
        MqBench bench = new MqBench(Rounds.once(Duration.ofMillis(10)));

        List<Result> results = bench.run();

        List<String> names = results.stream().map(Result::name).toList();
        assertEquals(MqBench.names().stream().sorted().toList(), names.stream().sorted().toList());
        for (String name : List.of("mq.chip.bandwidth.1MiB", "mq.direct.bandwidth.1MiB")) {
            Result bandwidth = results.get(names.indexOf(name));
            assertEquals("memcpy.1MiB", bandwidth.ratioTo());
            assertTrue(bandwidth.median() > 0, bandwidth::toString);
        }
        assertTrue(results.stream().allMatch(result -> result.count() > 0), results.toString());
    }
}
