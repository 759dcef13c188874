package io.softpath.driver.receive;

import java.lang.foreign.MemorySegment;

/**
 * What a {@link RcvHdrqReader} works with.
 *
 * @param userRegisters the mapped register page
 * @param rcvHdrq the mapped header queue
 * @param rcvHdrTail the mapped page with the memory copy of the tail, or {@link
 *     MemorySegment#NULL}: then entries are found by the RHF's sequence number
 * @param rcvEgrBufs the mapped eager buffers
 * @param entryCount entries of the header queue
 * @param entryDwords size of an entry
 * @param rhfOffsetDwords place of the RHF in an entry
 * @param headerOffsetDwords place of the header in an entry, or -1: the RHF says it
 * @param eagerCount eager buffers
 * @param eagerBytes size of an eager buffer
 * @param eagerPerChunk eager buffers in one chunk
 * @param eagerChunkBytes distance between chunks
 * @param useEagerBit whether the RHF says that a packet used an eager buffer; without it every
 *     eager packet uses one
 */
public record ReceiveSetup(
        MemorySegment userRegisters,
        MemorySegment rcvHdrq,
        MemorySegment rcvHdrTail,
        MemorySegment rcvEgrBufs,
        int entryCount,
        int entryDwords,
        int rhfOffsetDwords,
        int headerOffsetDwords,
        int eagerCount,
        int eagerBytes,
        int eagerPerChunk,
        int eagerChunkBytes,
        boolean useEagerBit,
        int lid,
        int context) {
    public boolean tailInMemory() {
        return rcvHdrTail.byteSize() != 0;
    }
}
