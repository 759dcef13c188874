package io.softpath.daemon.chip;

import java.lang.foreign.MemorySegment;

/**
 * The memory of one context as the chip sees it. All of it may be shared with a hostile user.
 *
 * @param userRegisters the user register page: the chip writes the tails, the user the heads
 * @param pioBuffers the context's PIO buffers, back to back; written by the user
 * @param rcvHdrq the receive header queue; written by the chip, never read back
 * @param rcvEgrBuffers the eager buffers, chunk after chunk; written by the chip
 * @param rcvHdrTail the page that receives a copy of the header queue tail; null unless the model
 *     copies it
 * @param gather what gather records of this context may send from; null if it may not use them
 */
public record ContextMemory(
        MemorySegment userRegisters,
        MemorySegment pioBuffers,
        MemorySegment rcvHdrq,
        MemorySegment rcvEgrBuffers,
        MemorySegment rcvHdrTail,
        GatherSource gather) {}
