package io.softpath.daemon.control;

import io.softpath.daemon.chip.UserPage;

import java.lang.foreign.MemorySegment;

/**
 * A page that its owner never registered: the chip writes to whatever the owner has at that address
 * when a packet comes. Unlike a pinned page it does not outlive its mapping.
 */
record OrdinaryPage(AddressSpace space, long address) implements UserPage {
    @Override
    public boolean store(int offset, MemorySegment from, long fromOffset, int bytes) {
        return space.write(address + offset, from, fromOffset, bytes);
    }
}
