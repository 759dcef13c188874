package io.softpath.psm;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class RunIdTest {
    @Test
    void shouldGrow() {
        int last = RunId.next();
        for (int i = 0; i < 1_000; i++) {
            int next = RunId.next();
            assertTrue(next - last > 0, next + " after " + last);
            last = next;
        }
    }

    /** Milliseconds since 1970 have more than 32 bits: the lower ones are enough. */
    @Test
    void shouldTellWhatIsBeforeATime() {
        long endOfBits = 0x1_2345_FFFF_FFFFL;
        assertTrue(RunId.isBefore((int) endOfBits, endOfBits + 1));
        assertFalse(RunId.isBefore((int) endOfBits, endOfBits));
        assertFalse(RunId.isBefore((int) (endOfBits + 1), endOfBits));
        assertTrue(RunId.isBefore((int) (endOfBits - 1_000), endOfBits));
    }
}
