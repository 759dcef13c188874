package io.softpath.bench.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.bench.process.Rounds;
import io.softpath.bench.report.Outcome;
import io.softpath.bench.report.Result;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;

/** Shows that every peer can be measured and gives back what it was sent; not how fast. */
class PeersBenchIT {
    @Test
    void shouldMeasureEveryPeerBesideOurDirectPath() {
        Outcome outcome = new PeersBench(Rounds.once(Duration.ofMillis(10))).run();

        List<String> names = outcome.results().stream().map(Result::name).toList();
        assertEquals(here(PeersBench.names(), outcome), names);
        assertTrue(
                outcome.results().stream().allMatch(result -> result.count() > 0),
                outcome::toString);
    }

    /** Those of all names that are not of what is absent here. */
    static List<String> here(List<String> names, Outcome outcome) {
        return names.stream()
                .filter(name ->
                        outcome.absent().stream()
                                .noneMatch(absent -> name.startsWith(absent.name() + ".")))
                .toList();
    }
}
