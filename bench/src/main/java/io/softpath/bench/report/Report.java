package io.softpath.bench.report;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The outcome of one {@code softpath bench} command: the machine and the figures taken on it. */
@JsonPropertyOrder({"machine", "warnings", "results", "absent"})
public record Report(
        Machine machine,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Warning> warnings,
        @JsonIgnore List<Section> sections) {
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private static final int NOTE_WIDTH = 96;

    /** A table that a screen shows at once is read without gaps. */
    private static final int ONE_SCREEN = 24;

    static final List<String> COLUMNS =
            List.of("", "median", "p90", "p99", "p99.9", "unit", "samples", "spread", "compared");
    static final int SAMPLES = COLUMNS.indexOf("samples");
    static final int SPREAD = COLUMNS.indexOf("spread");
    private static final int UNIT = COLUMNS.indexOf("unit");

    /** Copies the lists. */
    public Report {
        warnings = List.copyOf(warnings);
        sections = List.copyOf(sections);
    }

    /**
     * All results, under names that are unique: several parts measure the floor, and what they
     * compare others with; the first one's is reported under its name.
     */
    @JsonProperty("results")
    public List<Result> results() {
        return Section.results(sections);
    }

    /** What was not measured. */
    @JsonProperty("absent")
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    public List<Absent> absent() {
        return sections.stream().flatMap(section -> section.outcome().absent().stream()).toList();
    }

    /** One JSON object, indented, without a line end. */
    public String toJson() {
        try {
            return JSON.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("report cannot be written as JSON", e);
        }
    }

    /** A table with one line a result, then what should be known before a figure is quoted. */
    public void printTable(PrintStream out) {
        out.printf(
                "%s, %d cores%s, Linux %s, %s, load %s%n",
                machine.cpu(),
                machine.cores(),
                machine.virtual() ? " of a virtual machine" : "",
                machine.kernel(),
                machine.jdk(),
                Statistics.round(machine.load()));
        for (Warning warning : warnings) {
            wrapped(warning.text()).forEach(out::println);
        }
        out.println();
        List<Result> results = results();
        List<String[]> rows = new ArrayList<>();
        rows.add(COLUMNS.toArray(String[]::new));
        for (List<Result> group : groups()) {
            if (rows.size() > 1 && results.size() > ONE_SCREEN) {
                rows.add(new String[0]);
            }
            group.forEach(result -> rows.add(row(result)));
        }
        printAligned(out, rows);
        for (Absent each : absent()) {
            out.println();
            wrapped("Not measured: " + each.name() + ": " + each.why() + ".").forEach(out::println);
        }
        for (Result result : results) {
            if (result.note() != null) {
                out.println();
                wrapped(result.name() + ": " + result.note() + ".").forEach(out::println);
            }
        }
    }

    /** The results, those together whose names begin alike. */
    Collection<List<Result>> groups() {
        return results().stream()
                .collect(
                        Collectors.groupingBy(
                                Result::family, LinkedHashMap::new, Collectors.toList()))
                .values();
    }

    /** What notes say, and of which results each says it. */
    static Map<String, List<String>> notes(List<Result> results) {
        Map<String, List<String>> notes = new LinkedHashMap<>();
        for (Result result : results) {
            if (result.note() != null) {
                notes.computeIfAbsent(result.note(), n -> new ArrayList<>()).add(result.name());
            }
        }
        return notes;
    }

    /** What the table says of a result, under {@link #COLUMNS}. */
    static String[] row(Result result) {
        return new String[] {
            result.name(),
            Statistics.round(result.median()),
            Statistics.round(result.p90()),
            Statistics.round(result.p99()),
            Statistics.round(result.p999()),
            result.unit(),
            String.valueOf(result.count()),
            result.rounds().size() < 2
                    ? "one round"
                    : Statistics.round(result.spread() * 100) + " %",
            result.ratio() == null
                    ? ""
                    : Statistics.round(result.ratio()) + " x " + result.ratioTo(),
        };
    }

    /** What a column is called where none can be without a name. */
    static String heading(int column) {
        return column == 0 ? "name" : COLUMNS.get(column);
    }

    /** Whether a column holds words, not numbers. */
    static boolean isText(int column) {
        return column == 0 || column == UNIT || column == COLUMNS.size() - 1;
    }

    private static void printAligned(PrintStream out, List<String[]> rows) {
        int[] widths = new int[rows.getFirst().length];
        for (String[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.length; i++) {
                boolean text = isText(i);
                String padding = " ".repeat(widths[i] - row[i].length());
                line.append(text ? row[i] + padding : padding + row[i]).append("  ");
            }
            out.println(line.toString().stripTrailing());
        }
    }

    private static List<String> wrapped(String text) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.split(" ", -1)) {
            if (line.length() + 1 + word.length() > NOTE_WIDTH) {
                lines.add(line.toString());
                line.setLength(0);
                line.append("   ");
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }
}
