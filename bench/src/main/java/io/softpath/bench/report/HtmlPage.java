package io.softpath.bench.report;

import io.softpath.bench.plot.Markup;
import io.softpath.bench.plot.Plot;

import java.util.List;
import java.util.Map;

/** A report as one HTML page that needs nothing else, neither another file nor a script. */
final class HtmlPage {
    private static final String STYLE = "report.css";

    private final Report report;
    private final Markup out = new Markup();
    private final Map<String, List<String>> notes;
    private int plots;

    private HtmlPage(Report report) {
        this.report = report;
        notes = Report.notes(report.results());
    }

    /**
     * The page.
     *
     * @param sentence what a reader should know of these figures
     */
    static String of(Report report, String sentence) {
        return new HtmlPage(report).write(sentence);
    }

    private String write(String sentence) {
        List<Result> results = report.results();
        out.doctype().open("html", "xmlns", "http://www.w3.org/1999/xhtml", "lang", "en");
        head();
        out.open("body").open("header").element("h1", "softpath bench");
        out.element("p", sentence).close();
        out.open("main");
        machine();
        warnings();
        plots("Ratios", Plots.ratios(results));
        plots("By percentile", Plots.percentiles(results));
        plots("By size of message", Plots.bySize(results));
        plots("By number of contexts", Plots.byContexts(results));
        results();
        absent();
        notes();
        return out.close().close().close().finish();
    }

    private void head() {
        out.open("head").empty("meta", "charset", "utf-8");
        out.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
        out.empty("meta", "name", "color-scheme", "content", "light dark");
        out.element("title", "softpath bench, " + report.machine().date());
        out.element("style", PageText.read(STYLE)).close();
    }

    private void machine() {
        section("Machine");
        out.open("dl", "class", "facts");
        report.machine()
                .facts()
                .forEach((name, value) ->
                        out.open("div").element("dt", name).element("dd", value).close());
        out.close().close();
    }

    private void warnings() {
        if (report.warnings().isEmpty()) {
            return;
        }
        section("Before a figure is quoted", "class", "warnings");
        out.open("ul");
        report.warnings().forEach(warning -> out.element("li", warning.text()));
        out.close().close();
    }

    private void plots(String heading, List<Plot> some) {
        if (some.isEmpty()) {
            return;
        }
        section(heading);
        out.open("div", "class", "plots");
        for (Plot plot : some) {
            out.open("figure").element("figcaption", plot.title());
            plot.write(out, "plot" + ++plots);
            out.close();
        }
        out.close().close();
    }

    private void results() {
        section("Results");
        // A keyboard can scroll only what it can reach.
        out.open("div", "class", "wide", "tabindex", "0", "role", "group", "aria-label", "Results");
        out.open("table");
        out.element("caption", "Medians over the rounds; spread is how far the rounds lie apart.");
        out.open("thead").open("tr");
        for (int i = 0; i < Report.COLUMNS.size(); i++) {
            out.element("th", Report.heading(i), "scope", "col", "class", style(i));
        }
        out.close().close();
        for (List<Result> group : report.groups()) {
            out.open("tbody");
            group.forEach(this::row);
            out.close();
        }
        out.close().close().close();
    }

    private void row(Result result) {
        String[] cells = Report.row(result);
        out.open("tr").open("th", "scope", "row");
        if (result.note() == null) {
            out.text(cells[0]);
        } else {
            out.element("a", cells[0], "href", "#" + noteId(result.note()));
        }
        out.close();
        for (int i = 1; i < cells.length; i++) {
            boolean noisy = i == Report.SPREAD && result.noisy();
            out.element("td", cells[i], "class", noisy ? "noisy" : style(i));
        }
        out.close();
    }

    private static String style(int column) {
        return Report.isText(column) ? "text" : "number";
    }

    private void absent() {
        if (report.absent().isEmpty()) {
            return;
        }
        section("Not measured");
        out.open("dl", "class", "notes");
        for (Absent each : report.absent()) {
            out.element("dt", each.name()).element("dd", each.why());
        }
        out.close().close();
    }

    private void notes() {
        if (notes.isEmpty()) {
            return;
        }
        section("Notes");
        out.open("dl", "class", "notes");
        notes.forEach((note, names) -> {
            out.element("dt", String.join(", ", names), "id", noteId(note));
            out.element("dd", note);
        });
        out.close().close();
    }

    private String noteId(String note) {
        return "note" + (List.copyOf(notes.keySet()).indexOf(note) + 1);
    }

    private void section(String heading, String... attributes) {
        out.open("section", attributes).element("h2", heading);
    }
}
