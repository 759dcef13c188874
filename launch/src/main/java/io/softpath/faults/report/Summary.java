package io.softpath.faults.report;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The figures of several runs together.
 *
 * @param seeds of the runs
 * @param rounds in all
 * @param seconds in all
 * @param faults of each kind
 * @param points processes that killed themselves at each named point
 * @param messages sent, acknowledged, failed, delivered
 * @param lostCount ranks that lost their device because its daemon was killed
 * @param lostMedianMs from the kill until the rank knew, the median
 * @param lost99Ms that of 99 %
 * @param lostMaxMs the longest
 * @param found what was wrong
 */
public record Summary(
        List<Long> seeds,
        int rounds,
        double seconds,
        Map<String, Integer> faults,
        Map<String, Integer> points,
        Map<String, Long> messages,
        int lostCount,
        double lostMedianMs,
        double lost99Ms,
        double lostMaxMs,
        List<Found> found) {
    /** Adds up. */
    public static Summary of(List<CampaignResult> runs) {
        Map<String, Integer> faults = new TreeMap<>();
        Map<String, Integer> points = new TreeMap<>();
        Map<String, Long> messages = new TreeMap<>();
        for (RoundResult round : (Iterable<RoundResult>) all(runs)::iterator) {
            round.faults().forEach((kind, count) -> faults.merge(kind, count, Integer::sum));
            round.points().forEach((point, count) -> points.merge(point, count, Integer::sum));
            round.messages().forEach((what, count) -> messages.merge(what, count, Long::sum));
        }
        List<Double> lost = all(runs).flatMap(r -> r.lostMs().stream()).sorted().toList();
        return new Summary(
                runs.stream().map(CampaignResult::seed).distinct().toList(),
                (int) all(runs).count(),
                all(runs).mapToLong(RoundResult::ms).sum() / 1e3,
                Collections.unmodifiableMap(faults),
                Collections.unmodifiableMap(points),
                Collections.unmodifiableMap(messages),
                lost.size(),
                percentile(lost, 50),
                percentile(lost, 99),
                percentile(lost, 100),
                all(runs).flatMap(r -> r.found().stream()).toList());
    }

    private static Stream<RoundResult> all(List<CampaignResult> runs) {
        return runs.stream().flatMap(run -> run.rounds().stream());
    }

    private static double percentile(List<Double> sorted, int percent) {
        if (sorted.isEmpty()) {
            return 0;
        }
        int rank = (int) Math.ceil(percent / 100.0 * sorted.size());
        return sorted.get(Math.max(0, rank - 1));
    }

    /** What the whole came to, in a sentence. */
    public String verdict() {
        return found.isEmpty()
                ? "Every promise held."
                : found.size() + (found.size() == 1 ? " violation." : " violations.");
    }
}
