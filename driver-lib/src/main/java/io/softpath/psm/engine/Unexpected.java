package io.softpath.psm.engine;

import java.lang.foreign.MemorySegment;

/** A message that came before anybody asked for it. */
final class Unexpected extends Matchable {
    Peer peer;
    int messageLength;

    /** What has come of it, in {@link #buffer}. */
    int done;

    /** Null if it has no bytes, or if they wait at the sender. */
    MemorySegment buffer;

    /** The id of a long message. */
    int messageId;

    /** The sender's number of its request, if the bytes wait there; else -1. */
    int remoteRequest = -1;

    /** How it was announced, if its bytes wait there. */
    Path via;

    /** What the sender says of where the bytes are that wait there. */
    long source;
}
