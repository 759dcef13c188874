package io.softpath.psm.engine;

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
     * A receive has matched a message whose bytes wait at the peer: has them brought, as many as
     * there is room for, and completes the receive then.
     *
     * @param remoteRequest what the peer calls its send
     * @param source what it says of where the bytes are, in the words of its path
     */
    void fetch(Request receive, int remoteRequest, long source);

    /** Whether all that was sent has arrived. */
    boolean isIdle();

    /** The peer is gone: forgets what was under way. The requests are told otherwise. */
    void abandon();
}
