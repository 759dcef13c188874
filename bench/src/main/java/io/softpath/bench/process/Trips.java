package io.softpath.bench.process;

import com.sun.management.ThreadMXBean;

import org.HdrHistogram.Histogram;

import java.io.PrintStream;
import java.lang.management.ManagementFactory;

/** Times something small that is done again and again, and tells what that allocates. */
public final class Trips {
    private static final int PER_BATCH = 100;
    private static final int WARM_UP = 200_000;
    private static final long SHORTEST_WARM_UP_NS = 500_000_000L;
    private static final long LONGEST_WARM_UP_NS = 5_000_000_000L;
    private static final int WARM_UP_TIMES = 10;

    private final Runnable trip;
    private final long measuredNs;
    private final int warmUp;

    /**
     * @param trip what is timed
     * @param measuredNs for how long, after the warm-up
     */
    public Trips(Runnable trip, long measuredNs) {
        this(trip, measuredNs, WARM_UP);
    }

    /**
     * As the other one, with fewer or more trips to warm up.
     *
     * @param warmUp how many, unless that takes too long
     */
    public Trips(Runnable trip, long measuredNs, int warmUp) {
        this.trip = trip;
        this.measuredNs = measuredNs;
        this.warmUp = warmUp;
    }

    /**
     * Warms up, until all is compiled at both ends, which takes the CPU from those that send; then
     * measures and prints.
     *
     * <p>The warm-up ends after 200,000 trips, or when it has taken ten times as long as is
     * measured. Only slow trips meet that bound, and only when little is measured: trips of 15 us,
     * a pipe's, are then made 100,000 times in a first look of 150 ms, several times as often as
     * the JVM's last compiler asks for, and most of their time is the kernel's.
     *
     * @param time under which name the times of the trips are reported
     * @param memory under which name the bytes are that this thread allocates for one, in the
     *     median of batches
     */
    public void measure(PrintStream out, String time, String memory) {
        Histogram nowhere = Findings.newHistogram();
        long warm =
                System.nanoTime()
                        + Math.clamp(
                                WARM_UP_TIMES * measuredNs,
                                SHORTEST_WARM_UP_NS,
                                LONGEST_WARM_UP_NS);
        while (nowhere.getTotalCount() < warmUp && System.nanoTime() - warm < 0) {
            batch(nowhere);
        }
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Histogram times = Findings.newHistogram();
        Histogram allocated = Findings.newHistogram();
        long end = System.nanoTime() + measuredNs;
        do {
            long before = threads.getCurrentThreadAllocatedBytes();
            batch(times);
            Findings.record(allocated, threads.getCurrentThreadAllocatedBytes() - before);
        } while (System.nanoTime() - end < 0);
        Findings.print(out, time, times);
        double median = allocated.getValueAtPercentile(50);
        Findings.print(out, memory, median / PER_BATCH);
    }

    private void batch(Histogram times) {
        long begin = System.nanoTime();
        for (int i = 0; i < PER_BATCH; i++) {
            trip.run();
            long now = System.nanoTime();
            Findings.record(times, now - begin);
            begin = now;
        }
    }
}
