package io.softpath.bench.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import java.io.IOException;

/**
 * Shows that what the micro-benchmarks do again and again can be done: each checks what comes of it
 * itself. Rounds enough for every ring and queue to begin again.
 */
class MicroBenchmarkTest {
    private static final int ROUNDS = 10_000;

    @Test
    void shouldReceiveEveryPacketAndFindAnEmptyQueueBehindIt() {
        HeaderQueueBenchmark queue = new HeaderQueueBenchmark();
        queue.map();
        try {
            for (int i = 1; i <= ROUNDS; i++) {
                assertEquals(0, queue.empty());
                assertEquals(i, queue.packet());
            }
        } finally {
            queue.unmap();
        }
    }

    @Test
    void shouldMatchWhereverTheReceiveIs() {
        for (int posted : new int[] {1, 2, 100}) {
            MatchBenchmark match = new MatchBenchmark();
            match.posted = posted;
            match.post();
            for (int i = 0; i < ROUNDS; i++) {
                match.first();
                match.last();
                match.none();
            }
        }
    }

    @Test
    void shouldPassEveryMessageThroughARing() {
        for (int bytes : new int[] {8, 64}) {
            RingBenchmark ring = new RingBenchmark();
            ring.bytes = bytes;
            ring.fill();
            for (int i = 1; i <= ROUNDS; i++) {
                assertEquals(2L * i - 1, ring.oneToOne());
                assertEquals(2L * i, ring.manyToOne());
            }
        }
    }

    @Test
    void shouldGetAndGiveBackTids() {
        TidBenchmark tids = new TidBenchmark();
        tids.pages = 256;
        tids.open();
        try {
            for (int i = 0; i < 10; i++) {
                tids.updateAndFree();
            }
        } finally {
            tids.close();
        }
    }

    @Test
    void shouldRecordEveryEventOfABurst() throws IOException {
        FlightBenchmark flight = new FlightBenchmark();
        flight.open();
        try {
            for (int i = 0; i < 20; i++) {
                flight.settle();
                assertEquals(0, flight.record());
            }
        } finally {
            flight.close();
        }
    }
}
