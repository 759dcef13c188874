package io.softpath.psm;

import io.softpath.abi.psm.PsmError;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.psm.engine.MessageEngine;
import io.softpath.psm.engine.Peer;
import io.softpath.psm.engine.Request;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;

/**
 * Messages with 64-bit tags. A receive gives a tag and which of its bits matter; it takes the first
 * message that agrees in those, in the order in which messages came. Messages of one sender come in
 * the order in which they were sent. Who the sender is, is in the tag or nowhere.
 *
 * <p>A request is complete when its buffer is the program's again. It is then given back, by {@link
 * #test} or {@link #await} or a callback, and must not be used any more: requests are reused.
 * Source: psm_mq.h.
 */
public final class MatchedQueue {
    private final Endpoint endpoint;
    private final MessageEngine engine;

    MatchedQueue(Endpoint endpoint, MessageEngine engine) {
        this.endpoint = endpoint;
        this.engine = engine;
    }

    // Begin.

    /** Begins to send a message; the buffer must not change until that is complete. */
    public Request isend(Peer to, long tag, MemorySegment buffer) {
        return isend(to, tag, buffer, 0, length(buffer), false, null, null);
    }

    /** As {@link #isend(Peer, long, MemorySegment)}, of what the buffer has remaining. */
    public Request isend(Peer to, long tag, ByteBuffer buffer) {
        return isend(to, tag, MemorySegment.ofBuffer(buffer));
    }

    /** As {@link #isend(Peer, long, MemorySegment)}, of part of an Agrona buffer. */
    public Request isend(Peer to, long tag, DirectBuffer buffer, int offset, int length) {
        return isend(to, tag, Buffers.of(buffer, offset, length));
    }

    /** As {@link #isend(Peer, long, MemorySegment)}, complete when the receiver has matched. */
    public Request issend(Peer to, long tag, MemorySegment buffer) {
        return isend(to, tag, buffer, 0, length(buffer), true, null, null);
    }

    /**
     * Begins to send a message.
     *
     * @param synchronous complete only when the receiver has matched
     * @param completion called when it is complete, within {@link Endpoint#progress}; or null
     * @param context given back with the outcome
     * @throws SoftpathException.Lost ENOTCONN if the peer is not connected, or is gone
     */
    public Request isend(
            Peer to,
            long tag,
            MemorySegment buffer,
            long offset,
            int length,
            boolean synchronous,
            Request.Completion completion,
            Object context) {
        endpoint.enter();
        try {
            if (!to.isConnected()) {
                throw to.notConnected("send");
            }
            return engine.send(to, tag, buffer, offset, length, synchronous, completion, context);
        } finally {
            endpoint.leave(true);
        }
    }

    /** Begins to receive a message whose tag is this one. */
    public Request irecv(long tag, MemorySegment buffer) {
        return irecv(tag, -1, buffer);
    }

    /** Begins to receive a message whose tag agrees in the bits selected. */
    public Request irecv(long tag, long selector, MemorySegment buffer) {
        return irecv(tag, selector, buffer, 0, length(buffer), null, null);
    }

    /** As {@link #irecv(long, long, MemorySegment)}, into what the buffer has remaining. */
    public Request irecv(long tag, long selector, ByteBuffer buffer) {
        return irecv(tag, selector, MemorySegment.ofBuffer(buffer));
    }

    /** As {@link #irecv(long, long, MemorySegment)}, into part of an Agrona buffer. */
    public Request irecv(
            long tag, long selector, MutableDirectBuffer buffer, int offset, int length) {
        return irecv(tag, selector, Buffers.of(buffer, offset, length));
    }

    /**
     * Begins to receive a message.
     *
     * @param completion called when it is complete, within {@link Endpoint#progress}; or null
     * @param context given back with the outcome
     */
    public Request irecv(
            long tag,
            long selector,
            MemorySegment buffer,
            long offset,
            int length,
            Request.Completion completion,
            Object context) {
        endpoint.enter();
        try {
            return engine.receive(tag, selector, buffer, offset, length, completion, context);
        } finally {
            endpoint.leave(true);
        }
    }

    private static int length(MemorySegment buffer) {
        if (buffer.byteSize() > Integer.MAX_VALUE) {
            throw SoftpathException.of(
                    Errno.EMSGSIZE,
                    "message: bytes="
                            + buffer.byteSize()
                            + " is more than "
                            + Integer.MAX_VALUE
                            + ": send several");
        }
        return (int) buffer.byteSize();
    }

    // End.

