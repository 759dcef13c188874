package io.softpath.faults.report;

import java.util.Locale;

/** The report as one page of text. */
final class TextPage {
    private TextPage() {}

    static String of(Summary summary) {
        StringBuilder out = new StringBuilder();
        line(out, "");
        line(
                out,
                String.format(
                        Locale.ROOT,
                        "%d rounds in %.0f s, seed %s",
                        summary.rounds(),
                        summary.seconds(),
                        summary.seeds().toString().replaceAll("[\\[\\]]", "")));
        line(out, "  faults    " + Pages.list(summary.faults()));
        if (!summary.points().isEmpty()) {
            line(out, "  points    " + Pages.list(summary.points()));
        }
        line(out, "  messages  " + Pages.list(summary.messages()));
        if (summary.lostCount() > 0) {
            line(
                    out,
                    String.format(
                            Locale.ROOT,
                            "  lost      %d users learnt of their daemon's death, half of them"
                                    + " within %.1f ms, 99%% within %.1f, all within %.1f",
                            summary.lostCount(),
                            summary.lostMedianMs(),
                            summary.lost99Ms(),
                            summary.lostMaxMs()));
        }
        line(out, "");
        line(out, summary.verdict());
        for (Found each : summary.found()) {
            line(out, "");
            line(out, "round " + each.round() + ": " + each.rule() + ": " + each.subject());
            each.text().lines().forEach(text -> line(out, "    " + text));
            line(out, "  repeat: " + each.command());
        }
        return out.toString();
    }

    private static void line(StringBuilder out, String text) {
        out.append(text).append(System.lineSeparator());
    }
}
