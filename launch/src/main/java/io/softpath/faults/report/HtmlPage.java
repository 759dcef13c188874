package io.softpath.faults.report;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The report as one HTML page that needs nothing else, neither another file nor a script. */
final class HtmlPage {
    private static final String STYLE =
            """
            :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
            body { max-width: 72rem; margin: 2rem auto; padding: 0 1rem }
            h1 { font-size: 1.5rem } h2 { font-size: 1.15rem; margin-top: 2rem }
            table { border-collapse: collapse } th { text-align: left; font-weight: 500 }
            td, th { padding: .15rem 1.2rem .15rem 0; vertical-align: top }
            .good { color: #1a7f37 } .bad { color: #cf222e }
            pre { white-space: pre-wrap; padding: .6rem; border: 1px solid #8884 }
            svg { width: 100%; height: auto } svg text { fill: currentColor; font-size: 11px }
            .kill { fill: #cf222e } .point { fill: #d4691e } .pause { fill: #0969da }
            .daemon { fill: #8250df } .link { fill: #9a6700 } .other { fill: #57606a }
            .violation { fill: #f0f } .lane { stroke: #8884 } .round { fill: #8881 }
            """;

    private final StringBuilder out = new StringBuilder();

    private HtmlPage() {}

    static String of(Summary summary, List<CampaignResult> runs) {
        return new HtmlPage().write(summary, runs);
    }

    private String write(Summary summary, List<CampaignResult> runs) {
        out.append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/>");
        out.append("<meta name=\"viewport\" content=\"width=device-width\"/>");
        out.append("<title>softpath faults</title><style>").append(STYLE);
        out.append("</style></head><body>\n");
        element("h1", "", "softpath faults run");
        element("p", summary.found().isEmpty() ? "good" : "bad", summary.verdict());
        facts(summary, runs.getFirst());
        counts("Processes killed at each named point", summary.points());
        found(summary.found());
        for (CampaignResult run : runs) {
            element("h2", "", "Time line, seed " + run.seed());
            out.append(TimeLine.of(run));
        }
        return out.append("</body></html>").toString();
    }

    private void facts(Summary summary, CampaignResult first) {
        out.append("<table>");
        row("machine", first.machine());
        row("started", first.started());
        row("command", first.command());
        row("rounds", summary.rounds() + ", in " + Math.round(summary.seconds()) + " s");
        row("faults", Pages.list(summary.faults()));
        row("messages", Pages.list(summary.messages()));
        if (summary.lostCount() > 0) {
            row(
                    "users who lost their daemon",
                    String.format(
                            Locale.ROOT,
                            "%d; they knew after %.1f ms (median), %.1f ms (99 %%), %.1f ms (all)",
                            summary.lostCount(),
                            summary.lostMedianMs(),
                            summary.lost99Ms(),
                            summary.lostMaxMs()));
        }
        out.append("</table>\n");
    }

    private void counts(String heading, Map<String, Integer> counts) {
        if (counts.isEmpty()) {
            return;
        }
        element("h2", "", heading);
        out.append("<table>");
        counts.forEach((name, count) -> row(name, count.toString()));
        out.append("</table>\n");
    }

    private void found(List<Found> found) {
        if (found.isEmpty()) {
            return;
        }
        element("h2", "bad", "Violations");
        for (Found each : found) {
            element("h3", "", "round " + each.round() + ": " + each.rule());
            element("p", "", each.subject());
            element("pre", "", each.text());
            element("pre", "", each.command());
        }
    }

    private void row(String name, String value) {
        out.append("<tr><th scope=\"row\">").append(escape(name)).append("</th><td>");
        out.append(escape(value)).append("</td></tr>");
    }

    private void element(String tag, String type, String text) {
        out.append('<').append(tag);
        if (!type.isEmpty()) {
            out.append(" class=\"").append(type).append('"');
        }
        out.append('>').append(escape(text)).append("</").append(tag).append(">\n");
    }

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
