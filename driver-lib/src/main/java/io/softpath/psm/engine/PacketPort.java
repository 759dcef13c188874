package io.softpath.psm.engine;

import io.softpath.abi.psm.EndpointId;

import java.lang.foreign.MemorySegment;

/** Where an engine's packets go, and what it can ask about who takes them. */
public interface PacketPort {
    /** Prepares to send to an endpoint; the number to pass to {@link #send}. */
    int route(EndpointId to);

    /** What expected receive needs of the chip; null if it can do without. */
    default TidPort tids() {
        return null;
    }

    /**
     * Sends one packet, eager or expected, which may be lost. The payload has been read when this
     * returns.
     *
     * @param header is not kept
     * @return false if there is no buffer now
     */
    boolean send(int route, PacketHeader header, MemorySegment payload, long offset, int length);

    /**
     * Whether the endpoint at the end of a route is no more, for sure: its process is dead or has
     * closed it. A paused one is there. Asked when it has not answered for long; may take a while.
     */
    boolean isGone(int route);
}
