package io.softpath.bench.report;

import java.util.List;
import java.util.regex.Pattern;

/** Writes Markdown with tables, as GitHub reads it. Texts are escaped, whatever they hold. */
final class Markdown {
    private static final Pattern BREAK = Pattern.compile("[\\p{Cc}\\p{Zl}\\p{Zp}]+");
    private static final Pattern SPECIAL = Pattern.compile("[\\\\`*_\\[\\]<>|&~$]");

    /** What makes a list or a heading of a line that begins with it. */
    private static final Pattern LEADING = Pattern.compile("^[-+#=]|(?<=^\\d{1,9})[.)](?= |$)");

    private final StringBuilder out = new StringBuilder();

    /** A heading; 1 is that of the page. */
    Markdown heading(int level, String text) {
        return block("#".repeat(level) + " " + escaped(text));
    }

    Markdown paragraph(String text) {
        return block(escaped(text));
    }

    /** Markdown that somebody wrote by hand. */
    Markdown verbatim(String markdown) {
        return block(markdown.strip());
    }

    Markdown list(List<String> items) {
        return block(String.join("\n", items.stream().map(item -> "* " + escaped(item)).toList()));
    }

    /**
     * A table.
     *
     * @param columns their headings
     * @param rows as many cells each
     */
    Markdown table(List<Column> columns, List<List<String>> rows) {
        StringBuilder table = new StringBuilder(row(columns.stream().map(Column::name).toList()));
        table.append('|');
        columns.forEach(column -> table.append(column.isText() ? "---|" : "--:|"));
        table.append('\n');
        rows.forEach(cells -> table.append(row(cells)));
        return block(table.toString().strip());
    }

    private static String row(List<String> cells) {
        return "| " + String.join(" | ", cells.stream().map(Markdown::escaped).toList()) + " |\n";
    }

    /** All that was written. */
    String finish() {
        return out.toString();
    }

    private Markdown block(String text) {
        out.append(out.isEmpty() ? "" : "\n").append(text).append('\n');
        return this;
    }

    /** One line of text, in which nothing is Markdown or HTML. */
    private static String escaped(String text) {
        String line = BREAK.matcher(text).replaceAll(" ").strip();
        String escaped = SPECIAL.matcher(line).replaceAll("\\\\$0");
        return LEADING.matcher(escaped).replaceFirst("\\\\$0");
    }

    /**
     * A column of a table.
     *
     * @param name its heading
     * @param isText whether it holds words, not numbers
     */
    record Column(String name, boolean isText) {}
}
