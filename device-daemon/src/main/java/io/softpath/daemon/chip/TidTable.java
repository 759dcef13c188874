package io.softpath.daemon.chip;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * The expected TIDs of one context: for each number the page it points at, or none. What travels in
 * packets is an index into this table, so whatever it holds can be looked up. Source:
 * qib_user_pages.c, qib_tid_update.
 */
final class TidTable {
    private final UserPage[] pages;

    // Of pages that are mapped, again: a run looks up one after the other, and the objects lie
    // farther apart than what they say.
    private final MemorySegment[] memories;
    private final long[] starts;
    private int used;

    TidTable(int count) {
        pages = new UserPage[count];
        memories = new MemorySegment[count];
        starts = new long[count];
    }

    /** The page of a TID, or null if the TID is out of the table or not valid. */
    UserPage page(int tid) {
        return tid >= 0 && tid < pages.length ? pages[tid] : null;
    }

    /** The memory that a TID's page is part of, or null if {@link #page} is no mapped page. */
    MemorySegment mapping(int tid) {
        return tid >= 0 && tid < memories.length ? memories[tid] : null;
    }

    /** Where the page of a TID begins in its {@link #mapping}. */
    long start(int tid) {
        return starts[tid];
    }

    void set(int tid, UserPage page) {
        check(tid);
        Objects.requireNonNull(page, "page");
        used += pages[tid] == null ? 1 : 0;
        pages[tid] = page;
        memories[tid] = null;
        if (page instanceof MappedPage mapped) {
            memories[tid] = mapped.memory();
            starts[tid] = mapped.start();
        }
    }

    void clear(int tid) {
        check(tid);
        used -= pages[tid] == null ? 0 : 1;
        pages[tid] = null;
        memories[tid] = null;
    }

    /** How many are valid. */
    int used() {
        return used;
    }

    private void check(int tid) {
        if (tid < 0 || tid >= pages.length) {
            throw new IllegalArgumentException(
                    "chip: tid=" + tid + " is not in the table, choose 0.." + (pages.length - 1));
        }
    }
}
