package io.softpath.daemon.chip;

import java.lang.foreign.MemorySegment;

/**
 * The copy that the payloads of packets add up to, where one begins in both memories where the one
 * before it ends.
 *
 * <p>Between two copies of a page each, a processor waits until the stores of the first are out of
 * its way, and the headers wait with it. So the packets of a burst are checked one after the other,
 * and what they carry is copied at once: when the burst ends, when a packet does not continue the
 * copy, and before a packet shows its user anything.
 */
final class PayloadCopy {
    private MemorySegment from = MemorySegment.NULL;
    private long fromOffset;
    private MemorySegment to = MemorySegment.NULL;
    private long toOffset;
    private long bytes;

    /**
     * Stores the payload of a packet to a page, some time before {@link #finish} returns.
     *
     * @return false if the page is gone, and nothing was or will be stored
     */
    boolean store(UserPage page, int offset, MemorySegment source, long sourceOffset, int count) {
        if (page instanceof MappedPage mapped) {
            add(mapped.memory(), mapped.start() + offset, source, sourceOffset, count);
            return true;
        }
        return page.store(offset, source, sourceOffset, count);
    }

    /** Copies some time before {@link #finish} returns. */
    void add(
            MemorySegment target,
            long targetOffset,
            MemorySegment source,
            long sourceOffset,
            int count) {
        if (targetOffset == toOffset + bytes
                && sourceOffset == fromOffset + bytes
                && source.equals(from)
                && target.equals(to)) {
            bytes += count;
            return;
        }
        finish();
        from = source;
        fromOffset = sourceOffset;
        to = target;
        toOffset = targetOffset;
        bytes = count;
    }

    /** Copies what is not yet copied, and lets go of both memories. */
    void finish() {
        if (bytes != 0) {
            MemorySegment.copy(from, fromOffset, to, toOffset, bytes);
            bytes = 0;
            from = MemorySegment.NULL;
            to = MemorySegment.NULL;
        }
    }
}
