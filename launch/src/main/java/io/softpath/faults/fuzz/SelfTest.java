package io.softpath.faults.fuzz;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;

/** Plants each weakness there is, and looks whether it is found. */
final class SelfTest {
    private static final long RECORDS = 2 * Fuzz.ROUND_RECORDS;

    private SelfTest() {}

    /**
     * @param isFound whether it was this that was found, and not something else
     * @param found what was said of it; empty if nobody noticed
     */
    record Finding(String planted, String purpose, boolean isFound, String found) {}

    static List<Finding> run(long seed) {
        List<Finding> findings = new ArrayList<>();
        for (Plant plant : Plant.values()) {
            if (plant != Plant.NONE) {
                findings.add(run(seed, plant));
            }
        }
        return findings;
    }

    static Finding run(long seed, Plant plant) {
        Fuzz fuzz = new Fuzz(seed, EnumSet.of(Target.control, Target.pio), plant);
        Fuzz.Outcome outcome = fuzz.run(0, RECORDS, Long.MAX_VALUE, each -> {});
        return new Finding(
                plant.name(),
                plant.purpose,
                outcome.violation().contains(plant.finding),
                outcome.violation());
    }
}
