package io.softpath.bench.process;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/** Data that differs from place to place, so that a piece in a wrong place is seen. */
public final class Pattern {
    private static final long MIX = 0x9E37_79B9_7F4A_7C15L;

    private Pattern() {}

    /**
     * Fills memory.
     *
     * @param memory aligned to 8 bytes, and a multiple of 8 bytes long
     */
    public static void fill(MemorySegment memory) {
        for (long at = 0; at < memory.byteSize(); at += Long.BYTES) {
            memory.set(JAVA_LONG, at, at * MIX);
        }
    }

    /**
     * Compares the first bytes with what {@link #fill} writes.
     *
     * @throws IllegalStateException if they are not the same
     */
    public static void check(MemorySegment memory, long bytes) {
        for (long at = 0; at < bytes; at += Long.BYTES) {
            if (memory.get(JAVA_LONG, at) != at * MIX) {
                throw new IllegalStateException(
                        "other data came than was sent: offset=" + at + " bytes=" + bytes);
            }
        }
    }
}
