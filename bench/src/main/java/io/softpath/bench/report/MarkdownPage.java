package io.softpath.bench.report;

import io.softpath.bench.report.Goal.Reached;
import io.softpath.bench.report.Markdown.Column;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** A report as a Markdown page, which can be kept beside the code and compared line by line. */
public final class MarkdownPage {
    private static final String READING = "reading.md";
    private static final String NOT_MEASURED = "not measured";
    private static final List<Column> GOALS =
            List.of(
                    new Column("what", true),
                    new Column("measured", false),
                    new Column("asked", true),
                    new Column("", true),
                    new Column("in part", true));

    private final Report report;
    private final Markdown out = new Markdown();

    private MarkdownPage(Report report) {
        this.report = report;
    }

    /**
     * The page.
     *
     * @param command what a person wrote to have it
     * @param goals what is asked of the results
     */
    public static String of(Report report, String command, List<Goal> goals) {
        return new MarkdownPage(report).write(command, goals);
    }

    private String write(String command, List<Goal> goals) {
        out.heading(1, "Benchmarks");
        out.paragraph(
                "Written by %s, begun %s: do not edit it, run that again."
                        .formatted(command, report.machine().date()));
        machine();
        goals(goals);
        out.heading(2, "Where softpath wins, where it loses, and why");
        out.verbatim(PageText.read(READING));
        out.heading(2, "All results");
        out.paragraph(
                "Medians over the rounds; spread is how far the rounds lie apart. A name that"
                        + " several parts have was measured in each of them anew.");
        report.sections().forEach(this::section);
        absent();
        return out.finish();
    }

    private void machine() {
        out.heading(2, "Machine");
        out.list(
                report.machine().facts().entrySet().stream()
                        .map(fact -> fact.getKey() + ": " + fact.getValue())
                        .toList());
        if (!report.warnings().isEmpty()) {
            out.heading(2, "Before a figure is quoted");
            out.list(report.warnings().stream().map(Warning::text).toList());
        }
    }

    private void goals(List<Goal> goals) {
        List<Optional<Reached>> reached =
                goals.stream().map(goal -> goal.in(report.sections())).toList();
        long measured = reached.stream().filter(Optional::isPresent).count();
        long met = reached.stream().flatMap(Optional::stream).filter(Reached::met).count();
        out.heading(2, "What is asked of softpath");
        out.paragraph(
                ("Each is a ratio of two results of one part. Of %d goals, met: %d, not met: %d,"
                                + " %s: %d.")
                        .formatted(
                                goals.size(),
                                met,
                                measured - met,
                                NOT_MEASURED,
                                goals.size() - measured));
        List<List<String>> rows = new ArrayList<>();
        for (int i = 0; i < goals.size(); i++) {
            rows.add(row(goals.get(i), reached.get(i)));
        }
        out.table(GOALS, rows);
    }

    private static List<String> row(Goal goal, Optional<Reached> reached) {
        return List.of(
                goal.ratio(),
                reached.map(Reached::ratio).map(Statistics::round).orElse(""),
                goal.asked(),
                reached.map(Reached::verdict).orElse(NOT_MEASURED),
                reached.map(Reached::part).orElse(""));
    }

    private void section(Section section) {
        List<Result> results = section.outcome().results();
        if (results.isEmpty()) {
            return;
        }
        out.heading(3, section.name());
        out.paragraph(section.what() + " " + section.reading());
        out.table(
                shown(i -> new Column(Report.heading(i), Report.isText(i))),
                results.stream().map(MarkdownPage::row).toList());
        List<String> notes = new ArrayList<>();
        Report.notes(results)
                .forEach((note, names) -> notes.add(String.join(", ", names) + ": " + note));
        if (!notes.isEmpty()) {
            out.list(notes);
        }
    }

    private static List<String> row(Result result) {
        String[] cells = Report.row(result);
        return shown(i -> cells[i]);
    }

    private static <T> List<T> shown(IntFunction<T> ofColumn) {
        return IntStream.range(0, Report.COLUMNS.size())
                .filter(i -> i != Report.SAMPLES)
                .mapToObj(ofColumn)
                .toList();
    }

    private void absent() {
        if (report.absent().isEmpty()) {
            return;
        }
        out.heading(2, "Not measured");
        out.list(
                report.absent().stream()
                        .map(absent -> absent.name() + ": " + absent.why())
                        .toList());
    }
}
