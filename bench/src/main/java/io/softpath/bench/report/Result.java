package io.softpath.bench.report;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;

import org.HdrHistogram.Histogram;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One figure, taken in several rounds.
 *
 * <p>Each percentile is the median, over the rounds, of that percentile of a round, so that one
 * disturbed round does not decide it. {@code spread} is how far the rounds' medians lie apart:
 * (largest - smallest) / median, 0 for a single round. A result whose spread exceeds {@link
 * #WIDE_SPREAD} is {@code noisy} and its {@code note} says so.
 *
 * @param name dotted name; compared by tools, so it never changes its meaning
 * @param unit unit of every value, e.g. {@code ns}, {@code bytes/packet}, {@code % of a CPU}
 * @param count samples behind the figure, all rounds together
 * @param rounds the median of each round, in the order they ran
 * @param ratio median divided by the median of {@code ratioTo}; null if the result is not compared
 * @param ratioTo name of the result it is compared with; null if the result is not compared
 * @param note what the reader should know before quoting the figure; null if nothing
 * @param recorded what the percentiles are made of; null if of one number a round. Not in JSON
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder({
    "name",
    "unit",
    "median",
    "p90",
    "p99",
    "p999",
    "count",
    "spread",
    "noisy",
    "ratio",
    "ratio_to",
    "rounds",
    "note"
})
public record Result(
        String name,
        String unit,
        double median,
        double p90,
        double p99,
        double p999,
        long count,
        double spread,
        List<Double> rounds,
        Double ratio,
        @JsonProperty("ratio_to") String ratioTo,
        String note,
        @JsonIgnore Recorded recorded) {

    /**
     * Above this, two runs of the same code differ by so much that the figure should not be quoted
     * alone.
     */
    public static final double WIDE_SPREAD = 0.25;

    /** Copies the list of rounds. */
    public Result {
        rounds = List.copyOf(rounds);
    }

    /** True if the rounds disagree by more than {@link #WIDE_SPREAD}. */
    @JsonProperty("noisy")
    public boolean noisy() {
        return spread > WIDE_SPREAD;
    }

    /** What its name begins with, up to the first dot. */
    @JsonIgnore
    String family() {
        return name.split("\\.", 2)[0];
    }

    /**
     * A result made of one histogram a round; values are taken as they are, in {@code unit}.
     *
     * @throws IllegalArgumentException if there is no round or a round has no sample
     */
    public static Result ofHistograms(String name, String unit, List<Histogram> rounds) {
        return ofBatches(name, unit, rounds, 1);
    }

    /**
     * A result made of one histogram a round, in which a value stands for a whole batch of
     * operations: values are divided by the size of a batch, samples multiplied by it.
     *
     * @throws IllegalArgumentException if there is no round or a round has no sample
     */
    public static Result ofBatches(
            String name, String unit, List<Histogram> rounds, int batchSize) {
        long count = 0;
        List<Double> medians = new ArrayList<>();
        double[] p90 = new double[rounds.size()];
        double[] p99 = new double[rounds.size()];
        double[] p999 = new double[rounds.size()];
        for (int i = 0; i < rounds.size(); i++) {
            Histogram round = rounds.get(i);
            if (round.getTotalCount() == 0) {
                throw new IllegalArgumentException(
                        "no sample in a round: name=" + name + " round=" + i);
            }
            count += round.getTotalCount() * batchSize;
            medians.add(round.getValueAtPercentile(50) / (double) batchSize);
            p90[i] = round.getValueAtPercentile(90) / (double) batchSize;
            p99[i] = round.getValueAtPercentile(99) / (double) batchSize;
            p999[i] = round.getValueAtPercentile(99.9) / (double) batchSize;
        }
        return of(
                name,
                unit,
                count,
                medians,
                Statistics.median(p90),
                Statistics.median(p99),
                Statistics.median(p999),
                new Recorded(rounds, batchSize));
    }

    /**
     * A result made of one number a round; its percentiles are those of the rounds.
     *
     * @param count samples behind the numbers, all rounds together
     * @throws IllegalArgumentException if there is no round
     */
    public static Result ofValues(String name, String unit, long count, List<Double> values) {
        double[] all = values.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(all);
        return of(
                name,
                unit,
                count,
                values,
                Statistics.percentile(all, 90),
                Statistics.percentile(all, 99),
                Statistics.percentile(all, 99.9),
                null);
    }

    private static Result of(
            String name,
            String unit,
            long count,
            List<Double> medians,
            double p90,
            double p99,
            double p999,
            Recorded recorded) {
        if (medians.isEmpty()) {
            throw new IllegalArgumentException("no round: name=" + name);
        }
        double[] all = medians.stream().mapToDouble(Double::doubleValue).toArray();
        double spread = Statistics.spread(all);
        String note = spread > WIDE_SPREAD ? wideNote(all) : null;
        return new Result(
                name,
                unit,
                Statistics.median(all),
                p90,
                p99,
                p999,
                count,
                spread,
                medians,
                null,
                null,
                note,
                recorded);
    }

    private static String wideNote(double[] medians) {
        return "spread too wide to quote: the rounds' medians lie between "
                + Statistics.round(Arrays.stream(medians).min().orElseThrow())
                + " and "
                + Statistics.round(Arrays.stream(medians).max().orElseThrow());
    }

    /**
     * The same result compared with another one.
     *
     * @throws IllegalArgumentException if the units differ or the other median is not positive
     */
    public Result comparedTo(Result base) {
        if (!unit.equals(base.unit)) {
            throw new IllegalArgumentException(
                    "cannot compare units: "
                            + name
                            + "="
                            + unit
                            + " "
                            + base.name
                            + "="
                            + base.unit);
        }
        if (!(base.median > 0)) {
            throw new IllegalArgumentException(
                    "nothing to compare with: " + base.name + " median=" + base.median);
        }
        return new Result(
                name,
                unit,
                median,
                p90,
                p99,
                p999,
                count,
                spread,
                rounds,
                median / base.median,
                base.name,
                note,
                recorded);
    }

    /** The same result with a sentence for the reader, after what its note says already. */
    public Result noted(String sentence) {
        String both = note == null ? sentence : note + "; " + sentence;
        return new Result(
                name, unit, median, p90, p99, p999, count, spread, rounds, ratio, ratioTo, both,
                recorded);
    }
}
