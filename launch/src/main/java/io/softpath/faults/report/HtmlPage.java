package io.softpath.faults.report;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The report as one HTML page that needs nothing else, neither another file nor a script. */
final class HtmlPage {
    private final HtmlWriter out = new HtmlWriter("softpath faults run");

    private HtmlPage() {}

    static String of(Summary summary, List<CampaignResult> runs) {
        return new HtmlPage().write(summary, runs);
    }

    private String write(Summary summary, List<CampaignResult> runs) {
        out.element("p", summary.found().isEmpty() ? "good" : "bad", summary.verdict());
        facts(summary, runs.getFirst());
        counts("Processes killed at each named point", summary.points());
        found(summary.found());
        for (CampaignResult run : runs) {
            out.element("h2", "", "Time line, seed " + run.seed());
            out.raw(TimeLine.of(run));
        }
        return out.end();
    }

    private void facts(Summary summary, CampaignResult first) {
        out.beginTable();
        out.row("machine", first.machine());
        out.row("started", first.started());
        out.row("command", first.command());
        out.row("rounds", summary.rounds() + ", in " + Math.round(summary.seconds()) + " s");
        out.row("faults", Pages.list(summary.faults()));
        out.row("messages", Pages.list(summary.messages()));
        if (summary.lostCount() > 0) {
            out.row(
                    "users who lost their daemon",
                    String.format(
                            Locale.ROOT,
                            "%d; they knew after %.1f ms (median), %.1f ms (99 %%), %.1f ms (all)",
                            summary.lostCount(),
                            summary.lostMedianMs(),
                            summary.lost99Ms(),
                            summary.lostMaxMs()));
        }
        out.endTable();
    }

    private void counts(String heading, Map<String, Integer> counts) {
        if (counts.isEmpty()) {
            return;
        }
        out.element("h2", "", heading);
        out.beginTable();
        counts.forEach((name, count) -> out.row(name, count.toString()));
        out.endTable();
    }

    private void found(List<Found> found) {
        if (found.isEmpty()) {
            return;
        }
        out.element("h2", "bad", "Violations");
        for (Found each : found) {
            out.element("h3", "", "round " + each.round() + ": " + each.rule());
            out.element("p", "", each.subject());
            out.element("pre", "", each.text());
            out.element("pre", "", each.command());
        }
    }
}
