package io.softpath.psm;

import io.softpath.driver.Context;
import io.softpath.driver.PinnedRegion;
import io.softpath.driver.expected.Expected;
import io.softpath.error.SoftpathException;
import io.softpath.psm.engine.TidPort;

import java.lang.foreign.MemorySegment;

/** TIDs and flows of a context, for an engine. */
final class ChipTids implements TidPort {
    private final Context context;
    private final Expected expected;
    private final PinnedBuffers pinned;

    ChipTids(Context context, PinnedBuffers pinned) {
        this.context = context;
        this.pinned = pinned;
        expected = context.expected();
    }

    @Override
    public int tidCount() {
        return expected.tidCount();
    }

    @Override
    public boolean checksFlows() {
        return expected.hasFlows();
    }

    @Override
    public boolean isPinned(MemorySegment buffer, long offset, long length) {
        return pinned.find(buffer, offset, length) != null;
    }

    @Override
    public MemorySegment bounce(long bytes) {
        try {
            PinnedRegion region = context.pin(bytes);
            pinned.add(region);
            return region.segment();
        } catch (SoftpathException.Exhausted e) {
            return null;
        }
    }

    @Override
    public boolean acquire(MemorySegment buffer, long offset, long length, int[] tids) {
        PinnedRegion region = pinned.find(buffer, offset, length);
        if (region == null) {
            throw new IllegalStateException(
                    "psm: pinned memory was closed while a message comes into it: offset="
                            + offset
                            + " length="
                            + length);
        }
        long at = PinnedBuffers.placeIn(region, buffer, offset);
        int firstPage = Math.toIntExact(at / PAGE_BYTES);
        int pages = Math.toIntExact((at + length - 1) / PAGE_BYTES) - firstPage + 1;
        return expected.acquire(region, firstPage, pages, tids);
    }

    @Override
    public void release(int[] tids, int count, boolean clean) {
        expected.release(tids, count, clean);
    }

    @Override
    public int takeFlow() {
        return expected.takeFlow();
    }

    @Override
    public int nextGeneration(int flow) {
        return expected.nextGeneration(flow);
    }

    @Override
    public void setFlow(int flow, int generation, int sequence) {
        expected.setFlow(flow, generation, sequence);
    }

    @Override
    public void giveFlow(int flow) {
        expected.giveFlow(flow);
    }
}
