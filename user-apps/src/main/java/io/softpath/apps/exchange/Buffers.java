package io.softpath.apps.exchange;

import io.softpath.error.SoftpathException;
import io.softpath.psm.Endpoint;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Memory for messages: pinned where there is some, which long messages go straight from and into.
 */
final class Buffers {
    /** Messages of fewer bytes are copied anyhow. */
    private static final int LEAST_PINNED = 4096;

    private static final long SLOT_BYTES = 204_800; // whole pages, and Sizes.MAX_BYTES fits
    private static final int SLOTS = 4;
    private static final Buffer EMPTY = new Buffer(MemorySegment.NULL, false);

    /** Part of the pinned memory, or an array. */
    record Buffer(MemorySegment memory, boolean isPinned) {}

    private final Deque<Buffer> free = new ArrayDeque<>();

    Buffers(Endpoint endpoint) {
        try {
            MemorySegment all = endpoint.pin(SLOTS * SLOT_BYTES).segment();
            for (int i = 0; i < SLOTS; i++) {
                free.add(new Buffer(all.asSlice(i * SLOT_BYTES, SLOT_BYTES), true));
            }
        } catch (SoftpathException.Exhausted e) {
            // Then all messages are copied.
        }
    }

    Buffer take(int length) {
        if (length == 0) {
            return EMPTY;
        }
        if (length >= LEAST_PINNED && !free.isEmpty()) {
            return free.poll();
        }
        return new Buffer(MemorySegment.ofArray(new byte[length]), false);
    }

    void give(Buffer buffer) {
        if (buffer.isPinned()) {
            free.push(buffer);
        }
    }
}
