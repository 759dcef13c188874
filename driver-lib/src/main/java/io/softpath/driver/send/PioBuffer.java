package io.softpath.driver.send;

import io.softpath.memory.WriteOnlyMemory;

import java.lang.foreign.MemorySegment;

/**
 * One PIO buffer: a place to store to, never to load from. Not final so that a test can watch the
 * order of the stores.
 */
public class PioBuffer {
    private final WriteOnlyMemory memory;

    /** A buffer over exactly its own memory: no offset reaches a neighbour. */
    PioBuffer(WriteOnlyMemory memory) {
        this.memory = memory;
    }

    /** Plain store, ordered by a later {@link #putLongRelease} or {@link #putIntRelease}. */
    void putLong(long offset, long value) {
        memory.putLongPlain(offset, value);
    }

    /** Release store: the chip that sees it sees every store made before. */
    void putLongRelease(long offset, long value) {
        memory.putLong(offset, value);
    }

    /** Plain store, ordered by a later release. */
    void putInt(long offset, int value) {
        memory.putIntPlain(offset, value);
    }

    /** Release store: the chip that sees it sees every store made before. */
    void putIntRelease(long offset, int value) {
        memory.putInt(offset, value);
    }

    /** Plain stores of whole dwords. */
    void putBytes(long offset, MemorySegment source, long sourceOffset, long length) {
        memory.copyFrom(source, sourceOffset, offset, length);
    }
}
