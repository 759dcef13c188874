package io.softpath.apps.bigcopy;

import io.softpath.abi.psm.PsmError;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.psm.Endpoint;
import io.softpath.psm.MatchedQueue;
import io.softpath.psm.Status;
import io.softpath.psm.engine.Peer;
import io.softpath.psm.engine.Request;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * A rank's endpoint and the main thread that works there: sends and receives, tells the other rank
 * how far it is, and gives up when that says nothing any more.
 */
final class Station {
    /** Something is said at least so often, so that the other rank knows that this one lives. */
    private static final long NEWS_NS = TimeUnit.MILLISECONDS.toNanos(500);

    /** Nothing wakes the main thread when the file's has done something: it looks so often. */
    private static final Duration SHORT_MOMENT = Duration.ofMillis(1);

    private static final Duration MOMENT = Duration.ofMillis(20);
    private static final long BUSY_NS = TimeUnit.MILLISECONDS.toNanos(100);

    /** What the file's thread does. */
    @FunctionalInterface
    interface FileTask {
        void run() throws IOException, InterruptedException;
    }

    /** What the main thread works on. */
    interface Work {
        /** Whether there is something to do. */
        boolean hasNews();

        void step();

        boolean isDone();

        /** Chunks that this rank has written. */
        long written();

        /** The other rank has written so many. */
        void news(long written);
    }

    private final Endpoint endpoint;
    private final MatchedQueue queue;
    private final Peer peer;
    private final long timeoutNs;
    private final RunningClock clock = new RunningClock(System.nanoTime());
    private final Status status = new Status();
    private final MemorySegment said = MemorySegment.ofArray(new long[1]);
    private final MemorySegment heard = MemorySegment.ofArray(new long[1]);
    private volatile RuntimeException failure; // of the file's thread
    private Request hearing;
    private long nowNs;
    private long saidNs = -NEWS_NS;
    private long heardNs;

    Station(Endpoint endpoint, Peer peer, long timeoutNs) {
        this.endpoint = endpoint;
        this.queue = endpoint.queue();
        this.peer = peer;
        this.timeoutNs = timeoutNs;
    }

    /** Begins to send a chunk; complete when the other rank has it, whatever its length. */
    Request send(long tag, MemorySegment slot, int length) {
        return queue.isend(peer, tag, slot, 0, length, true, null, null);
    }

    /** Begins to receive a chunk. */
    Request receive(long tag, MemorySegment slot) {
        return queue.irecv(tag, Chunk.SELECTOR, slot);
    }

    /** Takes back a receive of what will not come. */
    void cancel(Request receive) {
        queue.cancel(receive);
    }

    /**
     * How a request went that is complete.
     *
     * @throws SoftpathException.Lost ENOTCONN if the other rank is gone
     */
    Status end(Request request) {
        queue.test(request, status);
        heardNs = nowNs;
        if (status.error() != PsmError.OK && status.error() != PsmError.MQ_TRUNCATION) {
            throw SoftpathException.of(
                    Errno.ENOTCONN, "the other rank is lost: " + status.error().sentence());
        }
        return status;
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
                });
    }

    /**
     * Works until all is done.
     *
     * @throws SoftpathException.Lost ETIMEDOUT if the other rank says nothing for too long
     */
    void run(Work work) {
        BooleanSupplier news = () -> work.hasNews() || hearing.isComplete() || failure != null;
        long workedNs = 0;
        hearing = queue.irecv(Chunk.NEWS, heard);
        while (!work.isDone()) {
            boolean busy = nowNs - workedNs < BUSY_NS;
            boolean some = endpoint.await(news, busy ? SHORT_MOMENT : MOMENT);
            nowNs = clock.advance(System.nanoTime());
            workedNs = some ? nowNs : workedNs;
            if (failure != null) {
                throw failure;
            }
            work.step();
            hear(work);
            say(work.written());
        }
        queue.cancel(hearing);
    }

    private void hear(Work work) {
        if (hearing.isComplete()) {
            end(hearing);
            work.news(heard.get(ValueLayout.JAVA_LONG, 0));
            hearing = queue.irecv(Chunk.NEWS, heard);
        } else if (nowNs - heardNs > timeoutNs) {
            throw new SoftpathException.Lost(
                    Errno.ETIMEDOUT,
                    "the other rank has said nothing for "
                            + timeoutNs / 1_000_000_000
                            + " s: is it stopped, or the link down? softpath stat, errors and regs"
                            + " may tell; --timeout waits longer; "
                            + work);
        }
    }

    private void say(long written) {
        if (nowNs - saidNs >= NEWS_NS || written != said.get(ValueLayout.JAVA_LONG, 0)) {
            saidNs = nowNs;
            said.set(ValueLayout.JAVA_LONG, 0, written);
            queue.isend(peer, Chunk.NEWS, said, 0, Long.BYTES, false, request -> false, null);
        }
    }
}
