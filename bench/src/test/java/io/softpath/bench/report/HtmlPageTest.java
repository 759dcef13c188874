package io.softpath.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.bench.plot.Xml;

import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

class HtmlPageTest {
    private static final String HOSTILE = "chip.<script>alert(\"&amp;'\")</script>\u0001";
    private static final Pattern FETCHED =
            Pattern.compile("src=|url\\(|@import|http-equiv|\\son\\w+=");

    @Test
    void shouldHaveEachResultInItsTable() throws Exception {
        List<Result> results = MadeUp.many();
        Document page = page(results);

        List<String> rows =
                Xml.all(page, "th").stream()
                        .filter(th -> th.getAttribute("scope").equals("row"))
                        .map(th -> th.getTextContent().strip())
                        .toList();
        assertEquals(
                results.stream().map(Result::name).sorted().toList(),
                rows.stream().sorted().toList());
        assertEquals(results.size() * 8, Xml.all(page, "td").size());
        assertEquals(7, Xml.all(page, "tbody").size());
    }

    @Test
    void shouldDrawAPlotForWhatBelongsTogether() throws Exception {
        List<String> titles = titles(page(MadeUp.many()));

        assertTrue(
                titles.containsAll(
                        List.of(
                                "chip: ratio to floor.handover.rtt",
                                "mq: ratio to memcpy",
                                "chip: time by percentile",
                                "mq, 8 B: time by percentile",
                                "peer, 16 MiB: time by percentile",
                                "mq: rate by size",
                                "mq: bandwidth by size",
                                "peer: time by size",
                                "scale: rate by contexts",
                                "scale: time by contexts")),
                titles::toString);
        // They are in the plots of what is compared with them.
        assertFalse(titles.contains("floor: time by percentile"), titles::toString);
        assertFalse(titles.contains("memcpy: bandwidth by size"), titles::toString);
        assertEquals(titles.size(), Set.copyOf(titles).size(), titles::toString);
    }

    @Test
    void shouldDrawTheFloorAloneIfNothingElseWasMeasured() throws Exception {
        assertEquals(
                List.of("floor: time by percentile"),
                titles(page(List.of(MadeUp.times("floor.handover.rtt", 140)))));
    }

    @Test
    void shouldEscapeWhateverNamesAndNotesHold() throws Exception {
        Result hostile = MadeUp.times(HOSTILE, 100).noted(HOSTILE);
        Report report =
                MadeUp.report(
                        List.of(new Warning("kind", HOSTILE)),
                        List.of(hostile, MadeUp.times("a", 200).comparedTo(hostile)),
                        List.of(new Absent(HOSTILE, HOSTILE)));

        Document page = Xml.parse(HtmlPage.of(report, HOSTILE));

        String shown = HOSTILE.replace('\u0001', '\ufffd');
        assertEquals(List.of(), Xml.all(page, "script"));
        for (String holder : List.of("li", "dt", "dd", "a", "p", "text")) {
            List<String> texts = Xml.texts(page, holder).stream().map(String::strip).toList();
            assertTrue(texts.contains(shown), () -> holder + ": " + texts);
        }
    }

    @Test
    void shouldNeedNothingElseThanItself() throws Exception {
        String text = HtmlPage.of(report(MadeUp.many()), "read this");
        Document page = Xml.parse(text);

        assertFalse(FETCHED.matcher(text).find());
        assertEquals(List.of(), Xml.all(page, "link"));
        Set<String> ids = new HashSet<>();
        for (Element element : Xml.all(page, "*")) {
            String id = element.getAttribute("id");
            assertTrue(id.isEmpty() || ids.add(id), id);
        }
        for (Element link : Xml.all(page, "a")) {
            assertTrue(ids.contains(link.getAttribute("href").replaceFirst("^#", "")));
        }
        for (Element svg : Xml.all(page, "svg")) {
            assertTrue(
                    ids.containsAll(List.of(svg.getAttribute("aria-labelledby").split(" ", -1))));
        }
    }

    @Test
    void shouldDrawNothingOutsideOfAPlot() throws Exception {
        for (Element svg : Xml.all(page(MadeUp.many()), "svg")) {
            String[] box = svg.getAttribute("viewBox").split(" ", -1);
            for (String axis : List.of("x", "x1", "x2", "cx", "y", "y1", "y2", "cy")) {
                double end = Double.parseDouble(box[axis.contains("x") ? 2 : 3]);
                for (double value : coordinates(svg, axis)) {
                    assertTrue(value >= 0 && value <= end, axis + "=" + value);
                }
            }
        }
    }

    @Test
    void shouldLeaveOutWhatThereIsNot() throws Exception {
        Document page = page(List.of(MadeUp.value("a.b", "bytes", 0)));

        assertEquals(List.of(), Xml.all(page, "svg"));
        assertEquals(
                List.of("Machine", "Results"),
                Xml.texts(page, "h2").stream().map(String::strip).toList());
    }

    private static List<Double> coordinates(Element svg, String name) {
        List<Double> values = new ArrayList<>();
        var elements = svg.getElementsByTagName("*");
        for (int i = 0; i < elements.getLength(); i++) {
            String value = ((Element) elements.item(i)).getAttribute(name);
            if (!value.isEmpty()) {
                values.add(Double.parseDouble(value));
            }
        }
        return values;
    }

    private static List<String> titles(Document page) {
        return Xml.texts(page, "figcaption").stream().map(String::strip).toList();
    }

    private static Document page(List<Result> results) throws Exception {
        return Xml.parse(HtmlPage.of(report(results), "read this"));
    }

    private static Report report(List<Result> results) {
        return MadeUp.report(List.of(), results, List.of());
    }
}
