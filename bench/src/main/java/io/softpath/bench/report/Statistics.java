package io.softpath.bench.report;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Arrays;

/** The few statistics a report needs, over small arrays of doubles. */
public final class Statistics {
    private static final MathContext FOUR_DIGITS = new MathContext(4, RoundingMode.HALF_EVEN);

    private Statistics() {}

    /**
     * The middle value, or the mean of the two middle ones.
     *
     * @throws IllegalArgumentException if there is no value
     */
    public static double median(double[] values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("median of no values");
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /**
     * The smallest value that at least {@code percent} of the values do not exceed (nearest rank).
     *
     * @param sorted ascending
     * @throws IllegalArgumentException if there is no value or the percentage is not in 0..100
     */
    public static double percentile(double[] sorted, double percent) {
        if (sorted.length == 0) {
            throw new IllegalArgumentException("percentile of no values");
        }
        if (!(percent >= 0 && percent <= 100)) {
            throw new IllegalArgumentException("percentile outside 0..100: percent=" + percent);
        }
        int rank = (int) Math.ceil(percent / 100 * sorted.length);
        return sorted[Math.max(rank, 1) - 1];
    }

    /**
     * How far values lie apart: (largest - smallest) / |median|, or / the largest magnitude if the
     * median is 0; 0 if all are equal. Always finite.
     */
    public static double spread(double[] values) {
        double smallest = Arrays.stream(values).min().orElse(0);
        double largest = Arrays.stream(values).max().orElse(0);
        if (largest == smallest) {
            return 0;
        }
        double median = Math.abs(median(values));
        return (largest - smallest)
                / (median > 0 ? median : Math.max(Math.abs(largest), Math.abs(smallest)));
    }

    /** The value in at most four significant digits, without an exponent: what a table shows. */
    public static String round(double value) {
        if (!Double.isFinite(value)) {
            return String.valueOf(value);
        }
        BigDecimal exact = BigDecimal.valueOf(value);
        BigDecimal rounded =
                Math.abs(value) >= 1000
                        ? exact.setScale(0, RoundingMode.HALF_EVEN)
                        : exact.round(FOUR_DIGITS);
        if (rounded.signum() == 0) {
            return "0";
        }
        String plain = rounded.toPlainString();
        return plain.contains(".") ? plain.replaceAll("0+$", "").replaceAll("\\.$", "") : plain;
    }
}
