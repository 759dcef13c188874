package io.softpath.bench.plot;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.function.DoubleUnaryOperator;

/** Where values lie between the two ends of an axis, and which of them are written there. */
public final class Axis {
    /** Values that lie farther apart than this are shown by their logarithms. */
    private static final double WIDE = 10;

    /** Beyond so many decades only the powers of ten are written. */
    private static final int FEW_DECADES = 2;

    private static final int LINEAR_TICKS = 5;

    private final String title;
    private final DoubleFunction<String> label;
    private final DoubleUnaryOperator scale;
    private final double least;
    private final double most;
    private final List<Tick> ticks;

    private Axis(
            String title,
            DoubleFunction<String> label,
            DoubleUnaryOperator scale,
            double least,
            double most,
            List<Tick> ticks) {
        this.title = title;
        this.label = label;
        this.scale = scale;
        this.least = scale.applyAsDouble(least);
        this.most = scale.applyAsDouble(most);
        this.ticks = ticks;
    }

    /** A value that is marked. */
    record Tick(double value, String label) {}

    /**
     * An axis for values of one unit: from 0 if they are near each other, by logarithms if not.
     *
     * @throws IllegalArgumentException if there is no value
     */
    public static Axis of(String what, Quantity quantity, double... values) {
        double least = Arrays.stream(values).min().orElseThrow(IllegalArgumentException::new);
        double most = Arrays.stream(values).max().orElseThrow(IllegalArgumentException::new);
        String title = quantity.saysUnit() ? what : what + ", " + quantity.unit();
        return least > 0 && most > least * WIDE
                ? logarithmic(title, quantity, least, most)
                : linear(title, quantity, Math.min(0, least), most);
    }

    /**
     * An axis of powers of two, on which just these are marked; nothing lies one step below the
     * least of them.
     *
     * @throws IllegalArgumentException if there is no value above 0
     */
    public static Axis at(String what, Quantity quantity, double... values) {
        double[] sorted = Arrays.stream(values).distinct().sorted().toArray();
        double first =
                Arrays.stream(sorted)
                        .filter(value -> value > 0)
                        .findFirst()
                        .orElseThrow(IllegalArgumentException::new);
        double nothing = first / 8;
        List<Tick> ticks =
                Arrays.stream(sorted)
                        .mapToObj(value -> new Tick(value, quantity.label(value)))
                        .toList();
        String title = quantity.unit().isEmpty() ? what : what + ", " + quantity.unit();
        double last = sorted[sorted.length - 1];
        return new Axis(
                title,
                quantity::label,
                value -> Math.log(Math.max(value, nothing)),
                sorted[0],
                last > sorted[0] ? last : last * 2,
                ticks);
    }

    /**
     * An axis for 1 / (1 - p), where p is a share of the samples: each percentile of 90, 99, 99.9
     * is as far from the next.
     *
     * @param most the largest that is shown
     */
    public static Axis ofPercentiles(double most) {
        double end = Math.max(most, WIDE);
        List<Tick> ticks = new ArrayList<>(List.of(new Tick(1, "0"), new Tick(2, "50")));
        for (double value = 10; value <= end; value *= 10) {
            ticks.add(new Tick(value, Quantity.percent(value)));
        }
        return new Axis("percentile, %", Quantity::percent, Math::log, 1, end, ticks);
    }

    /** An axis for ratios, by logarithms, with 1 on it. */
    public static Axis ofRatios(double... ratios) {
        double least = Math.min(1, Arrays.stream(ratios).min().orElse(1));
        double most = Math.max(1, Arrays.stream(ratios).max().orElse(1));
        return logarithmic("ratio", Quantity.of(""), least, Math.max(most, least * 2));
    }

    private static Axis linear(String title, Quantity quantity, double least, double most) {
        double span = most > least ? most - least : 1;
        double power = Math.pow(10, Math.floor(Math.log10(span / LINEAR_TICKS)));
        double step = power;
        for (double times : new double[] {2, 5, 10}) {
            if (span / step > LINEAR_TICKS) {
                step = power * times;
            }
        }
        List<Tick> ticks = new ArrayList<>();
        long first = (long) Math.floor(least / step);
        long last = (long) Math.ceil((least + span) / step - 1e-9);
        for (long i = first; i <= last; i++) {
            ticks.add(new Tick(i * step, quantity.label(i * step)));
        }
        return new Axis(title, quantity::label, value -> value, first * step, last * step, ticks);
    }

    private static Axis logarithmic(String title, Quantity quantity, double least, double most) {
        int first = (int) Math.floor(Math.log10(least) + 1e-9);
        int last = (int) Math.ceil(Math.log10(most) - 1e-9);
        boolean few = Math.log10(most / least) <= FEW_DECADES;
        List<Tick> all = new ArrayList<>();
        for (int power = first; power <= last; power++) {
            for (int digit = 1; digit < 10; digit++) {
                double value = digit * Math.pow(10, power);
                boolean written = digit == 1 || few && (digit == 2 || digit == 5);
                all.add(new Tick(value, written ? quantity.label(value) : ""));
            }
        }
        // The ends are the nearest marks around the values.
        double low = all.getFirst().value;
        double high = Math.pow(10, last);
        for (Tick tick : all) {
            low = tick.value <= least * (1 + 1e-9) ? tick.value : low;
        }
        for (Tick tick : all.reversed()) {
            high = tick.value >= most * (1 - 1e-9) ? tick.value : high;
        }
        double from = low;
        double to = high;
        List<Tick> ticks =
                all.stream().filter(tick -> tick.value >= from && tick.value <= to).toList();
        return new Axis(title, quantity::label, Math::log10, from, to, ticks);
    }

    String title() {
        return title;
    }

    List<Tick> ticks() {
        return ticks;
    }

    /** A value as it is read. */
    String label(double value) {
        return label.apply(value);
    }

    /** How far from the beginning of the axis to its end a value lies: 0 to 1. */
    double place(double value) {
        return Math.clamp((scale.applyAsDouble(value) - least) / (most - least), 0, 1);
    }
}
