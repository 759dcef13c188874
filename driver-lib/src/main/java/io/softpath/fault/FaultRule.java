package io.softpath.fault;

import java.util.Locale;

/**
 * What happens at one point, and at which of its passings.
 *
 * @param first the first passing that counts, from 1 on
 * @param last the last one
 * @param every of those, each one so far from the last
 * @param chance with which it happens at each of them, 0 to 1
 * @param afterNs passings count from so long after the start of the process on
 */
public record FaultRule(
        FaultPoint point,
        FaultAction action,
        long first,
        long last,
        long every,
        double chance,
        long afterNs) {
    private static final long ALWAYS = Long.MAX_VALUE;
    private static final double PERCENT = 100;

    /**
     * @throws IllegalArgumentException naming the value and what is allowed
     */
    public FaultRule {
        if (!point.allows(action)) {
            throw new IllegalArgumentException(
                    "faults: " + point + "=" + action + ": at this point it is " + point.actions());
        }
        if (first < 1 || last < first) {
            throw new IllegalArgumentException(
                    "faults: "
                            + point
                            + ": passings "
                            + first
                            + ".."
                            + last
                            + " are none: they count from 1 on, and end behind their beginning");
        }
        if (every < 1) {
            throw new IllegalArgumentException(
                    "faults: " + point + ": every=" + every + " is below 1");
        }
        if (!(chance > 0 && chance <= 1)) {
            throw new IllegalArgumentException(
                    "faults: "
                            + point
                            + ": chance="
                            + chance * PERCENT
                            + "% is outside of above 0 to 100%");
        }
        if (afterNs < 0) {
            throw new IllegalArgumentException(
                    "faults: " + point + ": after=" + afterNs + "ns is below 0");
        }
    }

    /** At one passing. */
    public static FaultRule at(FaultPoint point, FaultAction action, long passing) {
        return new FaultRule(point, action, passing, passing, 1, 1, 0);
    }

    /** At each passing from one on, with this chance. */
    public static FaultRule chance(FaultPoint point, FaultAction action, double chance) {
        return new FaultRule(point, action, 1, ALWAYS, 1, chance, 0);
    }

    /** Whether this passing is one of those, before chance has its say. */
    boolean covers(long passing) {
        return passing >= first && passing <= last && (passing - first) % every == 0;
    }

    /** As {@link FaultPlan#parse} reads it. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(point + "=" + action + "@");
        if (first == last) {
            text.append(first);
        } else {
            text.append(first).append("..");
            if (last != ALWAYS) {
                text.append(last);
            }
        }
        if (every != 1) {
            text.append('/').append(every);
        }
        if (chance != 1) {
            text.append(String.format(Locale.ROOT, "?%s%%", Double.toString(chance * PERCENT)));
        }
        if (afterNs != 0) {
            text.append('+').append(Times.text(afterNs));
        }
        return text.toString();
    }
}
