package io.softpath.launch;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Memory in which each qword says where it belongs and who wrote it.
 *
 * <pre>
 *  byte 0          {@link #FROM}                            {@link #TO}        {@link #BYTES}
 *      | canary      | canary, or data of some sender     | canary      |
 * </pre>
 *
 * Windows lie between {@link #FROM} and {@link #TO}, neither of which is a page border: a page that
 * is pinned has canaries on it too, and pages that are never pinned are nothing else.
 */
final class Marked {
    static final int BYTES = 96 * 4096;
    static final int FROM = 8 * 4096 + 1032;
    static final int TO = 88 * 4096 - 520;

    private static final long CANARY = -1;

    private Marked() {}

    /** What belongs at an offset: one value in 2^64 would fit elsewhere too (splitmix64). */
    private static long qword(long writer, long offset) {
        long z = (writer << 32) + offset;
        z = (z ^ z >>> 30) * 0xBF58_476D_1CE4_E5B9L;
        z = (z ^ z >>> 27) * 0x94D0_49BB_1331_11EBL;
        return z ^ z >>> 31;
    }

    static void fillWithCanaries(MemorySegment memory) {
        fill(memory, CANARY);
    }

    /** Fills it with what a sender sends; its number is from 0 on. */
    static void fill(MemorySegment memory, long sender) {
        for (long offset = 0; offset < BYTES; offset += Long.BYTES) {
            memory.set(ValueLayout.JAVA_LONG, offset, qword(sender, offset));
        }
    }

    /** Insists that a part of it came from this sender, each qword to its place. */
    static void check(MemorySegment memory, long sender, long from, long to) {
        for (long offset = from; offset < to; offset += Long.BYTES) {
            if (memory.get(ValueLayout.JAVA_LONG, offset) != qword(sender, offset)) {
                throw wrong(memory, offset, "sender " + sender);
            }
        }
    }

    /**
     * Insists that nothing but the part that windows are in has changed, and that there each qword
     * is a canary or came, to its place, from one of these senders.
     *
     * @param senders their numbers
     * @return qwords that came from a sender
     */
    static int check(MemorySegment memory, Iterable<Long> senders) {
        int data = 0;
        for (long offset = 0; offset < BYTES; offset += Long.BYTES) {
            long value = memory.get(ValueLayout.JAVA_LONG, offset);
            if (value == qword(CANARY, offset)) {
                continue;
            }
            if (offset < FROM || offset >= TO) {
                throw wrong(memory, offset, "a canary");
            }
            boolean known = false;
            for (long sender : senders) {
                known |= value == qword(sender, offset);
            }
            if (!known) {
                throw wrong(memory, offset, "a canary, or data of " + senders);
            }
            data++;
        }
        return data;
    }

    private static AssertionError wrong(MemorySegment memory, long offset, String expected) {
        return new AssertionError(
                "offset="
                        + offset
                        + " qword=0x"
                        + Long.toHexString(memory.get(ValueLayout.JAVA_LONG, offset))
                        + " is not "
                        + expected);
    }
}
