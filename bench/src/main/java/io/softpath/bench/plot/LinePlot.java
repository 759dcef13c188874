package io.softpath.bench.plot;

import java.util.ArrayList;
import java.util.List;

/**
 * Curves over two axes, with what they are called below them.
 *
 * @param title what it shows
 * @param x the horizontal axis
 * @param y the vertical axis
 * @param lines in the order in which they are listed
 */
public record LinePlot(String title, Axis x, Axis y, List<Line> lines) implements Plot {
    private static final int COLOURS = 8;
    private static final int DASHES = 3;

    private static final double LEFT = 74;
    private static final double RIGHT = Svg.WIDTH - 22;
    private static final double TOP = 14;
    private static final double BOTTOM = 264;
    private static final double GAP = 6;
    private static final double ROW = 18;
    private static final double SAMPLE = 22;

    /** Copies the list. */
    public LinePlot {
        lines = List.copyOf(lines);
    }

    /** One point of a curve. */
    public record Point(double x, double y) {}

    /**
     * One curve.
     *
     * @param name what it is called
     * @param points from left to right
     * @param dotted whether each point was measured: if so it has a dot
     */
    public record Line(String name, List<Point> points, boolean dotted) {
        /** Copies the list. */
        public Line {
            points = List.copyOf(points);
        }
    }

    @Override
    public void write(Markup out, String id) {
        Svg svg = new Svg(out);
        double legend = BOTTOM + 3 * ROW;
        int columns = columns();
        int rows = (lines.size() + columns - 1) / columns;
        svg.open(id, legend + rows * ROW, title, description());
        axes(svg);
        for (int i = 0; i < lines.size(); i++) {
            draw(svg, lines.get(i), i);
        }
        double column = (Svg.WIDTH - GAP) / columns;
        for (int i = 0; i < lines.size(); i++) {
            double left = GAP + i % columns * column;
            int row = i / columns;
            double base = legend + ROW * row + Svg.FONT / 2;
            double middle = base - Svg.FONT / 3;
            svg.line("line " + style(i), left, middle, left + SAMPLE, middle);
            svg.text("start", left + SAMPLE + GAP, base, lines.get(i).name());
        }
        svg.close();
    }

    /** Where each curve begins and ends, for a reader who does not see it. */
    private String description() {
        StringBuilder says = new StringBuilder(y.title() + " over " + x.title() + ".");
        for (Line line : lines) {
            Point first = line.points().getFirst();
            Point last = line.points().getLast();
            says.append(" ").append(line.name()).append(": ").append(at(first));
            says.append(" to ").append(at(last)).append(".");
        }
        return says.toString();
    }

    private String at(Point point) {
        return y.label(point.y()) + " at " + x.label(point.x());
    }

    private int columns() {
        double widest = 0;
        for (Line line : lines) {
            widest = Math.max(widest, SAMPLE + 3 * GAP + Svg.width(line.name()));
        }
        return (int) Math.clamp((Svg.WIDTH - GAP) / widest, 1, 3);
    }

    private void axes(Svg svg) {
        for (Axis.Tick tick : y.ticks()) {
            double place = placeY(tick.value());
            boolean named = !tick.label().isEmpty();
            svg.line(named ? "grid" : "grid faint", LEFT, place, RIGHT, place);
            if (named) {
                svg.text("end", LEFT - 1.5 * GAP, place + Svg.FONT / 3, tick.label());
            }
        }
        double free = 0;
        for (Axis.Tick tick : x.ticks()) {
            double place = placeX(tick.value());
            svg.line("grid", place, TOP, place, BOTTOM);
            double half = Svg.width(tick.label()) / 2;
            if (place - half >= free) {
                svg.text("middle", place, BOTTOM + ROW, tick.label());
                free = place + half + GAP;
            }
        }
        svg.line("axis", LEFT, BOTTOM, RIGHT, BOTTOM);
        svg.line("axis", LEFT, TOP, LEFT, BOTTOM);
        svg.text("middle", (LEFT + RIGHT) / 2, BOTTOM + 2 * ROW, x.title());
        svg.upwards("middle", Svg.FONT, (TOP + BOTTOM) / 2, y.title());
    }

    private void draw(Svg svg, Line line, int index) {
        List<String> points = new ArrayList<>();
        for (Point point : line.points()) {
            points.add(Svg.point(placeX(point.x()), placeY(point.y())));
        }
        svg.curve("line " + style(index), points, line.name());
        if (line.dotted()) {
            for (Point point : line.points()) {
                svg.dot(
                        "dot " + style(index),
                        placeX(point.x()),
                        placeY(point.y()),
                        line.name() + ": " + at(point));
            }
        }
    }

    /** Each colour comes whole, then in dashes, then in dots. */
    private static String style(int index) {
        return "s" + index % COLOURS + " d" + index / COLOURS % DASHES;
    }

    private double placeX(double value) {
        return LEFT + x.place(value) * (RIGHT - LEFT);
    }

    private double placeY(double value) {
        return BOTTOM - y.place(value) * (BOTTOM - TOP);
    }
}
