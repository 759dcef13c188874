package io.softpath.bench.plot;

import java.util.List;

/**
 * Ratios as bars that begin at 1: to the right what is more than what it is compared with, to the
 * left what is less.
 *
 * @param title what it shows
 * @param bars from top to bottom
 */
public record BarPlot(String title, List<Bar> bars) implements Plot {
    private static final double LEFT = 10;
    private static final double RIGHT = Svg.WIDTH - 10;
    private static final double TOP = 24;
    private static final double ROW = 34;
    private static final double HEIGHT = 11;
    private static final double GAP = 4;

    /** Copies the list. */
    public BarPlot {
        bars = List.copyOf(bars);
    }

    /**
     * One bar.
     *
     * @param name what it is called
     * @param ratio above 0
     * @param noisy whether it is to be believed less
     */
    public record Bar(String name, double ratio, boolean noisy) {
        private String says() {
            return Quantity.plain(ratio) + " x" + (noisy ? " (noisy)" : "");
        }
    }

    @Override
    public void write(Markup out, String id) {
        Svg svg = new Svg(out);
        double bottom = TOP + bars.size() * ROW;
        svg.open(id, bottom + GAP, title, description());
        Axis axis = Axis.ofRatios(bars.stream().mapToDouble(Bar::ratio).toArray());
        double free = 0;
        for (Axis.Tick tick : axis.ticks()) {
            double place = place(axis, tick.value());
            double half = Svg.width(tick.label()) / 2;
            double middle = Math.clamp(place, half, Svg.WIDTH - half);
            boolean named = !tick.label().isEmpty() && middle - half >= free;
            svg.line(named ? "grid" : "grid faint", place, TOP, place, bottom);
            if (named) {
                svg.text("middle", middle, TOP - GAP * 2, tick.label());
                free = middle + half + GAP;
            }
        }
        double one = place(axis, 1);
        svg.line("axis", one, TOP, one, bottom);
        for (int i = 0; i < bars.size(); i++) {
            Bar bar = bars.get(i);
            double base = TOP + i * ROW + Svg.FONT + GAP;
            String says = bar.says();
            svg.text("start over", LEFT + GAP, base, bar.name());
            svg.text("end over", RIGHT - GAP, base, says);
            double end = place(axis, bar.ratio());
            svg.bar(
                    bar.noisy() ? "bar noisy" : "bar",
                    Math.min(one, end),
                    base + GAP,
                    Math.max(Math.abs(end - one), 1),
                    HEIGHT,
                    bar.name() + ": " + says);
        }
        svg.close();
    }

    private String description() {
        StringBuilder says = new StringBuilder();
        bars.forEach(bar -> says.append(bar.name + ": " + bar.says() + ". "));
        return says.toString().strip();
    }

    private static double place(Axis axis, double value) {
        return LEFT + axis.place(value) * (RIGHT - LEFT);
    }
}
