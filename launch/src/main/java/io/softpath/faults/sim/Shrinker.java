package io.softpath.faults.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * Makes a failing schedule shorter: leaves out parts of it, and keeps what still fails. Source:
 * Zeller and Hildebrandt, Simplifying and Isolating Failure-Inducing Input (ddmin).
 */
final class Shrinker {
    private final Predicate<List<Integer>> fails;
    private int runsLeft;

    /**
     * @param fails whether a schedule with items of these places alone fails
     * @param runs how many schedules may be tried
     */
    Shrinker(Predicate<List<Integer>> fails, int runs) {
        this.fails = fails;
        runsLeft = runs;
    }

    /** Fewer places that fail too; none of them can be left out, if there were runs enough. */
    List<Integer> shrink(int items) {
        return shrink(IntStream.range(0, items).boxed().toList());
    }

    List<Integer> shrink(List<Integer> places) {
        List<Integer> least = places;
        int parts = 2;
        while (least.size() > 1 && runsLeft > 0) {
            List<Integer> less = without(least, parts);
            if (less != null) {
                least = less;
                parts = Math.max(parts - 1, 2);
            } else if (parts >= least.size()) {
                break;
            } else {
                parts = Math.min(2 * parts, least.size());
            }
        }
        return least.size() == 1 && holds(List.of()) ? List.of() : least;
    }

    /** Leaves out one of so many parts; null if each of them is needed. */
    private List<Integer> without(List<Integer> places, int parts) {
        for (int part = 0; part < parts; part++) {
            int from = places.size() * part / parts;
            int to = places.size() * (part + 1) / parts;
            List<Integer> rest = new ArrayList<>(places.subList(0, from));
            rest.addAll(places.subList(to, places.size()));
            if (holds(rest)) {
                return rest;
            }
        }
        return null;
    }

    private boolean holds(List<Integer> places) {
        return runsLeft-- > 0 && fails.test(places);
    }
}
