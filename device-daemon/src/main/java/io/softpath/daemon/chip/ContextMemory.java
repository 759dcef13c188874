package io.softpath.daemon.chip;

import java.lang.foreign.MemorySegment;

/**
 * The memory that one context receives in, as the chip sees it. All of it may be shared with a
 * hostile user.
 *
 * @param userRegisters the user register page: the chip writes the tails, the user the heads
 * @param rcvHdrq the receive header queue; written by the chip, never read back
 * @param rcvEgrBuffers the eager buffers, chunk after chunk; written by the chip
 * @param rcvHdrTail the page that receives a copy of the header queue tail; null unless the model
 *     copies it
 */
public record ContextMemory(
        MemorySegment userRegisters,
        MemorySegment rcvHdrq,
        MemorySegment rcvEgrBuffers,
        MemorySegment rcvHdrTail) {}
