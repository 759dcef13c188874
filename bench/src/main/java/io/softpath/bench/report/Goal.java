package io.softpath.bench.report;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What is asked of a ratio of two results.
 *
 * @param of name of the result that is divided
 * @param to name of the result that it is divided by
 * @param bound which the ratio is not to exceed, or not to fall below
 * @param atMost true if the ratio is not to exceed it
 */
public record Goal(String of, String to, double bound, boolean atMost) {
    /** What takes time, or costs more the more there is. */
    public static Goal atMost(String of, String to, double bound) {
        return new Goal(of, to, bound, true);
    }

    /** What is better the more there is. */
    public static Goal atLeast(String of, String to, double bound) {
        return new Goal(of, to, bound, false);
    }

    /** The ratio, and what is asked of it, as names of results. */
    String ratio() {
        return of + " / " + to;
    }

    String asked() {
        return (atMost ? "at most " : "at least ") + Statistics.round(bound);
    }

    /**
     * What was measured, in the last part that has both results: two parts' figures were taken at
     * different minutes. What others are compared with is measured once more beside them, after it
     * was measured alone. Empty if no part has both.
     */
    Optional<Reached> in(List<Section> sections) {
        return sections.reversed().stream().map(this::in).flatMap(Optional::stream).findFirst();
    }

    private Optional<Reached> in(Section section) {
        Optional<Result> top = section.result(of);
        Optional<Result> base = section.result(to).filter(result -> result.median() > 0);
        if (top.isEmpty() || base.isEmpty()) {
            return Optional.empty();
        }
        // One of several of a name, which only its part could tell, was what it was compared with.
        double ratio =
                Objects.equals(top.get().ratioTo(), to)
                        ? top.get().ratio()
                        : top.get().comparedTo(base.get()).ratio();
        boolean noisy = top.get().noisy() || base.get().noisy();
        boolean met = atMost ? ratio <= bound : ratio >= bound;
        return Optional.of(new Reached(section.name(), ratio, met, noisy));
    }

    /**
     * How far it was reached.
     *
     * @param part in which both results were measured
     * @param ratio of them
     * @param met whether that is what was asked
     * @param noisy whether the rounds of one of them disagree
     */
    record Reached(String part, double ratio, boolean met, boolean noisy) {
        String verdict() {
            return (met ? "met" : "not met") + (noisy ? ", noisy" : "");
        }
    }
}
