package io.softpath.daemon.chip;

import java.lang.foreign.MemorySegment;

/** A user's page in memory that the daemon has mapped too: a store is a copy. */
final class MappedPage implements UserPage {
    private final MemorySegment page;

    MappedPage(MemorySegment page) {
        if (page.byteSize() != BYTES || page.isReadOnly()) {
            throw new IllegalArgumentException(
                    "user page: bytes="
                            + page.byteSize()
                            + " readOnly="
                            + page.isReadOnly()
                            + ", a TID needs one writable page of "
                            + BYTES);
        }
        this.page = page;
    }

    @Override
    public boolean store(int offset, MemorySegment from, long fromOffset, int bytes) {
        MemorySegment.copy(from, fromOffset, page, offset, bytes);
        return true;
    }
}
