package io.softpath.bench.report;

import org.HdrHistogram.Histogram;

import java.util.List;

/**
 * The samples behind a result.
 *
 * @param rounds a histogram for each, in the order they ran
 * @param batchSize how many operations one sample stands for
 */
public record Recorded(List<Histogram> rounds, int batchSize) {
    /** Copies the list, not the histograms. */
    public Recorded {
        rounds = List.copyOf(rounds);
    }

    /** The samples of all rounds together. */
    Histogram all() {
        Histogram all = new Histogram(rounds.getFirst().getNumberOfSignificantValueDigits());
        all.setAutoResize(true);
        rounds.forEach(all::add);
        return all;
    }

    /** Without the samples, which fill pages. */
    @Override
    public String toString() {
        return rounds.size() + " rounds, batchSize=" + batchSize;
    }
}
