package io.softpath.faults.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

class ShrinkerTest {
    @Test
    void shouldKeepWhatIsNeededAndNothingElse() {
        List<Integer> needed = List.of(3, 17, 18, 40);
        Shrinker shrinker = new Shrinker(places -> places.containsAll(needed), 10_000);
        assertEquals(needed, shrinker.shrink(60));
    }

    @Test
    void shouldKeepNothingIfNothingIsNeeded() {
        assertEquals(List.of(), new Shrinker(places -> true, 10_000).shrink(33));
    }

    @Test
    void shouldFindOneOfSeveralCauses() {
        Shrinker shrinker =
                new Shrinker(
                        places ->
                                places.containsAll(List.of(1, 2))
                                        || places.containsAll(List.of(8, 9, 10)),
                        10_000);
        List<Integer> least = shrinker.shrink(20);
        assertTrue(
                least.equals(List.of(1, 2)) || least.equals(List.of(8, 9, 10)), least.toString());
    }

    @Test
    void shouldStopWhenTheRunsAreUsedUpWithWhatFailedLast() {
        int[] runs = {0};
        Shrinker shrinker =
                new Shrinker(
                        places -> {
                            runs[0]++;
                            return places.containsAll(List.of(5, 50));
                        },
                        7);
        List<Integer> least = shrinker.shrink(100);
        assertEquals(7, runs[0]);
        assertTrue(least.containsAll(List.of(5, 50)), least.toString());
    }

    @Test
    void shouldLeaveNothingThatCouldBeLeftOut() {
        long seed = new SplittableRandom().nextLong();
        System.out.println("seed=" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 50; i++) {
            List<Integer> needed =
                    IntStream.range(0, 40).filter(_ -> random.nextInt(6) == 0).boxed().toList();
            List<Integer> least =
                    new Shrinker(places -> places.containsAll(needed), 10_000).shrink(40);
            assertEquals(needed, least, "seed=" + seed);
        }
    }
}
