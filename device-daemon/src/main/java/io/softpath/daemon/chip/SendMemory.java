package io.softpath.daemon.chip;

import java.lang.foreign.MemorySegment;

/**
 * PIO buffers that one user of a context sends from. A context that several processes share has
 * several of these, and each process its own order of launches.
 *
 * @param pioBuffers the buffers, back to back; written by the user, who may be hostile
 * @param firstBuffer chip-wide number of the first
 * @param count how many there are
 * @param trigger how the user launches
 * @param gather what gather records in these buffers may send from; null if there may be none
 */
public record SendMemory(
        MemorySegment pioBuffers,
        int firstBuffer,
        int count,
        TriggerMode trigger,
        GatherSource gather) {}
