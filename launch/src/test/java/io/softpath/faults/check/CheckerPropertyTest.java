package io.softpath.faults.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;

/** Random histories: those that keep the promise pass, each way to spoil one is found. */
class CheckerPropertyTest {
    private static final int HISTORIES = 100;
    private static final long SEED =
            Long.getLong("softpath.check.seed", new SplittableRandom().nextLong());

    @Test
    void shouldFindNothingWrongWithHistoriesThatKeepThePromise() {
        System.out.println("seed=" + SEED);
        for (int i = 0; i < HISTORIES; i++) {
            List<Event> events = Histories.kept(new SplittableRandom(SEED + i), 200);
            assertEquals(List.of(), check(events), "seed=" + (SEED + i));
        }
    }

    @ParameterizedTest
    @EnumSource(Mutation.class)
    void shouldFindWhatWasSpoilt(Mutation mutation) {
        System.out.println("seed=" + SEED);
        for (int i = 0; i < HISTORIES; i++) {
            SplittableRandom random = new SplittableRandom(SEED + i);
            List<Event> events = new ArrayList<>(Histories.kept(random, 200));
            mutation.spoil(events, random);
            assertTrue(
                    check(events).stream().anyMatch(v -> v.rule().equals(mutation.finder.name())),
                    "seed=" + (SEED + i));
        }
    }

    @Test
    void shouldNotMindInWhichOrderEventsAreRead() {
        List<Event> events = new ArrayList<>(Histories.kept(new SplittableRandom(SEED), 500));
        Collections.shuffle(events, new Random(SEED));
        assertEquals(List.of(), check(events), "seed=" + SEED);
    }

    @Test
    void shouldCheckAMillionEvents() {
        List<Event> events = Histories.kept(new SplittableRandom(SEED), 350_000);
        assertTrue(events.size() > 1_000_000, "events=" + events.size());
        assertEquals(List.of(), check(events), "seed=" + SEED);
    }

    private static List<Violation> check(List<Event> events) {
        return Checker.check(new History().addAll(events));
    }
}
