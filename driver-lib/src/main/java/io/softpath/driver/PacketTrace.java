package io.softpath.driver;

import java.lang.foreign.MemorySegment;

/**
 * Hears of each packet that a context sends or receives, for somebody who records it. Called in the
 * middle of the fast path, by the sending and by the receiving thread: do next to nothing.
 */
public interface PacketTrace {
    /** A packet is about to be written and launched: its header is as it will be in memory. */
    void launching(
            int pioBuffer,
            long pbc,
            long lrh,
            long bth,
            long psnAndVcto,
            long flagsAndMessage,
            long protocol,
            long data0,
            long data1,
            MemorySegment payload,
            long offset,
            int length);

    /** An entry was found in the header queue, and will be handed over now. */
    void read(
            long rhf,
            MemorySegment rcvHdrq,
            long headerOffset,
            MemorySegment payload,
            long offset,
            int length);
}
