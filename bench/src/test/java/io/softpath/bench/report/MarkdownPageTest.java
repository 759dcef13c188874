package io.softpath.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

import java.util.List;

class MarkdownPageTest {
    private static final String HOSTILE = "a|b\n\n# <script>c</script> `|` \\| [d](e)";
    private static final String ESCAPED =
            "a\\|b # \\<script\\>c\\</script\\> \\`\\|\\` \\\\\\| \\[d\\](e)";

    private static final Result FLOOR = value("floor", 100);

    @Test
    void shouldSayWhatWroteItAndWhereItWasMeasured() {
        Report report =
                MadeUp.report(List.of(new Warning("busy", "It was busy.")), List.of(), List.of());

        List<String> lines =
                MarkdownPage.of(report, "softpath bench --markdown FILE", List.of())
                        .lines()
                        .toList();

        assertEquals(
                List.of(
                        "# Benchmarks",
                        "",
                        "Written by softpath bench --markdown FILE, begun 2025-01-01T00:00:00Z:"
                                + " do not edit it, run that again.",
                        "",
                        "## Machine",
                        "",
                        "* CPU: a CPU",
                        "* Cores: 2, of a virtual machine",
                        "* Memory: 8 GiB",
                        "* Kernel: Linux 6.1",
                        "* Clock source: tsc",
                        "* Java: a JVM 25",
                        "* Load at the start: 0.5",
                        "* Date: 2025-01-01T00:00:00Z",
                        "",
                        "## Before a figure is quoted",
                        "",
                        "* It was busy."),
                lines.subList(0, 18));
    }

    @Test
    void shouldHaveALineForEachGoal() {
        List<Section> sections =
                List.of(
                        section("one", FLOOR, value("trip", 190).comparedTo(FLOOR)),
                        section("two", value("trip", 240), value("peer", 200)));
        Report report = new Report(MadeUp.MACHINE, List.of(), sections);

        String page =
                MarkdownPage.of(
                        report,
                        "",
                        List.of(
                                Goal.atMost("trip", "floor", 2),
                                Goal.atMost("trip", "peer", 0.6),
                                Goal.atLeast("rate", "peer", 1)));

        assertTrue(page.contains("Of 3 goals, met: 1, not met: 1, not measured: 1."), page);
        assertTrue(
                page.contains(
                        """
                        | what | measured | asked |  | in part |
                        |---|--:|---|---|---|
                        | trip / floor | 1.9 | at most 2 | met | one |
                        | trip / peer | 1.2 | at most 0.6 | not met | two |
                        | rate / peer |  | at least 1 | not measured |  |
                        """),
                page);
    }

    @Test
    void shouldShowEachPartWithAllItsResults() {
        Result first = value("trip", 150).comparedTo(FLOOR).noted("a remark");
        List<Section> sections =
                List.of(
                        section("one", FLOOR, first),
                        section("none"),
                        section("two", value("trip", 240)));

        String page =
                MarkdownPage.of(new Report(MadeUp.MACHINE, List.of(), sections), "", List.of());

        assertTrue(
                page.contains(
                        """
                        ### one

                        What it measures. How it is read.

                        | name | median | p90 | p99 | p99.9 | unit | spread | compared |
                        |---|--:|--:|--:|--:|---|--:|---|
                        | floor | 100 | 100 | 100 | 100 | ns | 0 % |  |
                        | trip | 150 | 150 | 150 | 150 | ns | 0 % | 1.5 x floor |

                        * trip: a remark

                        ### two

                        What it measures. How it is read.

                        | name | median | p90 | p99 | p99.9 | unit | spread | compared |
                        |---|--:|--:|--:|--:|---|--:|---|
                        | trip | 240 | 240 | 240 | 240 | ns | 0 % |  |
                        """),
                page);
        assertFalse(page.contains("## Not measured"), page);
    }

    @Test
    void shouldKeepItsShapeWhateverIsSaid() {
        Result hostile = value(HOSTILE, 100).noted(HOSTILE);
        Section section =
                new Section(
                        HOSTILE,
                        HOSTILE,
                        HOSTILE,
                        new Outcome(List.of(hostile), List.of(new Absent(HOSTILE, HOSTILE))));
        Report report =
                new Report(MadeUp.MACHINE, List.of(new Warning("kind", HOSTILE)), List.of(section));

        String page = MarkdownPage.of(report, HOSTILE, List.of(Goal.atMost(HOSTILE, HOSTILE, 1)));

        List<String> lines = page.lines().toList();
        for (String line :
                List.of(
                        "* " + ESCAPED,
                        "### " + ESCAPED,
                        ESCAPED + " " + ESCAPED,
                        "| "
                                + ESCAPED
                                + " / "
                                + ESCAPED
                                + " | 1 | at most 1 | met | "
                                + ESCAPED
                                + " |",
                        "| " + ESCAPED + " | 100 | 100 | 100 | 100 | ns | 0 % |  |",
                        "* " + ESCAPED + ": " + ESCAPED)) {
            assertTrue(lines.contains(line), () -> line + " is not in:\n" + page);
        }
        assertEquals(1, lines.stream().filter(line -> line.startsWith("# ")).count());
        assertFalse(page.contains("<script>"), page);
    }

    @Test
    void shouldSayWhyItIsSo() {
        String page =
                MarkdownPage.of(MadeUp.report(List.of(), MadeUp.many(), List.of()), "", List.of());
        String text = PageText.read("reading.md").strip();

        assertTrue(
                page.contains(
                        "\n## Where softpath wins, where it loses, and why\n\n"
                                + text
                                + "\n\n## All results\n"),
                page);
    }

    private static Section section(String name, Result... results) {
        return MadeUp.section(name, Outcome.of(List.of(results)));
    }

    private static Result value(String name, double value) {
        return Result.ofValues(name, "ns", 1, List.of(value, value));
    }
}
