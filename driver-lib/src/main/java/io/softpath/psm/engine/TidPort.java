package io.softpath.psm.engine;

import java.lang.foreign.MemorySegment;

/**
 * What expected receive needs of the chip and its driver: a TID for each page, and flows, which say
 * which packet comes next. Used by the thread of the engine.
 */
public interface TidPort {
    int PAGE_BYTES = 4096;

    /** How many TIDs there are. */
    int tidCount();

    /**
     * Whether the chip checks flow, generation and sequence of a packet before it writes, and
     * leaves out header entries. If not it writes whatever names a TID that there is.
     */
    boolean checksFlows();

    /** Whether all of these bytes lie in memory that the chip can reach. */
    boolean isPinned(MemorySegment buffer, long offset, long length);

    /**
     * Memory that the chip can reach, begins at a page, and is nobody else's. Called until there is
     * some.
     *
     * @return null if the limit of locked memory does not allow it
     */
    MemorySegment bounce(long bytes);

    /**
     * Has the pages under pinned memory given TIDs, all or none.
     *
     * @param tids filled, from 0 on, one for each page
     * @return false if there are too few now
     */
    boolean acquire(MemorySegment buffer, long offset, long length, int[] tids);

    /**
     * Takes back what {@link #acquire} gave; the array is used up.
     *
     * @param clean no packet that names one of them can come any more, unless a link doubles some
     */
    void release(int[] tids, int count, boolean clean);

    /** Takes a flow, 0 to 31; -1 if all are in use. */
    int takeFlow();

    /** The next generation of a flow, 1 to 255. */
    int nextGeneration(int flow);

    /** From now on the flow takes packets of this generation, from this number on. */
    void setFlow(int flow, int generation, int sequence);

    /** Gives a flow up: its late packets are of a wrong generation. */
    void giveFlow(int flow);
}
