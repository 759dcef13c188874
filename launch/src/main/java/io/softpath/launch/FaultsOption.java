package io.softpath.launch;

import io.softpath.faults.plan.Plan;
import io.softpath.faults.plan.PlanException;
import io.softpath.faults.plan.PlanFile;
import io.softpath.psm.PsmDevices;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;

/** The plan that a command is given as a file. */
public final class FaultsOption {
    private FaultsOption() {}

    /**
     * Reads it.
     *
     * @param file null: no plan
     * @throws Trouble saying where it is wrong
     */
    public static Plan read(Path file) {
        if (file == null) {
            return Plan.NONE;
        }
        try {
            return PlanFile.read(file);
        } catch (PlanException e) {
            throw new Trouble(ExitCode.USAGE, e.getMessage(), e);
        } catch (UncheckedIOException e) {
            throw new Trouble(
                    ExitCode.UNAVAILABLE, e.getMessage() + ": " + Trouble.reason(e.getCause()), e);
        }
    }

    /** As {@link #read}, of a plan of which nothing is for others than a daemon. */
    static Plan readForDaemon(Path file) {
        Plan plan = read(file);
        if (plan.concernsRanks() || !plan.byTime().isEmpty() || plan.restartNs() != Plan.NEVER) {
            throw new Trouble(
                    ExitCode.USAGE,
                    file
                            + ": faults of ranks, faults by time and restarts are done by who"
                            + " starts the processes: use softpath run --faults, or give this"
                            + " daemon a plan without them");
        }
        return plan;
    }

    /** Refuses a plan for ranks that there are not. */
    public static void checkRanks(Plan plan, int ranks) {
        try {
            plan.checkRanks(ranks);
        } catch (PlanException e) {
            throw new Trouble(ExitCode.USAGE, e.getMessage(), e);
        }
    }

    /** A link with troubles is there to be used, as with {@code --link}. */
    static Map<String, String> rankEnvironment(Plan plan) {
        return plan.link().isEmpty() || System.getenv(PsmDevices.VARIABLE) != null
                ? Map.of()
                : Map.of(PsmDevices.VARIABLE, "self,ipath");
    }
}
