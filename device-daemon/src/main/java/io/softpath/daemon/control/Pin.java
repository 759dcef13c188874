package io.softpath.daemon.control;

import io.softpath.daemon.chip.UserPage;
import io.softpath.daemon.region.UserMemory;

/**
 * A page of a user that a TID points at.
 *
 * @param memory the piece of memory that it is of
 * @param page which page of it
 * @param address where the owner had it
 * @param sinceEpochMs when it was pinned
 * @param target how the chip writes to it
 */
record Pin(UserMemory memory, int page, long address, long sinceEpochMs, UserPage target) {
    static Pin of(UserMemory memory, int page, long address, long nowEpochMs) {
        return new Pin(memory, page, address, nowEpochMs, UserPage.of(memory.page(page)));
    }
}
