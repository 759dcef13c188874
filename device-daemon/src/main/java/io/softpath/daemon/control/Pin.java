package io.softpath.daemon.control;

import io.softpath.daemon.chip.UserPage;
import io.softpath.daemon.region.UserMemory;
import io.softpath.linux.MappedMemory;

/**
 * A page of a user that a TID points at.
 *
 * @param memory the piece of memory that it is of; null if it is ordinary memory
 * @param page which page of it
 * @param address where the owner had it
 * @param sinceEpochMs when it was pinned
 * @param target how the chip writes to it
 */
record Pin(UserMemory memory, int page, long address, long sinceEpochMs, UserPage target) {
    static Pin of(UserMemory memory, int page, long address, long nowEpochMs) {
        return new Pin(
                memory,
                page,
                address,
                nowEpochMs,
                UserPage.of(memory.memory(), page * MappedMemory.PAGE_BYTES));
    }

    static Pin ordinary(AddressSpace space, long address, long nowEpochMs) {
        return new Pin(null, 0, address, nowEpochMs, new OrdinaryPage(space, address));
    }

    boolean isOrdinary() {
        return memory == null;
    }

    /** A TID points at it. */
    void entered() {
        if (memory != null) {
            memory.pin(page);
        }
    }

    /** The TID does not any more; the memory may be gone with it. */
    void left(UserMemories owners) {
        if (memory != null) {
            memory.unpin(page);
            owners.forgetIfUnused(memory);
        }
    }

    /** Keeps the memory mapped until {@link #release}. */
    void hold() {
        if (memory != null) {
            memory.hold();
        }
    }

    void release(UserMemories owners) {
        if (memory != null) {
            memory.release();
            owners.forgetIfUnused(memory);
        }
    }
}
