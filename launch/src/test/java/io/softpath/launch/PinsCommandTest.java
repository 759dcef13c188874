package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class PinsCommandTest {
    @Test
    void shouldWriteNumbersAsRanges() {
        assertEquals("", PinsCommand.ranges(new int[0]));
        assertEquals("5", PinsCommand.ranges(new int[] {5}));
        assertEquals("0-3,7", PinsCommand.ranges(new int[] {0, 1, 2, 3, 7}));
        assertEquals("0,2,4-5", PinsCommand.ranges(new int[] {0, 2, 4, 5}));
    }
}
