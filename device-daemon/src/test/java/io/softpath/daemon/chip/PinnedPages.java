package io.softpath.daemon.chip;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Pages of a user, with a canary page before, between and behind them, and what they should hold.
 */
final class PinnedPages {
    private static final byte CANARY = (byte) 0xA5;

    private final MemorySegment memory;
    private final MemorySegment expected;

    PinnedPages(int pages, Arena arena) {
        memory = arena.allocate((2L * pages + 1) * UserPage.BYTES, UserPage.BYTES);
        expected = arena.allocate(memory.byteSize(), UserPage.BYTES);
        memory.fill(CANARY);
        expected.fill(CANARY);
    }

    private static long start(int page) {
        return (2L * page + 1) * UserPage.BYTES;
    }

    UserPage page(int page) {
        return UserPage.of(memory, start(page));
    }

    /** From now on these bytes belong there. */
    void expect(int page, int offset, byte[] bytes) {
        MemorySegment.copy(
                bytes, 0, expected, ValueLayout.JAVA_BYTE, start(page) + offset, bytes.length);
    }

    /** Every byte, canaries too, is what it should be. */
    void check(String what) {
        assertEquals(-1, memory.mismatch(expected), () -> what + ": first wrong byte");
    }
}
