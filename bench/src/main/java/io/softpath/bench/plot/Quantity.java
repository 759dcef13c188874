package io.softpath.bench.plot;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;

/** How the values of a unit are written: 1500 ns as 1.5 us, 0.02 GB/s as 20 MB/s. */
public final class Quantity {
    private static final MathContext DIGITS = new MathContext(3);

    private static final List<Step> TIMES =
            List.of(
                    new Step(1, " ns"),
                    new Step(1e3, " us"),
                    new Step(1e6, " ms"),
                    new Step(1e9, " s"));
    private static final List<Step> BANDWIDTHS =
            List.of(
                    new Step(1e-9, " B/s"),
                    new Step(1e-6, " kB/s"),
                    new Step(1e-3, " MB/s"),
                    new Step(1, " GB/s"));
    private static final List<Step> SIZES =
            List.of(
                    new Step(1, ""),
                    new Step(1 << 10, "K"),
                    new Step(1 << 20, "M"),
                    new Step(1 << 30, "G"));
    private static final List<Step> NUMBERS =
            List.of(new Step(1, ""), new Step(1e3, " k"), new Step(1e6, " M"), new Step(1e9, " G"));

    private final String unit;
    private final List<Step> steps;

    private Quantity(String unit, List<Step> steps) {
        this.unit = unit;
        this.steps = steps;
    }

    /** Values in that unit. */
    public static Quantity of(String unit) {
        return switch (unit) {
            case "ns" -> new Quantity(unit, TIMES);
            case "GB/s" -> new Quantity(unit, BANDWIDTHS);
            default -> new Quantity(unit, NUMBERS);
        };
    }

    /** Sizes of messages, in bytes; K, M and G are powers of 1024. */
    public static Quantity ofSizes() {
        return new Quantity("bytes (1K = 1024)", SIZES);
    }

    /** What the values are counted in, whatever a single one is written in. */
    String unit() {
        return unit;
    }

    /** Whether a label says the unit. */
    boolean saysUnit() {
        return !steps.getFirst().suffix.isEmpty();
    }

    /** A value as it is read. */
    String label(double value) {
        Step best = steps.getFirst();
        for (Step step : steps) {
            // A little less is as much: 1e-9 * 1e12 need not be 1e3.
            if (Math.abs(value) >= step.factor * (1 - 1e-9)) {
                best = step;
            }
        }
        if (value == 0) {
            return "0";
        }
        return plain(value / best.factor) + best.suffix;
    }

    /** The percentile of 1 / (1 - p): 99.9 of 1000. */
    static String percent(double value) {
        BigDecimal above = BigDecimal.valueOf(100 / value).round(new MathContext(2));
        return BigDecimal.valueOf(100).subtract(above).stripTrailingZeros().toPlainString();
    }

    /** At most three digits, but all of a large whole number. */
    static String plain(double value) {
        BigDecimal exact = BigDecimal.valueOf(value);
        BigDecimal rounded =
                Math.abs(value) >= 1000
                        ? exact.setScale(0, DIGITS.getRoundingMode())
                        : exact.round(DIGITS);
        return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
    }

    private record Step(double factor, String suffix) {}
}
