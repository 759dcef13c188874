package io.softpath.apps.hello;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.List;

class GreetingTest {
    @Test
    void shouldBeALineAndATextOfSeveralPackets() {
        List<byte[]> packets = Greeting.packets(1, 2, 2048);
        assertEquals("hello, world: rank 1 greets rank 2", new String(packets.getFirst(), UTF_8));
        assertEquals(
                List.of(2048, 2048, 2048, 2048, 808),
                packets.stream().skip(1).map(packet -> packet.length).toList());
    }

    @Test
    void shouldBeTheSameOnBothEndsAndDifferBetweenPairs() {
        byte[] mine = Greeting.packets(1, 2, 2048).get(3);
        assertArrayEquals(mine, Greeting.packets(1, 2, 2048).get(3));
        assertFalse(Arrays.equals(mine, Greeting.packets(2, 1, 2048).get(3)));
    }
}
