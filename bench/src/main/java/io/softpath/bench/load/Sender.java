package io.softpath.bench.load;

import io.softpath.bench.mq.Endpoints;
import io.softpath.psm.Endpoint;
import io.softpath.psm.MatchedQueue;
import io.softpath.psm.engine.Peer;
import io.softpath.psm.engine.Request;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Sends messages of 8 bytes, which say when they were due. One that is late, because those before
 * it took long, is sent all the same and says the same.
 */
final class Sender implements Request.Completion {
    /** Messages under way at most; what is due beyond that waits here. */
    private static final int SLOTS = 1024;

    private static final int SENDS_PER_LOOK = 16;

    private final Endpoint endpoint;
    private final MatchedQueue queue;
    private final Peer peer;
    private final Runnable between;
    private final MemorySegment slots = Arena.ofAuto().allocate(SLOTS * Long.BYTES, Long.BYTES);
    private long sent;
    private long completed;

    /**
     * @param between done again and again while nothing is due
     */
    Sender(Endpoint endpoint, Peer peer, Runnable between) {
        this.endpoint = endpoint;
        this.queue = endpoint.queue();
        this.peer = peer;
        this.between = between;
    }

    @Override
    public boolean onComplete(Request request) {
        completed++;
        return false;
    }

    /**
     * Sends what is due within a time, however long that takes.
     *
     * @return how many messages that were
     */
    long follow(Schedule schedule, long durationNs) {
        long before = sent;
        long begin = System.nanoTime();
        for (long at = schedule.next(); at < durationNs; at = schedule.next()) {
            long due = begin + at;
            while (System.nanoTime() - due < 0) {
                look();
            }
            send(Sink.DATA, due);
        }
        return sent - before;
    }

    /**
     * Sends as much as there is room for.
     *
     * @return how many messages that were
     */
    long flood(long durationNs) {
        long before = sent;
        long begin = System.nanoTime();
        for (long now = begin; now - begin < durationNs; now = System.nanoTime()) {
            send(Sink.DATA, now);
        }
        return sent - before;
    }

    /**
     * Sends one message, as soon as there is room for it.
     *
     * @throws IllegalStateException if there is none for too long
     */
    void send(long tag, long value) {
        if (sent - completed >= SLOTS) {
            awaitRoom();
        }
        long at = sent++ % SLOTS * Long.BYTES;
        slots.set(ValueLayout.JAVA_LONG, at, value);
        queue.isend(peer, tag, slots, at, Long.BYTES, false, this, null);
        if (sent % SENDS_PER_LOOK == 0) {
            look();
        }
    }

    /** What is done while nothing is due. */
    void look() {
        endpoint.progress();
        between.run();
    }

    private void awaitRoom() {
        long end = System.nanoTime() + Endpoints.PATIENCE.toNanos();
        while (sent - completed >= SLOTS) {
            look();
            if (System.nanoTime() - end > 0) {
                throw new IllegalStateException("no room for a message: sent=" + sent);
            }
        }
    }
}
