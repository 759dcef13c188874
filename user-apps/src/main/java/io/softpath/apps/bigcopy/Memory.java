package io.softpath.apps.bigcopy;

import io.softpath.abi.model.ChipModel;
import io.softpath.driver.PinnedRegion;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.psm.Endpoint;

import java.lang.foreign.MemorySegment;

/** Pinned memory of a rank, in slots of one size. */
final class Memory implements AutoCloseable {
    static final long MAX_BYTES = 64L << 20;

    private static final int PAGE_BYTES = ChipModel.TID_MAX_SIZE;

    /** Reading, moving and writing go on at the same time. */
    private static final int SLOTS = 8;

    /** As many pages as an IBA7220 has TIDs for. */
    private static final long USUAL_BYTES = 2L << 20;

    private final PinnedRegion region;
    private final long wantedBytes;

    private Memory(PinnedRegion region, long wantedBytes) {
        this.region = region;
        this.wantedBytes = wantedBytes;
    }

    /**
     * Pins what was asked for, else as much as is usual, else as much of it as the limit of locked
     * memory allows.
     *
     * @throws SoftpathException.Exhausted ENOMEM if that is not even a page
     */
    static Memory pin(Endpoint endpoint, long askedBytes) {
        long wanted =
                askedBytes == 0 ? USUAL_BYTES : Math.max(askedBytes / PAGE_BYTES, 1) * PAGE_BYTES;
        for (long bytes = wanted; ; bytes = Math.max(bytes / 2 / PAGE_BYTES, 1) * PAGE_BYTES) {
            try {
                return new Memory(endpoint.pin(bytes), wanted);
            } catch (SoftpathException.Exhausted e) {
                if (!e.errno().equals(Errno.ENOMEM) || bytes == PAGE_BYTES) {
                    throw e;
                }
            }
        }
    }

    /** The size of slots where each rank has so much memory. */
    static int slotBytes(long bytes) {
        return (int) Math.max(bytes / SLOTS / PAGE_BYTES, 1) * PAGE_BYTES;
    }

    /** The memory of each slot, if each rank has so much. */
    MemorySegment[] slots(long bytes) {
        int slotBytes = slotBytes(bytes);
        MemorySegment[] slots = new MemorySegment[(int) (bytes / slotBytes)];
        for (int i = 0; i < slots.length; i++) {
            slots[i] = region.segment().asSlice((long) i * slotBytes, slotBytes);
        }
        return slots;
    }

    /** Pages that the driver has given TIDs. */
    long tidUpdates() {
        return region.context().expected().statistics().get("tid update count");
    }

    long bytes() {
        return region.bytes();
    }

    /** More than {@link #bytes} if the limit of locked memory is too low. */
    long wantedBytes() {
        return wantedBytes;
    }

    @Override
    public void close() {
        region.close();
    }
}