    /**
     * Whether a request is complete, after one look. If so it is given back.
     *
     * @param status filled in if it is; or null
     */
    public boolean test(Request request, Status status) {
        if (!request.isComplete()) {
            endpoint.progress();
            if (!request.isComplete()) {
                return false;
            }
        }
        end(request, status);
        return true;
    }

    private void end(Request request, Status status) {
        endpoint.enter();
        try {
            if (status != null) {
                status.set(request);
            }
            engine.release(request);
        } finally {
            endpoint.leave(false);
        }
    }

    /**
     * Waits until a request is complete, and gives it back.
     *
     * @param status filled in if it is; or null
     * @return false if the time was over before; the request goes on
     */
    public boolean await(Request request, Duration timeout, Status status) {
        if (!endpoint.await(request, timeout)) {
            return false;
        }
        end(request, status);
        return true;
    }

    /**
     * Waits until one of some requests is complete, and gives that one back.
     *
     * @param requests null ones are passed over
     * @return its place among them; -1 if the time was over before, or all are null
     */
    public int awaitAny(List<Request> requests, Duration timeout, Status status) {
        if (!endpoint.await(() -> firstComplete(requests) >= 0, timeout)) {
            return -1;
        }
        int index = firstComplete(requests);
        end(requests.get(index), status);
        return index;
    }

    private static int firstComplete(List<Request> requests) {
        for (int i = 0; i < requests.size(); i++) {
            Request request = requests.get(i);
            if (request != null && request.isComplete()) {
                return i;
            }
        }
        return -1;
    }

    /**
     * Looks for a message that such a receive would take, and leaves it.
     *
     * @param status filled in if there is one
     */
    public boolean iprobe(long tag, long selector, Status status) {
        endpoint.progress();
        endpoint.enter();
        try {
            int length = engine.probe(tag, selector);
            if (length < 0) {
                return false;
            }
            status.probed(engine.probedTag(tag, selector), length);
            return true;
        } finally {
            endpoint.leave(false);
        }
    }

    /**
     * Takes back a receive that no message has matched yet, and gives the request back.
     *
     * @return false if one has: the receive will be complete
     */
    public boolean cancel(Request request) {
        endpoint.enter();
        try {
            return engine.cancel(request);
        } finally {
            endpoint.leave(true);
        }
    }

    // Both at once.

    /**
     * Sends a message and waits until the buffer may change again.
     *
     * @throws SoftpathException.Refused ETIMEDOUT if that takes longer, and the buffer must not
     *     change
     * @throws SoftpathException.Lost ENOTCONN if the peer is gone
     */
    public void send(Peer to, long tag, MemorySegment buffer, Duration timeout) {
        send(to, tag, buffer, 0, length(buffer), timeout);
    }

    /**
     * As {@link #send(Peer, long, MemorySegment, Duration)}, of part of a buffer. A message that
     * there is room for in memory shared with the peer takes no request.
     */
    public void send(
            Peer to, long tag, MemorySegment buffer, long offset, int length, Duration timeout) {
        if (!sendNow(to, tag, buffer, offset, length)) {
            Request request = isend(to, tag, buffer, offset, length, false, null, null);
            finish("send", request, timeout, new Status());
        }
    }

    private boolean sendNow(Peer to, long tag, MemorySegment buffer, long offset, int length) {
        endpoint.enter();
        try {
            return engine.sendNow(to, tag, buffer, offset, length);
        } finally {
            endpoint.leave(true);
        }
    }

    /**
     * Receives a message.
     *
     * @return how it went; truncation is not an exception
     * @throws SoftpathException.Refused ETIMEDOUT if none comes in time: none is received then
     * @throws SoftpathException.Lost ENOTCONN if the peer dies in the middle
     */
    public Status recv(long tag, long selector, MemorySegment buffer, Duration timeout) {
        Status status = new Status();
        finish("receive", irecv(tag, selector, buffer), timeout, status);
        return status;
    }

    private void finish(String what, Request request, Duration timeout, Status status) {
        if (!await(request, timeout, status)) {
            boolean cancelled = cancel(request);
            throw SoftpathException.of(
                    Errno.ETIMEDOUT,
                    what
                            + ": not complete within "
                            + timeout
                            + (cancelled ? ", taken back" : ", and still under way"));
        }
        if (status.error() != PsmError.OK && status.error() != PsmError.MQ_TRUNCATION) {
            throw SoftpathException.of(
                    Errno.ENOTCONN, what + ": " + status.error().sentence() + ": " + status);
        }
    }
}
