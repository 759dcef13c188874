package io.softpath.psm;

import io.softpath.driver.PinnedRegion;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** The pinned memory of an endpoint: tells which of a program's buffers lie in it. */
final class PinnedBuffers {
    private final List<PinnedRegion> regions = new ArrayList<>();
    private PinnedRegion last;

    void add(PinnedRegion region) {
        regions.removeIf(each -> !each.isOpen());
        regions.add(region);
    }

    /** The open region that all of these bytes lie in; null if there is none. */
    PinnedRegion find(MemorySegment buffer, long offset, long length) {
        if (!buffer.isNative()) {
            return null;
        }
        long address = buffer.address() + offset;
        if (last != null && contains(last, address, length)) {
            return last;
        }
        for (int i = 0; i < regions.size(); i++) {
            PinnedRegion region = regions.get(i);
            if (contains(region, address, length)) {
                last = region;
                return region;
            }
        }
        return null;
    }

    /** Where a buffer that lies in a region begins there, in bytes. */
    static long placeIn(PinnedRegion region, MemorySegment buffer, long offset) {
        return buffer.address() + offset - region.segment().address();
    }

    /** Whether the region of that handle is one of ours, and open. */
    boolean isOpen(int handle) {
        for (int i = 0; i < regions.size(); i++) {
            PinnedRegion region = regions.get(i);
            if (region.handle() == handle) {
                return region.isOpen();
            }
        }
        return false;
    }

    private static boolean contains(PinnedRegion region, long address, long length) {
        if (!region.isOpen()) {
            return false;
        }
        long at = address - region.segment().address();
        return at >= 0 && at <= region.bytes() - length;
    }
}
