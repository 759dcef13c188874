package io.softpath.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.bench.report.Goal;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

class GoalsTest {
    @Test
    void shouldCompareWhatOnePartMeasures() {
        for (Goal goal : Goals.ALL) {
            assertTrue(
                    Arrays.stream(Part.values())
                            .map(Part::names)
                            .anyMatch(names ->
                                    names.contains(goal.of()) && names.contains(goal.to())),
                    goal::toString);
        }
    }

    @Test
    void shouldAskOneThingOfARatio() {
        Set<String> ratios = new HashSet<>();
        Goals.ALL.forEach(goal -> ratios.add(goal.of() + " " + goal.to()));

        assertEquals(Goals.ALL.size(), ratios.size());
    }
}
