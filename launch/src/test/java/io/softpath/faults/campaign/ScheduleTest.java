package io.softpath.faults.campaign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.stream.IntStream;

class ScheduleTest {
    private static Settings settings(long seed) {
        return new Settings(
                seed,
                1,
                10,
                0,
                6,
                2,
                4000,
                new Rates(8, 1.5, 0.25, 0.5, 0.3),
                30,
                50,
                "",
                30,
                "none",
                "none",
                null);
    }

    @Test
    void shouldFollowFromSeedAndRoundAlone() {
        assertEquals(Schedule.of(settings(7), 3), Schedule.of(settings(7), 3));
        assertNotEquals(Schedule.of(settings(7), 3), Schedule.of(settings(7), 4));
        assertNotEquals(Schedule.of(settings(7), 3), Schedule.of(settings(8), 3));
    }

    @Test
    void shouldHaveAsManyFaultsAsAskedForOnAverage() {
        List<Fault> all =
                IntStream.range(1, 1001)
                        .boxed()
                        .flatMap(round -> Schedule.of(settings(1), round).stream())
                        .toList();
        assertEquals(8000.0, count(all, FaultKind.KILL), 0.0);
        assertEquals(1500.0, count(all, FaultKind.PAUSE), 100.0);
        assertEquals(250.0, count(all, FaultKind.KILL_DAEMON), 60.0);
        assertEquals(500.0, count(all, FaultKind.LINK_DOWN), 100.0);
        assertEquals(300.0, count(all, FaultKind.FREEZE), 80.0);
    }

    @Test
    void shouldStrikeWithinTheRoundAndEveryTarget() {
        List<Fault> all = Schedule.of(settings(5), 1);
        assertTrue(all.stream().allMatch(f -> f.atMs() >= 0 && f.atMs() < 4000));
        for (int rank = 0; rank < 6; rank++) {
            int target = rank;
            assertTrue(
                    IntStream.range(0, 100)
                            .anyMatch(round ->
                                    Schedule.of(settings(5), round).stream()
                                            .anyMatch(f -> f.target() == target)));
        }
        for (int i = 1; i < all.size(); i++) {
            assertTrue(all.get(i - 1).atMs() <= all.get(i).atMs(), "in order of time");
        }
    }

    private static double count(List<Fault> all, FaultKind kind) {
        return (double) all.stream().filter(f -> f.kind() == kind).count();
    }
}
