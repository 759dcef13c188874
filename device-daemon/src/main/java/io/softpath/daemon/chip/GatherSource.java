package io.softpath.daemon.chip;

import java.lang.foreign.MemorySegment;

/**
 * The pinned memory that the owner of a context may send from with gather records.
 *
 * <p>Called on the chip's own thread, once for each burst of packets: no allocation, no waiting.
 */
public interface GatherSource {
    /**
     * The daemon's mapping of a pinned region.
     *
     * @param handle as the user wrote it into a gather record, any 32 bits
     * @return null if this very owner has no such region, or has it no more
     */
    MemorySegment region(int handle);
}
