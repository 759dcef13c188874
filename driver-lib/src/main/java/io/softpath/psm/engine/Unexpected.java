package io.softpath.psm.engine;

import org.agrona.BitUtil;

import java.lang.foreign.MemorySegment;

/** A message that came before anybody asked for it. Reused. */
final class Unexpected extends Matchable {
    /** Memory of a message that is longer is not kept for the next one. */
    private static final int KEPT_BYTES = 2048;

    private static final MemorySegment NOTHING = MemorySegment.ofArray(new byte[0]);

    Peer peer;
    int messageLength;

    /** Which message of its pair it is. */
    int number;

    /** What has come of it, in {@link #bytes}. */
    int done;

    /** Room for it, and perhaps more; nothing of interest if its bytes wait at the sender. */
    MemorySegment bytes = NOTHING;

    /** The id of a long message. */
    int messageId;

    /** The sender's number of its request, if the bytes wait there; else -1. */
    int remoteRequest = -1;

    /** How it was announced, if its bytes wait there. */
    Path via;

    /** What the sender says of where the bytes are that wait there. */
    long source;

    Unexpected() {
        selector = -1;
    }

    /** Has room for all of the message. */
    void makeRoom() {
        if (bytes.byteSize() < messageLength) {
            int room = Math.max(messageLength, Long.BYTES);
            if (room <= KEPT_BYTES) {
                room = BitUtil.findNextPositivePowerOfTwo(room);
            }
            bytes = MemorySegment.ofArray(new byte[room]);
        }
    }

    /** Bytes of the message that are kept here; of one that waits at its sender none. */
    int bytesHere() {
        return remoteRequest < 0 ? messageLength : 0;
    }

    /** It is over. */
    void forget() {
        remoteRequest = -1;
        via = null;
        if (messageLength > KEPT_BYTES) {
            bytes = NOTHING;
        }
    }
}
