package io.softpath.faults.fuzz;

import io.softpath.abi.model.ChipModel;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;

/** Plants each weakness there is, and looks whether it is found. */
final class SelfTest {
    private static final long RECORDS = 2 * Fuzz.ROUND_RECORDS;

    /** Enough for a process to come upon what is rare. */
    private static final long PROCESS_RECORDS = 20_000;

    private SelfTest() {}

    /**
     * @param isFound whether it was this that was found, and not something else
     * @param found what was said of it; empty if nobody noticed
     */
    record Finding(String planted, String purpose, boolean isFound, String found) {}

    /**
     * @param processes whether to plant in processes too
     */
    static List<Finding> run(long seed, boolean processes) {
        List<Finding> findings = new ArrayList<>();
        for (Plant plant : Plant.values()) {
            if (plant.isOfOneThread()) {
                findings.add(run(seed, plant));
            }
            if (processes && plant.isOfProcesses()) {
                findings.add(runProcesses(seed, plant));
            }
        }
        return findings;
    }

    static Finding run(long seed, Plant plant) {
        Fuzz fuzz = new Fuzz(seed, EnumSet.of(Target.control, Target.pio), plant);
        Fuzz.Outcome outcome = fuzz.run(0, RECORDS, Long.MAX_VALUE, each -> {});
        return finding(plant, "", outcome.violation());
    }

    static Finding runProcesses(long seed, Plant plant) {
        Processes processes =
                new Processes(
                        seed, ChipModel.ALL.getFirst(), new Coverage(), plant, PROCESS_RECORDS);
        String violation = "";
        try {
            processes.run(PROCESS_RECORDS);
        } catch (Violation e) {
            violation = e.getMessage();
        }
        return finding(plant, " in processes", violation);
    }

    private static Finding finding(Plant plant, String where, String violation) {
        return new Finding(
                plant.name() + where, plant.purpose, violation.contains(plant.finding), violation);
    }
}
