package io.softpath.psm.engine;

import io.softpath.abi.psm.EndpointId;

import java.lang.foreign.MemorySegment;

/**
 * What an engine asks for so that messages can go to processes of the same host without the chip.
 * All of it may take a while; none of it is asked for each message.
 */
public interface DirectPort {
    /** Memory to share with a peer; null if there is none for the two. */
    DirectLink open(EndpointId peer);

    /** Why the last {@link #open} said that there is none. */
    String refusal();

    /** The handle of the pinned memory that all of these bytes lie in; -1 if in none. Fast. */
    int handleOf(MemorySegment buffer, long offset, int length);

    /** Where these bytes begin in the memory that {@link #handleOf} has just found. Fast. */
    long placeOf(MemorySegment buffer, long offset);

    /** Whether pinned memory of ours is not closed yet. Fast. */
    boolean isOpen(int handle);

    /** Lets a peer read pinned memory of ours; false if that cannot be. */
    boolean grant(EndpointId peer, int handle);

    /** Pinned memory of a peer, to read; null if it does not let us. */
    PeerBytes map(EndpointId peer, int handle);

    /** Memory of a peer, which may change it at any time. */
    interface PeerBytes extends AutoCloseable {
        MemorySegment segment();

        @Override
        void close();
    }
}
