package io.softpath.faults.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.EnumSet;
import java.util.List;
import java.util.SplittableRandom;

/** Hostile clients in one process: a fixed seed, a fresh one, and weaknesses that must be found. */
class FuzzTest {
    private static final long RECORDS = 300_000;

    @Test
    void shouldTryEveryCommandAndFieldAndDisturbNobody() {
        Fuzz fuzz = new Fuzz(1, EnumSet.allOf(Target.class), Plant.NONE);
        assertEquals("", complaint(fuzz, RECORDS));
        assertEquals(List.of(), fuzz.missing(), "never tried");
        assertTrue(fuzz.honest() > 1000, "honest packets: " + fuzz.honest());
        assertTrue(fuzz.noise() > 1000, "hostile packets at the honest: " + fuzz.noise());
    }

    @Test
    void shouldDisturbNobodyWithSeedsThatNobodyHasTried() {
        long seed = new SplittableRandom().nextLong() >>> 1;
        System.out.println("seed=" + seed);
        Fuzz fuzz = new Fuzz(seed, EnumSet.allOf(Target.class), Plant.NONE);
        assertEquals("", complaint(fuzz, 3 * Fuzz.ROUND_RECORDS));
    }

    private static String complaint(Fuzz fuzz, long records) {
        Fuzz.Outcome outcome = fuzz.run(0, records, Long.MAX_VALUE, each -> {});
        return outcome.isGood() ? "" : outcome.violation() + "; again: " + outcome.repeat();
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"NONE", "SPOILT_MESSAGE"})
    void shouldFindWhatWasPlanted(Plant plant) {
        SelfTest.Finding finding = SelfTest.run(7, plant);
        assertTrue(finding.isFound(), () -> plant.purpose + ": " + finding.found());
    }

    @Test
    void shouldDoTheSameAgainFromTheSameSeed() {
        assertEquals(trace(5), trace(5));
        assertTrue(!trace(5).equals(trace(6)));
    }

    /** What became of a round; times and descriptors aside. */
    private static String trace(long seed) {
        Coverage coverage = new Coverage();
        Round round =
                new Round(
                        seed,
                        EnumSet.of(Target.pio, Target.registers, Target.rcvhdrq, Target.tids),
                        coverage,
                        Plant.NONE);
        round.run(5_000);
        StringBuilder trace = new StringBuilder();
        for (Coverage.Row row : coverage.rows()) {
            if (!row.group.equals("chip counter")) {
                trace.append(row.name).append(row.outcomes()).append('\n');
            }
        }
        return trace.toString();
    }
}
