package io.softpath.fault;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What happens in one process at which points.
 *
 * @param rules the first that covers a passing decides
 * @param seed of all chances: the same passings have the same faults
 */
public record FaultPlan(List<FaultRule> rules, long seed) {
    public FaultPlan {
        rules = List.copyOf(rules);
    }

    /**
     * Reads what {@link #toString} writes, and shorter forms of it:
     *
     * <pre>
     *   pio.half-written=kill@17         at the 17th passing; without @ at the first
     *   direct.claimed=stop:200ms@3..9   at the third to ninth
     *   wait.poll=EINTR@1../10           at the first and each tenth after it
     *   tid.given=kill@1%                at each passing with a chance of 1%
     *   direct.taken=kill@3..9?20%       at each of those with a chance of 20%
     *   close.begun=kill@5+2s            at the fifth that comes 2 s after the start or later
     *   seed=7                           of all chances; 1 unless given
     * </pre>
     *
     * Several of them are separated by semicolons, commas or line ends.
     *
     * @throws IllegalArgumentException naming the word, what was expected, and what is near to it
     */
    public static FaultPlan parse(String text) {
        return new FaultText(text).plan();
    }

    @Override
    public String toString() {
        String all = rules.stream().map(FaultRule::toString).collect(Collectors.joining(";"));
        return all.isEmpty() ? "seed=" + seed : all + ";seed=" + seed;
    }
}
