package io.softpath.psm.engine;

import java.lang.foreign.MemorySegment;

/**
 * How messages get to one peer. What comes from it, the path hands to {@link Matching}. Which path
 * it is, is settled when the peer is connected.
 */
interface Path {
    /**
     * Begins to send a message, in whatever way suits its length; completes the request when its
     * buffer is the program's again.
     *
     * @param synchronous only when the receiver has matched
     */
    void send(Request request, boolean synchronous);

    /**
     * Sends a message that leaves nothing behind to wait for: its bytes are copied, and its
     * receiver is woken if it sleeps.
     *
     * @return false if this path cannot do that now, and nothing is done
     */
    default boolean sendNow(long tag, MemorySegment buffer, long offset, int length) {
        return false;
    }

    /**
     * A receive has matched a message whose bytes wait at the peer: has them brought, as many as
     * there is room for, and completes the receive then.
     *
     * @param remoteRequest what the peer calls its send
     * @param source what it says of where the bytes are, in the words of its path
     */
    void fetch(Request receive, int remoteRequest, long source);

    /**
     * Sends an active message. It is the path's, with what it points at, until it has arrived; the
     * path then says so, {@link ActiveMessageEngine#over}. All of them arrive once, requests in
     * their order and replies in theirs; replies must get through while requests do not. What
     * arrives is handed to {@link ActiveMessageEngine#arrived}, a request only while there {@link
     * ActiveMessageEngine#hasRoomForReply is room}: until then it and those behind it wait, and
     * {@link #roomForReply} tells when to look again.
     */
    void send(ActiveSend message);

    /** A reply to the peer has arrived. */
    void roomForReply();

    /** Whether all that was sent has arrived. */
    boolean isIdle();

    /**
     * The peer is gone: forgets what was under way. Requests are told otherwise, active messages
     * here.
     */
    void abandon();
}
