package io.softpath.psm.engine;

/**
 * Hears what becomes of the messages of a matched queue, for somebody who records it. Called in the
 * middle of the fast path: do next to nothing. An engine without one asks a field for null.
 *
 * <p>Messages of a pair of endpoints are numbered from 0 on, by both in the order in which they
 * were sent; the lower 16 bits of the number are in the header of each packet ({@link
 * io.softpath.abi.psm.FlowPsn}).
 */
public interface MessageTrace {
    /** A send was asked for. */
    void posted(Peer to, int number, long tag, int length, boolean synchronous);

    /** A receive was asked for, and nothing that is there matches. */
    void receivePosted(long tag, long selector, int length);

    /** A message, or its announcement, came, and nobody has asked for it. */
    void arrived(Peer from, int number, long tag, int length, boolean announced);

    /** A message has found its receive, in whose buffer there is so much room. */
    void matched(Peer from, int number, long tag, int length, int room);

    /** A send or a receive is complete, see {@link Request#error}; the number is its message's. */
    void completed(Request request, boolean isSend, int number);
}
