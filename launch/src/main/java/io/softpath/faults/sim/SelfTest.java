package io.softpath.faults.sim;

import io.softpath.faults.check.Rule;

import java.util.ArrayList;
import java.util.List;

/** Plants each known bug, and looks for it: a checker that cannot fail is worth nothing. */
final class SelfTest {
    /** Seeds to try for each bug. */
    private static final int SEEDS = 2000;

    /**
     * What became of one bug.
     *
     * @param failure the short schedule that shows it; null if it was not found
     * @param seeds how many schedules were played
     */
    record Result(Bug bug, Failure failure, int seeds) {
        boolean found() {
            return failure != null;
        }
    }

    private final long first;

    SelfTest(long first) {
        this.first = first;
    }

    List<Result> run() {
        List<Result> all = new ArrayList<>();
        for (Bug bug : Bug.values()) {
            all.add(look(bug));
        }
        return all;
    }

    /** The first seed that shows it, and by a rule that must. */
    Result look(Bug bug) {
        for (int i = 0; i < SEEDS; i++) {
            Failure failure = Failure.find(first + i, bug, new Totals());
            if (failure != null && isExpected(bug, failure)) {
                return new Result(bug, failure.shrink(bug.finders()), i + 1);
            }
        }
        return new Result(bug, null, SEEDS);
    }

    private static boolean isExpected(Bug bug, Failure failure) {
        return failure.violations().stream()
                .anyMatch(v -> bug.finders().contains(Rule.valueOf(v.rule())));
    }
}
