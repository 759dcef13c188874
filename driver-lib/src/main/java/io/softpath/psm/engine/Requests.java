package io.softpath.psm.engine;

import io.softpath.abi.psm.PsmError;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;

/** The sends and receives of an engine: where they come from, and who is told of their end. */
final class Requests {
    /** A peer that we wait for and hear nothing of for so long may be dead. */
    static final long QUIET_NS = 250_000_000;

    private static final int REFERRED_LIMIT = 1 << 20;

    private final int limit;
    private final Alarm alarm;
    private final Thrown thrown;
    private final RequestTable referred = new RequestTable(REFERRED_LIMIT);

    private final Pool<Request> pool = new Pool<>(Request::new);
    private int lists;

    /** Complete ones whose owner wants to be called. */
    private final ArrayDeque<Request> toTell = new ArrayDeque<>();

    private int inUse;

    /** Null if nobody records. */
    private MessageTrace trace;

    /** Completed since somebody was told so. */
    private int finished;

    /**
     * @param limit how many may be under way
     */
    Requests(int limit, Alarm alarm, Thrown thrown) {
        this.limit = limit;
        this.thrown = thrown;
        this.alarm = alarm;
    }

    void trace(MessageTrace listener) {
        trace = listener;
    }

    /** A list for some of them. */
    MatchList<Request> newList() {
        return new MatchList<>(pool, ++lists);
    }

    /** Those that are not released. */
    int inUse() {
        return inUse;
    }

    /** Those that a peer may refer to by number. */
    int referredCount() {
        return referred.size();
    }

    /**
     * One that is as a new one, but for its peer, which it has when it {@link #runs}. A reference
     * is stored only if it is another one: see {@link Pool}.
     *
     * @throws IndexOutOfBoundsException if the bytes are not inside the buffer
     * @throws IllegalStateException if too many are under way
     */
    Request take(
            long tag,
            MemorySegment buffer,
            long offset,
            int length,
            Request.Completion completion,
            Object context) {
        if (length < 0 || offset < 0 || offset > buffer.byteSize() - length) {
            throw new IndexOutOfBoundsException(
                    "psm: offset="
                            + offset
                            + " length="
                            + length
                            + " is not inside the buffer, bytes="
                            + buffer.byteSize());
        }
        if (inUse == limit) {
            throw new IllegalStateException(
                    "psm: requests="
                            + inUse
                            + " are under way, maximum="
                            + limit
                            + "; wait for some of them");
        }
        inUse++;
        Request request = pool.take();
        request.tag = tag;
        request.selector = -1;
        request.buffer = buffer;
        request.offset = offset;
        request.length = length;
        request.done = 0;
        request.messageLength = 0;
        request.wanted = 0;
        request.grants = 0;
        request.granted = 0;
        if (completion != null) {
            request.completion = completion;
        }
        if (context != null) {
            request.context = context;
        }
        return request;
    }

    /** It is under way with this peer from now on. */
    void runs(Peer peer, Request request) {
        request.state = Request.RUNS;
        request.peer(peer);
        peer.running.append(request);
        watch(peer);
    }

    /** Something is expected of a peer: looks, from time to time, whether it is still there. */
    void watch(Peer peer) {
        if (!peer.watched) {
            peer.watched = true;
            peer.lookNs = alarm.nowNs() + QUIET_NS;
            alarm.at(peer.lookNs);
        }
    }

    /** Gives it a number that its peer can refer to it by. */
    void refer(Request request) {
        referred.add(request);
    }

    /** The peer refers to it no longer. */
    void forget(Request request) {
        referred.remove(request);
    }

    /** What a number refers to; null if nothing. A peer's number is anything at all. */
    Request referred(int index) {
        return referred.get(index);
    }

    /** Whether a number may have referred to a request that is complete by now. */
    boolean wasReferred(int index) {
        return referred.isOfThePast(index);
    }

    void complete(Request request, PsmError error) {
        if (request.index >= 0) {
            referred.remove(request);
        }
        request.peer.running.remove(request);
        completeAtOnce(request, error);
    }

    /** Completes one that never {@link #runs}: nothing had to be waited for. */
    void completeAtOnce(Request request, PsmError error) {
        request.complete(error);
        if (trace != null) {
            trace.completed(request, request.isSend, request.number);
        }
        finished++;
        if (request.completion != null) {
            toTell.add(request);
        }
    }

    /** Ends all that is under way with a peer. */
    void completeAll(Peer peer, PsmError error) {
        Request request = peer.running.first();
        while (request != null) {
            complete(request, error);
            request = peer.running.first();
        }
    }

    void release(Request request) {
        if (request.state == Request.FREE || request.list != 0) {
            throw new IllegalStateException(
                    "psm: request is "
                            + (request.state == Request.FREE
                                    ? "released already"
                                    : "under way; wait for it, or cancel it"));
        }
        if (request.completion != null) {
            toTell.remove(request); // its owner knows already
            request.completion = null;
        }
        if (request.context != null) {
            request.context = null;
        }
        request.state = Request.FREE;
        request.buffer = null;
        inUse--;
        pool.give(request);
    }

    private boolean isKept(Request request) {
        try {
            return request.completion.onComplete(request);
        } catch (RuntimeException e) {
            thrown.keep(e);
            return false;
        }
    }

    /** Whether somebody wants to be called. */
    boolean hasToTell() {
        return !toTell.isEmpty();
    }

    /**
     * Calls those who want to be called.
     *
     * @return how many were completed since the last time
     */
    int tell() {
        int done = finished;
        if (done == 0) {
            return 0;
        }
        while (!toTell.isEmpty()) {
            Request request = toTell.poll();
            if (!isKept(request)) {
                release(request);
            }
        }
        done = finished;
        finished = 0;
        return done;
    }
}
