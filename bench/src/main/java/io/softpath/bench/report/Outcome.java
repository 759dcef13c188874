package io.softpath.bench.report;

import java.util.List;

/**
 * What came of a measurement.
 *
 * @param results in the order in which they are reported
 * @param absent what could not be measured here
 */
public record Outcome(List<Result> results, List<Absent> absent) {
    /** Copies the lists. */
    public Outcome {
        results = List.copyOf(results);
        absent = List.copyOf(absent);
    }

    /** Nothing is absent. */
    public static Outcome of(List<Result> results) {
        return new Outcome(results, List.of());
    }
}
