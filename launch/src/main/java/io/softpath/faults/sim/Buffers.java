package io.softpath.faults.sim;

import io.softpath.psm.sim.SimNode;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Set;

/** A program's buffers: on its heap, or in memory that it has pinned. */
final class Buffers {
    private static final int PINNED = 4;

    private final SimNode node;
    private final Sabotage sabotage;
    private final ArrayDeque<MemorySegment> free = new ArrayDeque<>();
    private final Set<Long> taken = new HashSet<>();
    private boolean made;

    Buffers(SimNode node, Sabotage sabotage) {
        this.node = node;
        this.sabotage = sabotage;
    }

    /** A buffer with these bytes; pinned if wanted, and if there is one. */
    MemorySegment holding(byte[] bytes, boolean pinned) {
        MemorySegment buffer = pinned ? take() : null;
        if (buffer == null) {
            return MemorySegment.ofArray(bytes);
        }
        MemorySegment.copy(MemorySegment.ofArray(bytes), 0, buffer, 0, bytes.length);
        return buffer;
    }

    /** A buffer with room for any message. */
    MemorySegment room(boolean pinned) {
        MemorySegment buffer = pinned ? take() : null;
        return buffer == null ? MemorySegment.ofArray(new byte[Schedule.MAX_BYTES]) : buffer;
    }

    private MemorySegment take() {
        if (!made) {
            made = true;
            make();
        }
        MemorySegment buffer = free.poll();
        if (buffer != null) {
            taken.add(buffer.address());
        }
        return buffer;
    }

    /** They begin anywhere in a page. */
    private void make() {
        for (int i = 0; i < PINNED; i++) {
            int before = 37 * i;
            MemorySegment buffer =
                    node.tids()
                            .pin(before + Schedule.MAX_BYTES)
                            .asSlice(before, Schedule.MAX_BYTES);
            if (node.port() != null) {
                node.port().pin(buffer);
            }
            free.add(buffer);
        }
    }

    void giveBack(MemorySegment buffer) {
        if (buffer.isNative() && !sabotage.strikes(Bug.LEAKED_PIN)) {
            taken.remove(buffer.address());
            free.add(buffer);
        }
    }

    int inUse() {
        return taken.size();
    }
}
