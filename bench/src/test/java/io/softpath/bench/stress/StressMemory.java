package io.softpath.bench.stress;

import io.softpath.abi.region.AvailPage;
import io.softpath.abi.register.UserRegisters;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Native memory for the states of the stress tests, which are made by the thousand, used once and
 * dropped. Slices come round again after {@value #SLICES} others; jcstress keeps about 10,000
 * states alive.
 */
final class StressMemory {
    private static final int SLICES = 1 << 16;
    private static final int SLICE_BYTES = 256;
    private static final MemorySegment SLAB =
            Arena.global().allocate((long) SLICES * SLICE_BYTES, 4096);
    private static final AtomicInteger NEXT = new AtomicInteger();

    private StressMemory() {}

    /**
     * An avail page of which only {@link AvailPage#CHIP_ASLEEP} may be used: it ends with a slice
     * of its own, what lies before belongs to other states.
     */
    static MemorySegment newAvailPage() {
        MemorySegment slice = newSlice();
        long start = slice.address() - SLAB.address() + SLICE_BYTES - AvailPage.BYTES;
        return start < 0 ? newAvailPage() : SLAB.asSlice(start, AvailPage.BYTES);
    }

    /**
     * User registers of which only the first TID flows may be used: their table is a slice of its
     * own, what lies before belongs to other states.
     */
    static MemorySegment newTidFlows() {
        MemorySegment slice = newSlice();
        long start = slice.address() - SLAB.address() - UserRegisters.RCVTIDFLOW_OFFSET;
        return start < 0
                ? newTidFlows()
                : SLAB.asSlice(start, UserRegisters.RCVTIDFLOW_OFFSET + SLICE_BYTES);
    }

    /** {@value #SLICE_BYTES} bytes of zeros at a multiple of their size. */
    static MemorySegment newSlice() {
        long index = NEXT.getAndIncrement() & SLICES - 1;
        return SLAB.asSlice(index * SLICE_BYTES, SLICE_BYTES).fill((byte) 0);
    }
}
