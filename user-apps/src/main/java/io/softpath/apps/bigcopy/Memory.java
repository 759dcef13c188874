package io.softpath.apps.bigcopy;

import io.softpath.abi.control.BaseInfo;
import io.softpath.abi.model.ChipModel;
import io.softpath.driver.Context;
import io.softpath.driver.PinnedRegion;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;

import java.nio.ByteBuffer;

/** Pinned memory of a rank, in slots of one size. */
final class Memory implements AutoCloseable {
    static final long MAX_BYTES = 64L << 20;

    private static final int PAGE_BYTES = ChipModel.TID_MAX_SIZE;

    /** So that reading, moving and writing go on at the same time. */
    private static final int SLOTS = 8;

    private static final int MAX_SLOTS = 64;

    /** Where the chip has TID flows it leaves out the header entries of the others. */
    static final int PACKETS_OF_AN_ENTRY = 16;

    private final PinnedRegion region;
    private final long wantedBytes;

    private Memory(PinnedRegion region, long wantedBytes) {
        this.region = region;
        this.wantedBytes = wantedBytes;
    }

    /**
     * Pins what was asked for, else as much as there are TIDs for, else as much of it as the limit
     * of locked memory allows.
     *
     * @throws SoftpathException.Exhausted ENOMEM if that is not even a page
     */
    static Memory pin(Context context, long askedBytes) {
        long wanted =
                askedBytes == 0
                        ? (long) context.baseInfo().tidcnt() * PAGE_BYTES
                        : Math.max(askedBytes / PAGE_BYTES, 1) * PAGE_BYTES;
        for (long bytes = wanted; ; bytes = Math.max(bytes / 2 / PAGE_BYTES, 1) * PAGE_BYTES) {
            try {
                return new Memory(context.pin(bytes), wanted);
            } catch (SoftpathException.Exhausted e) {
                if (!e.errno().equals(Errno.ENOMEM) || bytes == PAGE_BYTES) {
                    throw e;
                }
            }
        }
    }

    /** The largest slots that make sense here: the smaller of both ranks' is taken. */
    int bestSlotBytes() {
        Context context = region.context();
        long entries = context.baseInfo().rcvhdrCnt() / 2; // of the queue, for the data of a window
        long bytesOfAnEntry =
                (context.expected().hasFlows() ? PACKETS_OF_AN_ENTRY : 1)
                        * (context.maxPayloadBytes() / 2L);
        long bytes = Math.min(region.bytes() / SLOTS, entries * bytesOfAnEntry);
        bytes = Math.min(bytes, context.expected().maxWindowBytes());
        return (int) Math.max(bytes / PAGE_BYTES, 1) * PAGE_BYTES;
    }

    /**
     * How many chunks may be under way as far as this rank goes: their messages must find room in
     * its queues, for what does not is lost.
     */
    int mostSlots() {
        BaseInfo info = region.context().baseInfo();
        return Math.clamp(Math.min(info.rcvhdrCnt() / 4, info.tidegrcnt() / 2), 1, MAX_SLOTS);
    }

    /** The memory of each slot. */
    ByteBuffer[] slots(int slotBytes, int count) {
        ByteBuffer[] slots = new ByteBuffer[count];
        for (int i = 0; i < count; i++) {
            slots[i] = region.segment().asSlice((long) i * slotBytes, slotBytes).asByteBuffer();
        }
        return slots;
    }

    PinnedRegion region() {
        return region;
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
