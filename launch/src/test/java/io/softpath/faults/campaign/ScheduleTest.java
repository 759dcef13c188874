package io.softpath.faults.campaign;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.fault.FaultAction;
import io.softpath.faults.plan.Plan;
import io.softpath.faults.plan.Planned;
import io.softpath.faults.plan.Target;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

class ScheduleTest {
    private static Settings settings(long seed) {
        return settings(seed, Plan.NONE, new Rates(8, 1.5, 0.25, 0.5, 0.3));
    }

    private static Settings settings(long seed, Plan plan, Rates rates) {
        return new Settings(
                seed,
                1,
                10,
                0,
                6,
                2,
                4000,
                plan,
                rates,
                30,
                50,
                "",
                30,
                List.of("none"),
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

    @Test
    void shouldDoWhatAPlanSaysAndNothingElse() {
        long ms = 1_000_000;
        Plan plan =
                new Plan(
                        1,
                        List.of(
                                new Planned.ByTime(
                                        new Target(Target.Kind.RANK, 2),
                                        new FaultAction.Stop(30 * ms),
                                        100 * ms,
                                        100 * ms,
                                        2000 * ms,
                                        5),
                                new Planned.ByTime(
                                        new Target(Target.Kind.DAEMON, -1),
                                        new FaultAction.Kill(),
                                        500 * ms,
                                        900 * ms,
                                        0,
                                        1),
                                new Planned.ByTime(
                                        new Target(Target.Kind.EVERY_RANK, -1),
                                        new FaultAction.Kill(),
                                        3999 * ms,
                                        3999 * ms,
                                        0,
                                        1)),
                        Optional.empty(),
                        Plan.NEVER);
        List<Fault> all = Schedule.of(settings(3, plan, Rates.NONE), 1);
        List<Fault> pauses = all.stream().filter(f -> f.kind() == FaultKind.PAUSE).toList();
        assertEquals(
                List.of(
                        new Fault(100, FaultKind.PAUSE, 2, 30),
                        new Fault(2100, FaultKind.PAUSE, 2, 30)),
                pauses,
                "those behind the end of the round are none");
        Fault daemon =
                all.stream().filter(f -> f.kind() == FaultKind.KILL_DAEMON).findFirst().get();
        assertTrue(daemon.atMs() >= 500 && daemon.atMs() <= 900, daemon.toString());
        assertEquals(6.0, count(all, FaultKind.KILL), 0.0);
        assertEquals(9, all.size());
    }

    private static double count(List<Fault> all, FaultKind kind) {
        return (double) all.stream().filter(f -> f.kind() == kind).count();
    }
}
