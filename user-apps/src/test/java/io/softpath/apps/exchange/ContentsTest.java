package io.softpath.apps.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

class ContentsTest {
    private static final long TAG = MessageTag.of(MessageTag.MESSAGE, 7, 12, 99);

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 9, 2049})
    void shouldFindNothingWrongWithItsOwn(int length) {
        MemorySegment message = message(length);
        assertEquals(-1, Contents.firstWrong(message, TAG));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 8, 2049})
    void shouldFindEveryFlippedBit(int length) {
        for (int bit = 0; bit < 8 * length; bit += 3) {
            MemorySegment message = message(length);
            byte was = message.get(ValueLayout.JAVA_BYTE, bit / 8);
            message.set(ValueLayout.JAVA_BYTE, bit / 8, (byte) (was ^ 1 << bit % 8));
            int found = Contents.firstWrong(message, TAG);
            assertEquals(bit / 8 & -8, found & -8, "bit " + bit + " of " + length + " bytes");
            assertNotEquals(Contents.checksum(message(length)), Contents.checksum(message));
        }
    }

    @Test
    void shouldNotTakeAnotherMessageForIt() {
        long next = MessageTag.of(MessageTag.MESSAGE, 7, 12, 100);
        assertEquals(0, Contents.firstWrong(message(64), next));
    }

    private static MemorySegment message(int length) {
        MemorySegment message = MemorySegment.ofArray(new byte[length]);
        Contents.fill(message, TAG);
        return message;
    }
}
