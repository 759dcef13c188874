package io.softpath.bench.report;

import io.softpath.bench.plot.Axis;
import io.softpath.bench.plot.BarPlot;
import io.softpath.bench.plot.LinePlot;
import io.softpath.bench.plot.LinePlot.Line;
import io.softpath.bench.plot.LinePlot.Point;
import io.softpath.bench.plot.Plot;
import io.softpath.bench.plot.Quantity;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/** What can be drawn of results. A plot holds one family and whatever that is compared with. */
final class Plots {
    /** Families that are read beside curves of another one, without a ratio to them. */
    private static final Map<String, String> BESIDE = Map.of("peer", "mq.direct.");

    /**
     * A curve so many times lower than all others would leave these a part of the plot's height.
     */
    private static final double FAR = 100;

    private Plots() {}

    /** Times by percentile. */
    static List<Plot> percentiles(List<Result> results) {
        List<Plot> plots = new ArrayList<>();
        for (List<Curve> group : groups(Curve.ofPercentiles(results))) {
            Curve first = group.getFirst();
            List<Line> lines = lines(group);
            double most = Arrays.stream(values(lines, Point::x)).max().orElseThrow();
            plots.add(
                    new LinePlot(
                            title(first.family(), first.kind(), "time by percentile"),
                            Axis.ofPercentiles(most),
                            Axis.of("time", Quantity.of("ns"), values(lines, Point::y)),
                            lines));
        }
        return plots;
    }

    /** Medians by the size of messages. */
    static List<Plot> bySize(List<Result> results) {
        return byNumber(Curve.bySize(results), "size", Quantity.ofSizes());
    }

    /** Medians by how many contexts are used. */
    static List<Plot> byContexts(List<Result> results) {
        return byNumber(Curve.byContexts(results), "contexts", Quantity.of(""));
    }

    private static List<Plot> byNumber(List<Curve> curves, String what, Quantity numbers) {
        List<Plot> plots = new ArrayList<>();
        for (List<Curve> group : groups(curves)) {
            Curve first = group.getFirst();
            List<Line> lines = lines(group);
            String measure = measure(first.kind());
            plots.add(
                    new LinePlot(
                            title(first.family(), "", measure + " by " + what),
                            Axis.at(what, numbers, values(lines, Point::x)),
                            Axis.of(measure, Quantity.of(first.kind()), values(lines, Point::y)),
                            lines));
        }
        return plots;
    }

    /** Each ratio that is in the results, those of a family to the same thing together. */
    static List<Plot> ratios(List<Result> results) {
        Map<String, List<BarPlot.Bar>> byTitle = new LinkedHashMap<>();
        for (Result result : results) {
            if (result.ratio() != null && result.ratio() > 0) {
                String base = Curve.withoutSize(result.ratioTo());
                byTitle.computeIfAbsent(
                                title(result.family(), "", "ratio to " + base),
                                title -> new ArrayList<>())
                        .add(new BarPlot.Bar(result.name(), result.ratio(), result.noisy()));
            }
        }
        List<Plot> plots = new ArrayList<>();
        byTitle.forEach((title, bars) -> plots.add(new BarPlot(title, bars)));
        return plots;
    }

    /** The curves of each plot; a plot whose curves are all on another one is left out. */
    private static List<List<Curve>> groups(List<Curve> curves) {
        Map<String, Set<Curve>> groups = new LinkedHashMap<>();
        for (Curve curve : curves) {
            groups.computeIfAbsent(curve.family() + " " + curve.kind(), k -> new LinkedHashSet<>())
                    .add(curve);
        }
        List<List<Curve>> complete = new ArrayList<>();
        for (Set<Curve> own : groups.values()) {
            List<Curve> all = new ArrayList<>(own);
            curves.stream()
                    .filter(curve -> !own.contains(curve) && isReadBeside(own, curve))
                    .forEach(all::add);
            complete.add(all);
        }
        return complete.stream()
                .filter(group ->
                        complete.stream()
                                .noneMatch(other ->
                                        other.size() > group.size() && other.containsAll(group)))
                .toList();
    }

    private static boolean isReadBeside(Collection<Curve> own, Curve other) {
        double lowest = own.stream().mapToDouble(Curve::lowest).min().orElse(0);
        return other.lowest() * FAR >= lowest
                && own.stream().anyMatch(curve -> isReadBeside(curve, other));
    }

    private static boolean isReadBeside(Curve curve, Curve other) {
        String beside = BESIDE.get(curve.family());
        return other.name().equals(curve.base())
                || beside != null
                        && other.kind().equals(curve.kind())
                        && other.name().startsWith(beside);
    }

    private static String title(String family, String kind, String what) {
        return family + (kind.isEmpty() ? "" : ", " + kind) + ": " + what;
    }

    private static String measure(String unit) {
        return switch (unit) {
            case "ns" -> "time";
            case "GB/s" -> "bandwidth";
            default -> unit.endsWith("/s") ? "rate" : "cost";
        };
    }

    private static List<Line> lines(List<Curve> group) {
        return group.stream().map(Curve::line).toList();
    }

    private static double[] values(List<Line> lines, ToDoubleFunction<Point> coordinate) {
        return lines.stream()
                .flatMap(line -> line.points().stream())
                .mapToDouble(coordinate)
                .toArray();
    }
}
