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
        assertEquals(
                List.of(
                        "floor.handover.rtt",
                        "mq.direct.rtt.8B",
                        "peer.aeron-ipc.rtt.8B",
                        "peer.aeron-ipc.alloc.8B",
                        "peer.agrona-ring.rtt.8B",
                        "peer.agrona-ring.alloc.8B",
                        "peer.chronicle-queue.rtt.8B",
                        "peer.chronicle-queue.alloc.8B",
                        "peer.uds.rtt.8B",
                        "peer.uds.alloc.8B",
                        "peer.tcp.rtt.8B",
                        "peer.tcp.alloc.8B",
                        "peer.pipe.rtt.8B",
                        "peer.pipe.alloc.8B"),
                names);
        assertTrue(results.stream().allMatch(result -> result.count() > 0), results::toString);
    }
}
