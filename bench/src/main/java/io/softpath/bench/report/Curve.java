package io.softpath.bench.report;

import io.softpath.bench.plot.LinePlot.Line;
import io.softpath.bench.plot.LinePlot.Point;

import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A result, or several that differ in one number, as a curve.
 *
 * @param family what the names begin with, up to the first dot
 * @param kind what else all curves of a plot have in common
 * @param base name of the curve that it is compared with; null if it is not compared
 * @param line what is drawn
 */
record Curve(String family, String kind, String base, Line line) {
    private static final Pattern SIZE = Pattern.compile("\\.(\\d+)(B|KiB|MiB|GiB)(?=\\.|$)");
    private static final Pattern CONTEXTS = Pattern.compile("\\.(\\d+)(ctx)(?=\\.|$)");
    private static final Map<String, Double> FACTORS =
            Map.of("B", 1.0, "KiB", 0x1p10, "MiB", 0x1p20, "GiB", 0x1p30, "ctx", 1.0);

    /** How many points there are between a percentile and one with half as many samples above. */
    private static final int POINTS_PER_HALF = 5;

    private static final String TIME = "ns";

    String name() {
        return line.name();
    }

    double lowest() {
        return line.points().stream().mapToDouble(Point::y).min().orElse(0);
    }

    /** The times of which there are histograms, by percentile; of a kind if of one size. */
    static List<Curve> ofPercentiles(List<Result> results) {
        List<Curve> curves = new ArrayList<>();
        for (Result result : results) {
            if (result.recorded() != null && result.unit().equals(TIME)) {
                Matcher size = SIZE.matcher(result.name());
                curves.add(
                        new Curve(
                                result.family(),
                                size.find() ? size.group(1) + " " + size.group(2) : "",
                                result.ratioTo(),
                                new Line(result.name(), percentiles(result.recorded()), false)));
            }
        }
        return curves;
    }

    private static List<Point> percentiles(Recorded recorded) {
        Histogram all = recorded.all();
        List<Point> points = new ArrayList<>();
        for (HistogramIterationValue value : all.percentiles(POINTS_PER_HALF)) {
            double above = 1 - value.getPercentileLevelIteratedTo() / 100;
            // None is above the largest; it stands where one sample would be.
            double x = Math.min(1 / above, (double) all.getTotalCount());
            // 0 is less than the clock tells, and has no logarithm.
            long time = Math.max(1, value.getValueIteratedTo());
            points.add(new Point(x, time / (double) recorded.batchSize()));
        }
        return points;
    }

    /** Medians by the size in the name; of a kind if in the same unit. */
    static List<Curve> bySize(List<Result> results) {
        return byNumber(SIZE, results);
    }

    /** Medians by the count of contexts in the name; of a kind if in the same unit. */
    static List<Curve> byContexts(List<Result> results) {
        return byNumber(CONTEXTS, results);
    }

    private static List<Curve> byNumber(Pattern number, List<Result> results) {
        Map<String, List<Result>> series = new LinkedHashMap<>();
        for (Result result : results) {
            if (number.matcher(result.name()).find()) {
                String key = without(number, result.name()) + " " + result.unit();
                series.computeIfAbsent(key, k -> new ArrayList<>()).add(result);
            }
        }
        return series.values().stream()
                .filter(alike -> alike.size() > 1)
                .map(alike -> ofSeries(number, alike))
                .toList();
    }

    private static Curve ofSeries(Pattern number, List<Result> alike) {
        List<Point> points =
                alike.stream()
                        .map(result -> new Point(value(number, result), result.median()))
                        .sorted(Comparator.comparingDouble(Point::x))
                        .toList();
        Result first = alike.getFirst();
        String base =
                Optional.ofNullable(first.ratioTo()).map(to -> without(number, to)).orElse(null);
        Line line = new Line(without(number, first.name()), points, true);
        return new Curve(first.family(), first.unit(), base, line);
    }

    private static String without(Pattern number, String name) {
        return number.matcher(name).replaceFirst("");
    }

    private static double value(Pattern number, Result result) {
        Matcher found = number.matcher(result.name());
        if (!found.find()) {
            throw new IllegalArgumentException("no number in the name: name=" + result.name());
        }
        return Double.parseDouble(found.group(1)) * FACTORS.get(found.group(2));
    }

    /** A name without its size, as it is called in a series. */
    static String withoutSize(String name) {
        return without(SIZE, name);
    }
}
