package io.softpath.faults.plan;

import io.softpath.fault.FaultPlan;
import io.softpath.fault.FaultRule;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * What goes wrong in a job.
 *
 * @param seed of all that is random: the same for the same plan
 * @param faults what happens to which process
 * @param link what goes wrong between the chips, as the daemon's option says it; empty: nothing
 * @param restartNs how long after its end the daemon is started again; -1: it is not
 */
public record Plan(long seed, List<Planned> faults, Optional<String> link, long restartNs) {
    /** The daemon is not started again. */
    public static final long NEVER = -1;

    /** Nothing goes wrong. */
    public static final Plan NONE = new Plan(1, List.of(), Optional.empty(), NEVER);

    public Plan {
        faults = List.copyOf(faults);
    }

    /** What a rank is given as {@link io.softpath.fault.Faults#VARIABLE}; empty if nothing. */
    public Optional<String> forRank(int rank, int ranks) {
        List<FaultRule> rules = new ArrayList<>();
        for (int i = 0; i < faults.size(); i++) {
            if (faults.get(i) instanceof Planned.AtPoint fault
                    && fault.target().isRank()
                    && isMeant(i, rank, ranks)) {
                rules.add(fault.rule());
            }
        }
        return text(rules, rank);
    }

    /** What the daemon is given; empty if nothing. */
    public Optional<String> forDaemon() {
        List<FaultRule> rules = new ArrayList<>();
        for (Planned each : faults) {
            if (each instanceof Planned.AtPoint fault && !fault.target().isRank()) {
                rules.add(fault.rule());
            }
        }
        return text(rules, -1);
    }

    private Optional<String> text(List<FaultRule> rules, int process) {
        return rules.isEmpty()
                ? Optional.empty()
                : Optional.of(new FaultPlan(rules, seed + 31L * (process + 1)).toString());
    }

    /** Faults that are done to processes from outside. */
    public List<Planned.ByTime> byTime() {
        return faults.stream()
                .filter(Planned.ByTime.class::isInstance)
                .map(Planned.ByTime.class::cast)
                .toList();
    }

    private boolean isMeant(int fault, int rank, int ranks) {
        Target target = faults.get(fault).target();
        return switch (target.kind()) {
            case RANK -> target.rank() == rank;
            case ANY_RANK -> new SplittableRandom(seed + fault).nextInt(ranks) == rank;
            case EVERY_RANK -> true;
            case DAEMON -> false;
        };
    }

    /** Whether any fault is for ranks. */
    public boolean concernsRanks() {
        return faults.stream().anyMatch(each -> each.target().isRank());
    }

    /** Whether any fault is for the daemon or its link. */
    public boolean concernsDaemon() {
        return link.isPresent()
                || restartNs != NEVER
                || faults.stream().anyMatch(each -> !each.target().isRank());
    }

    /**
     * Whether this plan can be carried out with so many ranks.
     *
     * @throws PlanException naming the rank that is not there
     */
    public void checkRanks(int ranks) {
        for (Planned each : faults) {
            if (each.target().rank() >= ranks) {
                throw new PlanException(
                        "the plan has a fault for "
                                + each.target()
                                + ", and the job ranks 0.."
                                + (ranks - 1)
                                + "; start more with -n, or change the plan");
            }
        }
    }
}
