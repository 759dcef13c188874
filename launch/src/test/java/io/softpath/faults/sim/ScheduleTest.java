package io.softpath.faults.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

class ScheduleTest {
    @Test
    void shouldBeTheSameForTheSameSeed() {
        assertEquals(Schedule.of(5).items(), Schedule.of(5).items());
        assertNotEquals(Schedule.of(5).items(), Schedule.of(6).items());
    }

    @Test
    void shouldBeInOrderOfTheSteps() {
        for (int seed = 0; seed < 100; seed++) {
            List<Item> items = Schedule.of(seed).items();
            for (int i = 1; i < items.size(); i++) {
                assertTrue(items.get(i - 1).step() <= items.get(i).step(), "seed=" + seed);
            }
        }
    }

    @Test
    void shouldHaveEveryKindOfItemSoonerOrLater() {
        Set<Class<?>> seen = new HashSet<>();
        for (int seed = 0; seed < 300; seed++) {
            Schedule.of(seed).items().forEach(item -> seen.add(item.getClass()));
        }
        assertEquals(Set.of(Item.class.getPermittedSubclasses()), seen);
    }

    @Test
    void shouldKeepItemsByTheirPlaces() {
        Schedule whole = Schedule.of(7);
        Schedule some = whole.keep(List.of(0, 4));
        assertEquals(List.of(whole.items().get(0), whole.items().get(4)), some.items());
        assertEquals(whole.steps(), some.steps());
        assertFalse(whole.items().isEmpty());
    }
}
