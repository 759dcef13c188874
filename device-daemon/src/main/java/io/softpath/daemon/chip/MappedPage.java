package io.softpath.daemon.chip;

import java.lang.foreign.MemorySegment;

/** A user's page in memory that the daemon has mapped too: a store is a copy. */
final class MappedPage implements UserPage {
    private final MemorySegment memory;
    private final long start;

    /**
     * @param memory the mapping that the page is part of: pages of one share it, so that what
     *     follows each other there can be copied at once
     */
    MappedPage(MemorySegment memory, long start) {
        if (start < 0 || start > memory.byteSize() - BYTES || memory.isReadOnly()) {
            throw new IllegalArgumentException(
                    "user page: offset="
                            + start
                            + " of bytes="
                            + memory.byteSize()
                            + " readOnly="
                            + memory.isReadOnly()
                            + ", a TID needs one whole writable page of "
                            + BYTES);
        }
        this.memory = memory;
        this.start = start;
    }

    MemorySegment memory() {
        return memory;
    }

    /** Where the page begins in {@link #memory()}. */
    long start() {
        return start;
    }

    @Override
    public boolean store(int offset, MemorySegment from, long fromOffset, int bytes) {
        MemorySegment.copy(from, fromOffset, memory, start + offset, bytes);
        return true;
    }
}
