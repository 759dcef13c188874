package io.softpath.faults.sim;

import io.softpath.faults.check.Rule;
import io.softpath.faults.check.Violation;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A schedule that breaks a rule.
 *
 * @param bug what was planted; null: nothing
 * @param keep the places of the items that are needed for it; null: all of them
 * @param items how many the schedule has
 */
record Failure(long seed, Bug bug, List<Integer> keep, int items, List<Violation> violations) {
    /** Keep no item at all. */
    static final String NONE = "none";

    /** The most runs to make one shorter. */
    private static final int RUNS = 1500;

    /** Plays the seed's schedule; null if it breaks no rule. */
    static Failure find(long seed, Bug bug, Totals totals) {
        Schedule schedule = Schedule.of(seed);
        List<Violation> violations = play(schedule, bug, new Trace(null), totals);
        return violations.isEmpty()
                ? null
                : new Failure(seed, bug, null, schedule.items().size(), violations);
    }

    static List<Violation> play(Schedule schedule, Bug bug, Trace trace, Totals totals) {
        try (Exchange exchange = new Exchange(schedule, new Sabotage(bug), trace)) {
            List<Violation> violations = exchange.play();
            totals.add(exchange.totals());
            return violations;
        }
    }

    /** The shortest schedule found that breaks the same rule as this one. */
    Failure shrink() {
        return shrink(EnumSet.of(Rule.valueOf(violations.getFirst().rule())));
    }

    /** The shortest schedule found that breaks one of these rules. */
    Failure shrink(Set<Rule> rules) {
        Schedule schedule = Schedule.of(seed);
        Shrinker shrinker = new Shrinker(places -> breaks(rules, schedule.keep(places)), RUNS);
        List<Integer> least = shrinker.shrink(schedule.items().size());
        List<Violation> left = again(schedule.keep(least));
        return new Failure(seed, bug, least, items, left);
    }

    private boolean breaks(Set<Rule> rules, Schedule shorter) {
        return again(shorter).stream().anyMatch(v -> rules.contains(Rule.valueOf(v.rule())));
    }

    private List<Violation> again(Schedule shorter) {
        return play(shorter, bug, new Trace(null), new Totals());
    }

    /** What to type to have it again. */
    String command() {
        return "softpath faults sim --seed "
                + seed
                + (keep == null ? "" : " --keep " + places())
                + (bug == null ? "" : " --plant " + bug.option());
    }

    private String places() {
        return keep.isEmpty()
                ? NONE
                : keep.stream().map(String::valueOf).collect(Collectors.joining(","));
    }
}
