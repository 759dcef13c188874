package io.softpath.faults.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.HashSet;
import java.util.Set;

class DiceTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 11, 16, 32, 63, 64})
    void shouldStayInTheFieldAndReachItsBounds(int bits) {
        Dice dice = new Dice(3);
        long most = -1L >>> Long.SIZE - bits;
        Set<Long> values = new HashSet<>();
        for (int i = 0; i < 2000; i++) {
            long value = dice.mutate(1, bits);
            assertEquals(0, value & ~most, "bits=" + bits + " value=" + value);
            values.add(value);
        }
        assertTrue(values.contains(0L) && values.contains(most), "bounds of bits=" + bits);
    }

    @Test
    void shouldSayAgainWhatWasSeen() {
        Dice dice = new Dice(3);
        for (int i = 0; i < 256; i++) {
            dice.remember(0x1234_5678_9ABCL);
        }
        boolean again = false;
        for (int i = 0; i < 1000 && !again; i++) {
            again = dice.mutate(0, Long.SIZE) == 0x1234_5678_9ABCL;
        }
        assertTrue(again);
    }

    @Test
    void shouldGiveEachPartOfARunASeedOfItsOwn() {
        Set<Long> seeds = new HashSet<>();
        for (int part = 0; part < 1000; part++) {
            seeds.add(Dice.seed(9, part));
        }
        assertEquals(1000, seeds.size());
        assertEquals(Dice.seed(9, 5), Dice.seed(9, 5));
    }
}
