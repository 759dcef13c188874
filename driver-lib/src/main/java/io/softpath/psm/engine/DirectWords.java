package io.softpath.psm.engine;

import org.agrona.concurrent.UnsafeBuffer;

/**
 * The words of the memory that a pair shares. Each access is checked to be inside of it, and the
 * memory stays mapped as long as this is reachable: so nothing that a peer writes there, and
 * nothing that becomes of the endpoint, makes an access go astray.
 */
public final class DirectWords {
    private final UnsafeBuffer memory;

    /**
     * @param memory all of it, which stays mapped as long as the buffer is reachable
     */
    public DirectWords(UnsafeBuffer memory) {
        this.memory = memory;
    }

    /** The header of the slot at this place. Acquire: who sees it sees the record. */
    public long header(long slot) {
        return memory.getLongAcquire((int) slot);
    }

    /** Writes the header of the slot at this place, after the record. Release. */
    public void putHeader(long slot, long header) {
        memory.putLongRelease((int) slot, header);
    }

    /** How many records have been taken. Acquire: who sees it may write their slots again. */
    public long taken(long at) {
        return memory.getLongAcquire((int) at);
    }

    /** Says how many records have been taken, when they have been read. Release. */
    public void putTaken(long at, long taken) {
        memory.putLongRelease((int) at, taken);
    }

    /** Part of a record, when the header of its slot has been read. Plain. */
    public long getLong(long at) {
        return memory.getLong((int) at);
    }

    /** Part of a record, before the header of its slot is written. Plain. */
    public void putLong(long at, long value) {
        memory.putLong((int) at, value);
    }

    /** As {@link #getLong}. */
    public int getInt(long at) {
        return memory.getInt((int) at);
    }

    /** As {@link #putLong}. */
    public void putInt(long at, int value) {
        memory.putInt((int) at, value);
    }
}
