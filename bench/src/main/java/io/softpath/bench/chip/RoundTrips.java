package io.softpath.bench.chip;

import com.sun.management.ThreadMXBean;

import io.softpath.bench.process.Findings;
import io.softpath.bench.process.Spin;
import io.softpath.bench.process.Waiting;
import io.softpath.driver.Address;
import io.softpath.driver.Context;
import io.softpath.driver.Destination;
import io.softpath.driver.PacketHandler;
import io.softpath.driver.ReceivedPacket;

import org.HdrHistogram.Histogram;

import java.io.PrintStream;
import java.lang.management.ManagementFactory;

/**
 * Tiny messages, one at a time, to a peer that answers or to oneself. A message is a number in the
 * header; there is never more than one under way.
 */
public final class RoundTrips implements PacketHandler {
    /** A trip that took longer than this was stopped by something. */
    static final long STALL_NS = 10_000_000;

    static final int BATCH_TRIPS = 1_000;
    private static final int BATCHES = 200;
    private static final long BATCHES_NS = 5_000_000_000L;
    private static final int WARM_UP_TRIPS = 50_000;
    private static final long WARM_UP_NS = 3_000_000_000L;
    private static final long FINISHED = -1;

    private final Context context;
    private final Destination peer;
    private final Waiting waiting;
    private long number;
    private long received;

    /**
     * @param crowded whether more processes spin, the daemon included, than there are CPUs
     */
    public RoundTrips(Context context, Address peer, boolean crowded) {
        this(context, peer, new Spin(crowded));
    }

    /**
     * @param waiting what is done until a message comes
     */
    public RoundTrips(Context context, Address peer, Waiting waiting) {
        this.context = context;
        this.peer = context.destination(peer);
        this.waiting = waiting;
    }

    @Override
    public void onPacket(ReceivedPacket packet) {
        received = packet.data0();
    }

    @Override
    public void onError(ReceivedPacket packet) {
        throw new IllegalStateException(
                "packet with errors: rhf=0x" + Long.toHexString(packet.rhf()));
    }

    /** Messages to oneself: time of each, then bytes allocated per message by this thread. */
    void self(long measuredNs, PrintStream out) {
        Findings.print(out, ChipBench.SELF, timed(measuredNs));
        Findings.print(out, ChipBench.SELF_ALLOC, allocated(Thread.currentThread().threadId()));
    }

    /**
     * Bytes that a thread of this process allocates in each batch of messages. In batches, because
     * now and then something allocates that no message does: while this process was stopped the
     * chip went to sleep, and is woken by a system call whose code is not yet compiled.
     */
    Histogram allocated(long threadId) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Histogram histogram = Findings.newHistogram();
        trips(BATCH_TRIPS);
        long end = System.nanoTime() + BATCHES_NS;
        long before = threads.getThreadAllocatedBytes(threadId);
        do {
            trips(BATCH_TRIPS);
            long after = threads.getThreadAllocatedBytes(threadId);
            Findings.record(histogram, after - before);
            before = after;
        } while (histogram.getTotalCount() < BATCHES && System.nanoTime() - end < 0);
        return histogram;
    }

    /** Messages to a peer that answers each. */
    void ping(long measuredNs, PrintStream out) {
        Histogram histogram = timed(measuredNs);
        send(FINISHED);
        Findings.print(out, ChipBench.PAIR, histogram);
        long stalls =
                histogram.getCountBetweenValues(STALL_NS, histogram.getHighestTrackableValue());
        Findings.print(out, ChipBench.PAIR_STALLS, (double) stalls);
        Findings.print(out, ChipBench.PAIR_LONGEST, (double) histogram.getMaxValue());
    }

    /** Answers each message until the peer has finished. */
    void pong() {
        while (received != FINISHED) {
            receive();
            if (received != FINISHED) {
                send(received);
            }
        }
    }

    /** Warms up, then times each trip; one time stamp per trip ends it and begins the next. */
    private Histogram timed(long measuredNs) {
        Histogram histogram = Findings.newHistogram();
        warmUp();
        timed(measuredNs / 4, histogram);
        histogram.reset();
        timed(measuredNs, histogram);
        return histogram;
    }

    private void timed(long durationNs, Histogram histogram) {
        long begin = System.nanoTime();
        long end = begin + durationNs;
        while (begin - end < 0) {
            trip();
            long now = System.nanoTime();
            Findings.record(histogram, now - begin);
            begin = now;
        }
    }

    /** Until all of this process is compiled, or for as long as a crowded machine may take. */
    private void warmUp() {
        long end = System.nanoTime() + WARM_UP_NS;
        for (int i = 0; i < WARM_UP_TRIPS && System.nanoTime() - end < 0; i++) {
            trip();
        }
    }

    /** Until what the daemon does only now and then is compiled too. */
    void warmUpDaemon() {
        long end = System.nanoTime() + WARM_UP_NS;
        while (System.nanoTime() - end < 0) {
            trip();
        }
    }

    /** As often as that: {@link #trip}. */
    public void trips(int count) {
        for (int i = 0; i < count; i++) {
            trip();
        }
    }

    /** Sends a message and waits until it has come back. */
    public void trip() {
        send(++number);
        receive();
        if (received != number) {
            throw new IllegalStateException(
                    "wrong message: sent=" + number + " received=" + received);
        }
    }

    private void send(long message) {
        while (!context.send(peer, 0, message, 0).isSent()) {
            waiting.pause();
        }
        waiting.reset();
    }

    private void receive() {
        while (context.receive(this, 1) == 0) {
            waiting.pause();
        }
        waiting.reset();
    }
}
