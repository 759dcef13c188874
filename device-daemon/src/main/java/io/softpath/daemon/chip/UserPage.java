package io.softpath.daemon.chip;

import java.lang.foreign.MemorySegment;

/**
 * One page of a user's own memory, which the driver has pinned and a TID of the chip points at: the
 * way in which the chip writes to it.
 *
 * <p>Called on the chip's own thread, once for each packet: no allocation, no waiting.
 */
public interface UserPage {
    /** Bytes of a page, which is what an expected TID names. */
    int BYTES = 4096;

    /**
     * Stores the payload of a packet. The chip has checked that it lies in the page.
     *
     * @param offset first byte in the page
     * @param from where the payload is; its owner may be changing it
     * @param bytes from 1 to what is left of the page
     * @return false if the page is gone, and nothing was stored
     */
    boolean store(int offset, MemorySegment from, long fromOffset, int bytes);

    /**
     * A page that is mapped here. Whoever unmaps it clears the TIDs that point at it first.
     *
     * @param memory what it is part of; payloads for neighbours in one memory are copied at once
     * @param start where in it the page begins
     * @throws IllegalArgumentException if no whole page is there, or the memory is read-only
     */
    static UserPage of(MemorySegment memory, long start) {
        return new MappedPage(memory, start);
    }
}
