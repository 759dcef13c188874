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
        assertEquals(names.stream().distinct().toList(), names);
        assertEquals(
                List.of(
                        "floor.handover.rtt",
                        "mq.chip.rtt.8B",
                        "mq.chip.alloc.8B",
                        "mq.alone.rtt.8B",
                        "mq.alone.alloc.8B",
                        "mq.direct.rtt.8B",
                        "mq.direct.alloc.8B"),
                names.subList(0, 7));
        for (Size size : Size.values()) {
            assertTrue(names.contains("mq.chip.rate." + size.label()), names::toString);
            assertTrue(names.contains("mq.direct.rate." + size.label()), names::toString);
        }
        for (String name : List.of("mq.chip.bandwidth.1MiB", "mq.direct.bandwidth.1MiB")) {
            Result bandwidth = results.get(names.indexOf(name));
            assertEquals("memcpy.1MiB", bandwidth.ratioTo());
            assertTrue(bandwidth.median() > 0, bandwidth::toString);
        }
        assertTrue(results.stream().allMatch(result -> result.count() > 0), results.toString());
    }
}
