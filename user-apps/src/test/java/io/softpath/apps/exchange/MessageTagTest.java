package io.softpath.apps.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import org.junit.jupiter.api.Test;

class MessageTagTest {
    @Test
    void shouldKeepEachPartAtItsMost() {
        int most = MessageTag.MAX_INCARNATION;
        long tag = MessageTag.of(MessageTag.HELLO, most, 0, MessageTag.MAX_SEQUENCE);
        assertEquals(MessageTag.HELLO, MessageTag.kind(tag));
        assertEquals(most, MessageTag.from(tag));
        assertEquals(0, MessageTag.to(tag));
        assertEquals(MessageTag.MAX_SEQUENCE, MessageTag.sequence(tag));
        assertEquals(0, tag & MessageTag.BOND);
    }

    @Test
    void shouldTearSoThatTheNumberIsAnothers() {
        long tag = MessageTag.of(MessageTag.MESSAGE, 3, 4, 5);
        long torn = Plant.torn(tag, MessageTag.of(MessageTag.MESSAGE, 3, 4, 6));
        assertEquals(6, MessageTag.sequence(torn));
        assertEquals(3, MessageTag.from(torn));
        assertNotEquals(tag, torn);
    }
}
