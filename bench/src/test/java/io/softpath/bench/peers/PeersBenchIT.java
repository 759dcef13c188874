package io.softpath.bench.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.bench.process.Rounds;
import io.softpath.bench.report.Result;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;

/** Shows that every peer can be measured and gives back what it was sent; not how fast. */
class PeersBenchIT {
    @Test
    void shouldMeasureEveryPeerBesideOurDirectPath() {
        List<Result> results = new PeersBench(Rounds.once(Duration.ofMillis(10))).run();

        List<String> names = results.stream().map(Result::name).toList();
        assertEquals(PeersBench.names(), names);
        assertTrue(results.stream().allMatch(result -> result.count() > 0), results::toString);
    }
}
