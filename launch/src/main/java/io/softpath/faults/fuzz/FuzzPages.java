package io.softpath.faults.fuzz;

import io.softpath.faults.report.HtmlWriter;
import io.softpath.faults.report.MarkdownPage;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The report as a page: HTML that needs nothing else, or Markdown. */
final class FuzzPages {
    private static final String HEADING = "softpath faults fuzz";

    private FuzzPages() {}

    static String html(FuzzReport report) {
        HtmlWriter out = new HtmlWriter(HEADING);
        out.element("p", report.isGood() ? "good" : "bad", report.verdict());
        out.beginTable();
        report.facts().forEach(out::row);
        out.endTable();
        if (!report.outcome().isGood()) {
            out.element("h2", "bad", "Violation");
            out.element("pre", "", report.outcome().violation());
            out.element("pre", "", report.outcome().repeat());
        }
        if (!report.missing().isEmpty()) {
            out.element("h2", "bad", "Not tried");
            report.missing().forEach(each -> out.element("p", "", each));
        }
        groups(report)
                .forEach((group, rows) -> {
                    out.element("h2", "", group);
                    out.beginTable();
                    rows.forEach(row ->
                            out.row(
                                    row.name,
                                    Long.toString(row.total()),
                                    FuzzReport.text(row.outcomes())));
                    out.endTable();
                });
        return out.end();
    }

    static String markdown(FuzzReport report) {
        StringBuilder out = new StringBuilder("## " + HEADING + "\n\n");
        out.append(report.verdict()).append("\n\n| | |\n|---|---|\n");
        report.facts().forEach((name, value) -> out.append(MarkdownPage.row(name, value)));
        if (!report.outcome().isGood()) {
            out.append("\n* ").append(report.outcome().violation().replace('\n', ' '));
            out.append("  \n  `").append(report.outcome().repeat()).append("`\n");
        }
        List<String> notTried = new ArrayList<>();
        report.missing().forEach(each -> notTried.add("* not tried: " + each + "\n"));
        out.append(notTried.isEmpty() ? "" : "\n" + String.join("", notTried));
        groups(report)
                .forEach((group, rows) -> {
                    out.append("\n| ")
                            .append(group)
                            .append(" | times | outcomes |\n|---|---:|---|\n");
                    rows.forEach(row ->
                            out.append(
                                    MarkdownPage.row(
                                            "`" + row.name + "`",
                                            Long.toString(row.total()),
                                            FuzzReport.text(row.outcomes()))));
                });
        return out.toString().stripTrailing();
    }

    /** What was done to each target comes first. */
    private static Map<String, List<Coverage.Row>> groups(FuzzReport report) {
        Map<String, List<Coverage.Row>> groups = new LinkedHashMap<>();
        groups.put(Coverage.RECORDS, new ArrayList<>());
        for (Coverage.Row row : report.rows()) {
            groups.computeIfAbsent(row.group, g -> new ArrayList<>()).add(row);
        }
        return groups;
    }
}
