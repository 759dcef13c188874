package io.softpath.bench.peers;

import io.softpath.bench.mq.Size;
import io.softpath.bench.process.BenchFailure;
import io.softpath.bench.process.Findings;
import io.softpath.bench.process.Unavailable;

import java.time.Duration;
import java.util.function.LongFunction;

/** A program in C that measures its library itself, on two CPUs. */
interface Tool extends AutoCloseable {
    /** Under which name it reports round trips: their times, or one number. */
    String TRIP = "rtt";

    /** Under which name it reports messages a second. */
    String RATE = "rate";

    /** One round of round trips of eight bytes. */
    Findings trips(Duration measured);

    /** One round of messages of a size that follow each other one way. */
    Findings stream(Size size, Duration measured);

    /** What should be known of its round trips. */
    String tripNote();

    /** What should be known of its messages that follow each other. */
    String streamNote();

    @Override
    default void close() {}

    /**
     * Has it measure a little, in order to know that it can.
     *
     * @throws Unavailable if it fails, and how
     */
    default Tool tried() {
        boolean works = false;
        try {
            trips(Duration.ofMillis(1));
            works = true;
            return this;
        } catch (BenchFailure e) {
            throw new Unavailable("it is there and does not work: " + e.getMessage(), e);
        } finally {
            if (!works) {
                close();
            }
        }
    }

    /**
     * Runs a tool that wants to be told how often, so that it takes as long as is to be measured.
     *
     * @param least times it is run in order to see how long that takes; that warms it up as well
     * @param measure runs it so often, and returns how many times a second it did what it does
     * @return how often it is to be run
     */
    static long times(long least, Duration measured, LongFunction<Double> measure) {
        double perSecond = measure.apply(least);
        return Math.max(least, (long) (perSecond * measured.toNanos() / 1e9));
    }
}
