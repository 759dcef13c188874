package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class HumanTest {
    @Test
    void shouldUseTheLargestUnitThatLosesNothing() {
        assertEquals("0 B", Human.bytes(0));
        assertEquals("2176 B", Human.bytes(2176));
        assertEquals("4 KiB", Human.bytes(4096));
        assertEquals("1536 KiB", Human.bytes(3 << 19));
        assertEquals("2 MiB", Human.bytes(2 << 20));
    }

    @Test
    void shouldGiveAnAgeInItsTwoLargestUnits() {
        assertEquals("0.0s", Human.age(5_000, 4_000));
        assertEquals("1.5s", Human.age(0, 1_500));
        assertEquals("2m3s", Human.age(0, 123_000));
        assertEquals("1h1m", Human.age(0, 3_660_000));
        assertEquals("3d2h", Human.age(0, (3 * 24 + 2) * 3_600_000L));
    }
}
