package io.softpath.psm;

import io.softpath.abi.psm.AmHeader;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.psm.engine.ActiveCompletion;
import io.softpath.psm.engine.ActiveHandler;
import io.softpath.psm.engine.ActiveMessageEngine;
import io.softpath.psm.engine.Peer;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * Messages that call a handler at their receiver, with a few numbers and a little data; the handler
 * may reply. Requests of one sender come in the order in which they were sent, and so do replies;
 * each is handled once.
 *
 * <p>Handlers and completions are called within {@link Endpoint#progress} and everything that
 * waits. A program that wants a reply must make progress, and the one that is to reply must too. If
 * the peer dies, no reply comes: {@link Peer#failure} tells. Source: psm_am.h.
 */
public final class ActiveMessages {
    /** No flag. */
    public static final int NONE = 0;

    /** The data is not copied and must not change until the message has arrived. */
    public static final int ASYNC = ActiveMessageEngine.ASYNC;

    /** The handler of the request does not reply. */
    public static final int NO_REPLY = ActiveMessageEngine.NO_REPLY;

    private final Endpoint endpoint;
    private final ActiveMessageEngine engine;
    private final BooleanSupplier room;

    ActiveMessages(Endpoint endpoint, ActiveMessageEngine engine) {
        this.endpoint = endpoint;
        this.engine = engine;
        room = engine::hasRoom;
    }

    /**
     * Gives a handler the next free number, from 0 on. Peers name it by that: register the same
     * handlers in the same order everywhere, before connecting.
     *
     * @throws SoftpathException.Exhausted ENOSPC if there are {@link #maxHandlers} already
     */
    public int register(ActiveHandler handler) {
        endpoint.enter();
        try {
            return engine.register(handler);
        } finally {
            endpoint.leave(false);
        }
    }

    /** How many handlers there can be. */
    public int maxHandlers() {
        return AmHeader.HANDLERS;
    }

    /** Arguments of one message at most. */
    public int maxArgs() {
        return AmHeader.MAX_ARGS;
    }

    /** Bytes of data of one message to a peer at most; fewer the more arguments go with it. */
    public int maxBytes(Peer to, int args) {
        return engine.maxBytes(to, args);
    }

    /**
     * Sends a request without data, if there is room for another one.
     *
     * @return false if there is none: make progress, and try again
     * @throws SoftpathException as the method with all parameters
     */
    public boolean request(Peer to, int handler, long... args) {
        return request(to, handler, args, MemorySegment.NULL, 0, 0, NONE, null, null);
    }

    /**
     * Sends a request, if there is room for another one. Never waits, so handlers may call it.
     *
     * @param handler number of one of the receiver's handlers
     * @param args {@link #maxArgs} at most; read before this returns
     * @param data copied before this returns, unless {@link #ASYNC}
     * @param flags {@link #ASYNC}, {@link #NO_REPLY}
     * @param completion called when the handler was called at the receiver; or null
     * @param context given to it
     * @return false if there is no room: make progress, and try again
     * @throws SoftpathException.Lost ENOTCONN if the peer is not connected, or is gone
     * @throws SoftpathException.Refused EINVAL if a number is out of bounds, EMSGSIZE if the data
     *     is longer than {@link #maxBytes}
     */
    public boolean request(
            Peer to,
            int handler,
            long[] args,
            MemorySegment data,
            long offset,
            int length,
            int flags,
            ActiveCompletion completion,
            Object context) {
        endpoint.enter();
        try {
            return engine.request(
                    to, handler, args, data, offset, length, flags, completion, context);
        } finally {
            endpoint.leave(true);
        }
    }

    /**
     * Sends a request, and waits for room if there is none.
     *
     * @throws SoftpathException as the method that does not wait; Refused ETIMEDOUT if there is no
     *     room in time, EDEADLK within a handler
     */
    public void request(
            Peer to,
            int handler,
            long[] args,
            MemorySegment data,
            long offset,
            int length,
            int flags,
            ActiveCompletion completion,
            Object context,
            Duration timeout) {
        while (!request(to, handler, args, data, offset, length, flags, completion, context)) {
            if (!endpoint.await(room, timeout)) {
                throw SoftpathException.of(
                        Errno.ETIMEDOUT,
                        "active message: no room for one more to peer="
                                + to
                                + " within "
                                + timeout
                                + ": too many have not arrived");
            }
        }
    }
}
