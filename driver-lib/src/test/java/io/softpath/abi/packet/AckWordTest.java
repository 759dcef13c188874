package io.softpath.abi.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class AckWordTest {
    @Test
    void shouldPutTheContextsUpperBitsAtTheTop() {
        assertEquals(0x0300_0000, AckWord.of(0, 3, 0)); // by hand from struct ips_message_header
        assertEquals(0x7F65_4321, AckWord.of(0x654321, 0x1F, 3));
        assertEquals(0xC000_0000, AckWord.of(0, 0x30, 0));
    }

    @Test
    void shouldReadBackEveryField() {
        int word = AckWord.of(0xABCDEF, 42, 2);
        assertEquals(0xABCDEF, AckWord.ackSeq(word));
        assertEquals(42, AckWord.sourceContext(word));
        assertEquals(2, AckWord.sourceSubcontext(word));
    }

    @Test
    void shouldRefuseWhatDoesNotFit() {
        assertThrows(IllegalArgumentException.class, () -> AckWord.of(1 << 24, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> AckWord.of(0, 64, 0));
        assertThrows(IllegalArgumentException.class, () -> AckWord.of(0, 0, 4));
    }
}
