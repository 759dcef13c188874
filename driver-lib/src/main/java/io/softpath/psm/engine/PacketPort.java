package io.softpath.psm.engine;

import io.softpath.abi.psm.EndpointId;

import java.lang.foreign.MemorySegment;

/** Where an engine's packets go, and what it can ask about who takes them. */
public interface PacketPort {
    /** The run id of nobody in particular. */
    int ANY_RUN = 0;

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
     * Whether the chip can send these bytes by itself, straight out of memory that it can reach, in
     * packets that have so many each as long as they do not cross a page.
     */
    default boolean gathers(MemorySegment buffer, long offset, int length, int packetBytes) {
        return false;
    }

    /**
     * Has the chip send bytes that it {@link #gathers}, as expected packets. It reads them when it
     * sends, which may be later, but before whatever is sent after this.
     *
     * @param first the header of the first packet; of the others number and TID follow. It has
     *     flags of the last packet only. Not kept
     * @param tids of the pages that they go to: {@code tids[firstTid]} and those behind it
     * @param interval packets for each one that leaves a header entry; the last one does too
     * @return false if there is no buffer now
     */
    default boolean gather(
            int route,
            PacketHeader first,
            int[] tids,
            int firstTid,
            int tidCount,
            int interval,
            MemorySegment buffer,
            long offset,
            int length) {
        throw new UnsupportedOperationException("gather");
    }

    /**
     * Whether the endpoint at the end of a route is no more, for sure: its process is dead or has
     * closed it. A paused one is there. Asked when it has not answered for long; may take a while.
     *
     * @param runId which process we know there: if another one has come to its place since, it is
     *     gone; {@link #ANY_RUN} if that is not known
     */
    boolean isGone(int route, int runId);
}
