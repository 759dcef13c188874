package io.softpath.bench.plot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.bench.plot.BarPlot.Bar;
import io.softpath.bench.plot.LinePlot.Line;
import io.softpath.bench.plot.LinePlot.Point;

import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

import java.util.ArrayList;
import java.util.List;

class PlotTest {
    private static final Axis SIZES = Axis.at("size", Quantity.ofSizes(), 8, 4096);
    private static final Axis TIMES = Axis.of("time", Quantity.of("ns"), 100, 2000);

    @Test
    void shouldDrawEachCurveAndSayWhereItBeginsAndEnds() throws Exception {
        Line line = new Line("a <b>", List.of(new Point(8, 100), new Point(4096, 2000)), true);
        Document svg = draw(new LinePlot("one & two", SIZES, TIMES, List.of(line, line)));

        assertEquals(
                "time over size, bytes (1K = 1024)."
                        + " a <b>: 100 ns at 8 to 2 us at 4K.".repeat(2),
                Xml.texts(svg, "desc").getFirst().strip());
        assertEquals("one & two", Xml.texts(svg, "title").getFirst().strip());
        assertEquals(2, Xml.all(svg, "path").size());
        assertEquals(4, Xml.all(svg, "circle").size());
        assertEquals("M74 264 L458 14", Xml.all(svg, "path").getFirst().getAttribute("d"));
        assertTrue(Xml.texts(svg, "text").containsAll(List.of("8", "4K", "100 ns", "1 us")));
    }

    @Test
    void shouldNotWriteOneMarkOverAnother() throws Exception {
        double[] sizes = {100, 101, 102, 1_000_000};
        Axis crowded = Axis.at("size", Quantity.of(""), sizes);
        Line line = new Line("a", List.of(new Point(100, 100), new Point(1e6, 200)), false);
        Document svg = draw(new LinePlot("plot", crowded, TIMES, List.of(line)));

        List<String> texts = Xml.texts(svg, "text");
        assertTrue(texts.containsAll(List.of("100", "1 M")), texts::toString);
        assertFalse(texts.contains("101") || texts.contains("102"), texts::toString);
    }

    @Test
    void shouldTellMoreCurvesApartThanThereAreColours() throws Exception {
        List<Line> lines = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            lines.add(new Line("line " + i, List.of(new Point(8, 100), new Point(64, 200)), false));
        }
        Document svg = draw(new LinePlot("many", SIZES, TIMES, lines));

        List<String> styles =
                Xml.all(svg, "path").stream().map(path -> path.getAttribute("class")).toList();
        assertEquals(24, styles.stream().distinct().count(), styles::toString);
        List<Element> texts = Xml.all(svg, "text");
        String height = svg.getDocumentElement().getAttribute("viewBox").split(" ", -1)[3];
        double last = Double.parseDouble(texts.getLast().getAttribute("y"));
        assertTrue(last < Double.parseDouble(height), last + " " + height);
    }

    @Test
    void shouldDrawRatiosFromOne() throws Exception {
        Document svg =
                draw(
                        new BarPlot(
                                "ratios",
                                List.of(new Bar("more", 10, false), new Bar("less", 0.1, true))));

        List<Element> bars = Xml.all(svg, "rect");
        assertEquals(List.of("240", "10"), bars.stream().map(b -> b.getAttribute("x")).toList());
        assertEquals(
                List.of("230", "230"), bars.stream().map(b -> b.getAttribute("width")).toList());
        assertEquals("bar noisy", bars.getLast().getAttribute("class"));
        assertEquals("more: 10 x. less: 0.1 x (noisy).", Xml.texts(svg, "desc").getFirst().strip());
    }

    private static Document draw(Plot plot) throws Exception {
        Markup out = new Markup();
        plot.write(out, "id");
        Document svg = Xml.parse(out.finish());
        assertEquals("id-title id-desc", svg.getDocumentElement().getAttribute("aria-labelledby"));
        return svg;
    }
}
