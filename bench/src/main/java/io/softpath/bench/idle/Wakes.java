package io.softpath.bench.idle;

import io.softpath.bench.process.Findings;
import io.softpath.driver.Address;
import io.softpath.driver.Context;
import io.softpath.driver.Destination;

import org.HdrHistogram.Histogram;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Messages to a peer that sleeps, through a daemon that sleeps, from a sender that sleeps until it
 * is answered.
 */
final class Wakes {
    private static final int TRIPS = 50;

    /** Until the compiler has seen the way to sleep and back in all three processes. */
    private static final int WARM_UP_TRIPS = 600;

    /** Enough to fall asleep while warming up. */
    private static final long WARM_UP_PAUSE_NS = 1_000_000;

    /** Long enough for everybody to have gone to sleep again. */
    private static final long PAUSE_NS = 20_000_000;

    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private Wakes() {}

    static Histogram measure(Context context, Address peer) {
        Histogram histogram = Findings.newHistogram();
        Destination destination = context.destination(peer);
        for (int i = 0; i < WARM_UP_TRIPS + TRIPS; i++) {
            LockSupport.parkNanos(i < WARM_UP_TRIPS ? WARM_UP_PAUSE_NS : PAUSE_NS);
            long begin = System.nanoTime();
            if (!context.send(destination, 0, i, 0).isSent()) {
                throw new IllegalStateException("no PIO buffer for a message after a pause");
            }
            while (context.receive(packet -> {}, 1) == 0) {
                if (!context.await(DEADLINE)) {
                    throw new IllegalStateException("no answer within " + DEADLINE);
                }
            }
            long taken = System.nanoTime() - begin;
            if (i >= WARM_UP_TRIPS) {
                Findings.record(histogram, taken);
            }
        }
        return histogram;
    }
}
