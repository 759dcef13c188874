package io.softpath.faults.report;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The report for the documentation. */
public final class MarkdownPage {
    private MarkdownPage() {}

    static String of(Summary summary, List<CampaignResult> runs) {
        StringBuilder out = new StringBuilder("## Campaign\n\n");
        out.append(summary.verdict()).append("\n\n");
        out.append("| | |\n|---|---|\n");
        row(out, "machine", runs.getFirst().machine());
        row(out, "started", runs.getFirst().started());
        row(out, "seeds", summary.seeds().toString().replaceAll("[\\[\\]]", ""));
        row(out, "rounds", String.valueOf(summary.rounds()));
        row(out, "time", String.format(Locale.ROOT, "%.0f s", summary.seconds()));
        summary.faults().forEach((kind, count) -> row(out, kind, String.valueOf(count)));
        summary.messages()
                .forEach((what, count) -> row(out, "messages " + what, String.valueOf(count)));
        if (summary.lostCount() > 0) {
            row(
                    out,
                    "users who lost their daemon",
                    String.format(
                            Locale.ROOT,
                            "%d; they knew after %.1f ms (median), %.1f ms (99 %%), %.1f ms (all)",
                            summary.lostCount(),
                            summary.lostMedianMs(),
                            summary.lost99Ms(),
                            summary.lostMaxMs()));
        }
        row(out, "command", "`" + runs.getFirst().command() + "`");
        points(out, summary.points());
        for (Found each : summary.found()) {
            out.append("\n* round ").append(each.round()).append(", ").append(each.rule());
            out.append(": ").append(each.subject()).append(": ");
            out.append(each.text().lines().findFirst().orElse("")).append("  \n  `");
            out.append(each.command()).append("`\n");
        }
        return out.toString().stripTrailing();
    }

    private static void points(StringBuilder out, Map<String, Integer> points) {
        if (points.isEmpty()) {
            return;
        }
        out.append("\n| point | processes killed there |\n|---|---|\n");
        points.forEach((point, count) -> row(out, "`" + point + "`", String.valueOf(count)));
    }

    private static void row(StringBuilder out, String name, String value) {
        out.append(row(name, value));
    }

    /** A row of a table. */
    public static String row(String... cells) {
        StringBuilder row = new StringBuilder();
        for (String each : cells) {
            row.append("| ").append(each.replace("|", "\\|")).append(' ');
        }
        return row.append("|\n").toString();
    }
}
