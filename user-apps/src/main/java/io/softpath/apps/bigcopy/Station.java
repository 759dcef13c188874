package io.softpath.apps.bigcopy;

import io.softpath.abi.packet.Rhf;
import io.softpath.driver.Address;
import io.softpath.driver.Context;
import io.softpath.driver.Destination;
import io.softpath.driver.PacketHandler;
import io.softpath.driver.ReceivedPacket;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;

/**
 * A rank's context and the main thread that works there: receives, says what there is to say, and
 * sleeps when neither the peer nor the file's thread has anything new.
 */
final class Station implements PacketHandler {
    // Messages, by sub-opcode.
    static final int OFFER = 1; // chunk number, Chunk
    static final int GRANT = 2; // chunk number; payload: TidSessionList
    static final int NAK = 3; // descriptor of the window, where to go on
    static final int STATUS = 4; // chunks received, chunks written
    static final int ALIVE = 5;
    static final int WAKE = 6; // to oneself

    private static final int BATCH = 64;
    private static final int SPINS = 50;
    private static final int YIELDS = 150;

    /** Timers are due so late at most. */
    private static final Duration MOMENT = Duration.ofMillis(20);

    /** The chip does not interrupt for send buffers that become free. */
    private static final Duration SHORT_MOMENT = Duration.ofMillis(1);

    /** What the file's thread does. */
    @FunctionalInterface
    interface FileTask {
        void run() throws IOException, InterruptedException;
    }

    /** What the main thread works on. */
    interface Work {
        /** A packet of the peer's, or an expected one. */
        void onPacket(ReceivedPacket packet);

        /** Does what there is to do; false if that was nothing. */
        boolean step(long nowNs);

        boolean isDone();

        /** Whether it waits for a send buffer. */
        boolean needsBuffer();
    }

    private final Context context;
    private final Address peerAddress;
    private final Destination peer;
    private final Destination self;
    private final long timeoutNs;
    private final Object sending = new Object();
    private final RunningClock clock = new RunningClock(System.nanoTime());
    private volatile boolean asleep;
    private volatile RuntimeException failure; // of the file's thread
    private Work work;
    private boolean heard;
    private long nowNs;
    private long heardNs;

    Station(Context context, Address peerAddress, long timeoutNs) {
        this.context = context;
        this.peerAddress = peerAddress;
        this.peer = context.destination(peerAddress);
        this.self = context.destination(context.address());
        this.timeoutNs = timeoutNs;
    }

    Context context() {
        return context;
    }

    Destination peer() {
        return peer;
    }

    /** Held while sending: the file's thread sends too, to wake the main one. */
    Object sending() {
        return sending;
    }

    /** Sends a message to the peer; false if there is no send buffer now. Main thread. */
    boolean say(int type, long data0, long data1) {
        return say(type, data0, data1, MemorySegment.NULL, 0);
    }

    boolean say(int type, long data0, long data1, MemorySegment payload, int length) {
        synchronized (sending) {
            return context.send(peer, type, data0, data1, payload, 0, length).isSent();
        }
    }

    /**
     * Starts the file's thread. What it fails with, {@link #run} throws.
     *
     * @param what it does, for messages
     */
    void start(String what, FileTask task) {
        Thread.ofPlatform()
                .daemon()
                .name("file")
                .start(() -> {
                    try {
                        task.run();
                    } catch (IOException e) {
                        failure =
                                new UncheckedIOException(
                                        "cannot " + what + ": " + e.getMessage(), e);
                    } catch (InterruptedException | Error e) {
                        failure = new IllegalStateException("cannot " + what + ": " + e, e);
                    } catch (RuntimeException e) {
                        failure = e;
                    }
                    wake();
                });
    }

    /**
     * Something has changed that the main thread should look at. Any thread. Without a send buffer
     * it looks a little later.
     */
    void wake() {
        if (!asleep) {
            return;
        }
        try {
            synchronized (sending) {
                var _ = context.send(self, WAKE, 0, 0);
            }
        } catch (SoftpathException e) {
            // The daemon is gone, which the main thread is told too.
        }
    }

    /**
     * Works until all is done.
     *
     * @throws SoftpathException.Lost ETIMEDOUT if the peer says nothing for too long
     */
    void run(Work newWork) {
        work = newWork;
        heardNs = nowNs;
        int idle = 0;
        while (!work.isDone()) {
            if (look()) {
                idle = 0;
            } else if (++idle <= SPINS) {
                Thread.onSpinWait();
            } else if (idle <= SPINS + YIELDS) {
                Thread.yield();
            } else {
                sleep();
            }
        }
    }

    private boolean look() {
        boolean progress = context.receive(this, BATCH) > 0;
        nowNs = clock.advance(System.nanoTime());
        if (failure != null) {
            throw failure;
        }
        if (heard) {
            heard = false;
            heardNs = nowNs;
        } else if (nowNs - heardNs > timeoutNs) {
            throw new SoftpathException.Lost(
                    Errno.ETIMEDOUT,
                    "the other rank has said nothing for "
                            + timeoutNs / 1_000_000_000
                            + " s: is it stopped, or the link down? softpath stat, errors and regs"
                            + " may tell; --timeout waits longer; "
                            + work);
        }
        return work.step(nowNs) || progress;
    }

    private void sleep() {
        asleep = true;
        try {
            // What the file's thread did before it could see that we sleep.
            if (failure == null && !work.step(nowNs) && !work.isDone()) {
                context.await(work.needsBuffer() ? SHORT_MOMENT : MOMENT);
            }
        } finally {
            asleep = false;
        }
    }

    @Override
    public void onPacket(ReceivedPacket packet) {
        boolean expected = packet.type() == Rhf.TYPE_EXPECTED;
        boolean fromPeer =
                packet.sourceContext() == peerAddress.context()
                        && packet.sourceLid() == peerAddress.lid();
        heard |= fromPeer;
        if (expected || (fromPeer && packet.type() == Rhf.TYPE_EAGER)) {
            work.onPacket(packet);
        }
    }

    /** Bad data packets belong to a window; what else is bad will be said again. */
    @Override
    public void onError(ReceivedPacket packet) {
        if (packet.type() == Rhf.TYPE_EXPECTED) {
            work.onPacket(packet);
        }
    }
}
