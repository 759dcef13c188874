package io.softpath.bench.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.bench.process.Rounds;
import io.softpath.bench.report.Outcome;
import io.softpath.bench.report.Result;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.time.Duration;
import java.util.List;

/** Shows that all messages of every peer come, whole and in order; not how fast. */
class OneWayBenchIT {
    @ParameterizedTest
    @EnumSource
    void shouldMeasureEveryPeerBesideOurDirectPath(OneWay kind) {
        Outcome outcome = new OneWayBench(kind, Rounds.once(Duration.ofMillis(10))).run();

        List<String> names = outcome.results().stream().map(Result::name).toList();
        assertEquals(PeersBenchIT.here(kind.names(), outcome), names);
        for (Result result : outcome.results()) {
            assertTrue(result.count() > 0 && result.median() > 0, result::toString);
        }
    }
}
