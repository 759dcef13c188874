package io.softpath.launch;

import io.softpath.ledger.Era;
import io.softpath.ledger.LedgerEvent;
import io.softpath.ledger.Rule;
import io.softpath.ledger.lab.Cell;
import io.softpath.ledger.lab.Lab;
import io.softpath.ledger.lab.Row;
import io.softpath.ledger.lab.RowCell;
import io.softpath.ledger.lab.Script;
import io.softpath.ledger.lab.Setup;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Why a row of the truth table comes to what it does: {@code softpath pages --why 7}.
 *
 * @param title which way to allocate and map
 * @param note what it is known as
 * @param outcomes what comes of it, kernel by kernel
 * @param stories how, for each kernel on which something goes wrong, or may after a fork
 * @param rules those that the stories name
 */
record PagesWhy(
        String title,
        String note,
        Map<String, String> outcomes,
        List<Story> stories,
        List<RuleText> rules) {
    /** Of {@code --why}: the whole driver of the mail. */
    static final String MAIL = "mail";

    private static final int WIDTH = 100;
    private static final int INDENT = 5;

    /**
     * A sequence of events.
     *
     * @param kernels on which it happens just so
     * @param way the policy
     * @param when how the session differs from the plain one; empty if it does not
     * @param ending what a real kernel would have made of it; empty if nothing more
     */
    record Story(
            List<String> kernels, String way, String when, List<Event> events, String ending) {}

    /**
     * One event.
     *
     * @param sentence what happened, with the rules behind it
     * @param wrongs what was wrong about it
     */
    record Event(int number, String sentence, List<Wrong> wrongs) {}

    /** Something wrong; {@code rule} is null where the allocator's own check says it. */
    record Wrong(String violation, String why, String rule, boolean inferred, String sentence) {}

    /** A rule in words. */
    record RuleText(String rule, String since, String text, String source) {}

    /**
     * The answer for a row number, or {@value #MAIL}.
     *
     * @throws Trouble if there is no such row
     */
    static PagesWhy of(String which, List<Era> eras) {
        if (which.equals(MAIL)) {
            List<Cell> cells = eras.stream().map(era -> Lab.cell(Setup.MAIL, era)).toList();
            Map<String, String> outcomes = new LinkedHashMap<>();
            cells.forEach(cell -> outcomes.put(cell.era().label(), cell.label()));
            return of(
                    "The driver of the mail: "
                            + Setup.MAIL.blocks().text()
                            + " for eager chunks and header queue; "
                            + Setup.MAIL.avail().text()
                            + " for the avail page",
                    "the author's box locks up on \"hello, world\"",
                    outcomes,
                    cells);
        }
        Row row = row(which);
        List<RowCell> cells = Lab.row(row, eras);
        Map<String, String> outcomes = new LinkedHashMap<>();
        cells.forEach(cell ->
                outcomes.put(
                        cell.era().label(), cell.label() + (cell.inferred() ? ", inferred" : "")));
        return of(
                "Row " + row.number() + ": " + words(row),
                row.note(),
                outcomes,
                cells.stream().map(RowCell::example).toList());
    }

    private static Row row(String which) {
        try {
            return Row.of(Integer.parseInt(which));
        } catch (IllegalArgumentException e) {
            throw new Trouble(
                    ExitCode.USAGE,
                    "--why=" + which + ": choose a row, 1.." + Row.ALL.size() + ", or " + MAIL,
                    e);
        }
    }

    private static String words(Row row) {
        return row.method()
                + ", order "
                + row.order()
                + ", reserved: "
                + row.reserved()
                + ", compound: "
                + row.compound()
                + ", get_page: "
                + row.getPage();
    }

    private static PagesWhy of(
            String title, String note, Map<String, String> outcomes, List<Cell> cells) {
        Set<Rule> rules = EnumSet.noneOf(Rule.class);
        List<Story> stories = new ArrayList<>();
        for (Cell cell : cells) {
            for (Script script : cell.examples()) {
                List<LedgerEvent> told = cell.story(script);
                told.forEach(event -> collect(event, rules));
                add(
                        stories,
                        new Story(
                                List.of(cell.era().label()),
                                cell.setup().name(),
                                script.text(),
                                events(told),
                                cell.ending(told)));
            }
        }
        // What is worst first, what depends on something last.
        stories.sort(
                Comparator.comparing((Story story) -> !story.when().isEmpty())
                        .thenComparing(story -> story.ending().isEmpty()));
        return new PagesWhy(
                title,
                note,
                outcomes,
                stories,
                rules.stream()
                        .map(rule ->
                                new RuleText(rule.name(), rule.since(), rule.text(), rule.source()))
                        .toList());
    }

    private static void collect(LedgerEvent event, Set<Rule> rules) {
        rules.addAll(event.rules());
        event.wrongs().stream()
                .map(LedgerEvent.Wrong::rule)
                .filter(rule -> rule != null)
                .forEach(rules::add);
    }

    /** Two kernels on which the same happens have one story. */
    private static void add(List<Story> stories, Story story) {
        for (int i = 0; i < stories.size(); i++) {
            Story other = stories.get(i);
            boolean same =
                    other.way().equals(story.way())
                            && other.when().equals(story.when())
                            && other.events().equals(story.events());
            if (same) {
                List<String> kernels = new ArrayList<>(other.kernels());
                kernels.addAll(story.kernels());
                stories.set(
                        i,
                        new Story(
                                kernels,
                                other.way(),
                                other.when(),
                                other.events(),
                                other.ending()));
                return;
            }
        }
        stories.add(story);
    }

    private static List<Event> events(List<LedgerEvent> told) {
        List<Event> events = new ArrayList<>();
        for (LedgerEvent event : told) {
            events.add(
                    new Event(
                            events.size() + 1,
                            event.sentence(),
                            event.wrongs().stream().map(PagesWhy::wrong).toList()));
        }
        return events;
    }

    private static Wrong wrong(LedgerEvent.Wrong wrong) {
        return new Wrong(
                wrong.violation().text(),
                wrong.why(),
                wrong.rule() == null ? null : wrong.rule().name(),
                wrong.inferred(),
                wrong.sentence());
    }

    /** Prints it for people, at most 100 columns wide. */
    void show(PrintWriter out) {
        print("", title, 0, out);
        if (!note.isEmpty()) {
            print("", note, 0, out);
        }
        out.println();
        int width = outcomes.keySet().stream().mapToInt(k -> text(k).length()).max().orElse(0);
        outcomes.forEach((kernel, outcome) ->
                out.println(
                        text(kernel) + " ".repeat(width - text(kernel).length() + 2) + outcome));
        for (Story story : stories) {
            out.println();
            show(story, out);
        }
        if (stories.isEmpty()) {
            out.println();
            out.println("Nothing goes wrong.");
        }
        if (!rules.isEmpty()) {
            out.println();
            out.println(
                    "The rules; what is marked inferred follows from them, but no source says it:");
            for (RuleText rule : rules) {
                print(
                        "%4s ".formatted(rule.rule()),
                        rule.since() + ": " + rule.text() + " (" + rule.source() + ")",
                        INDENT,
                        out);
            }
        }
    }

    private static String text(String kernel) {
        return Era.named(kernel).text();
    }

    private void show(Story story, PrintWriter out) {
        List<String> kernels = story.kernels().stream().map(PagesWhy::text).toList();
        String when = story.when().isEmpty() ? "" : ", " + story.when();
        String on = kernels.getFirst().startsWith("up to") ? "On kernels " : "On ";
        print("", on + String.join("; ", kernels) + when + ":", 0, out);
        if (!title.contains(story.way()) && stories.stream().anyMatch(s -> differs(s, story))) {
            print("", "(" + story.way() + ")", 0, out);
        }
        boolean whole = story.when().isEmpty() || firstOf(story);
        for (Event event : story.events()) {
            if (whole || !event.wrongs().isEmpty()) {
                print("%3d. ".formatted(event.number()), event.sentence(), INDENT, out);
                for (Wrong wrong : event.wrongs()) {
                    print(" ".repeat(INDENT) + "!! ", wrong.sentence(), INDENT + 3, out);
                }
            }
        }
        if (!story.ending().isEmpty()) {
            print(" ".repeat(INDENT), story.ending(), INDENT, out);
        }
    }

    private static boolean differs(Story a, Story b) {
        return !a.way().equals(b.way());
    }

    /** It is the first story of some kernel, and so told from the beginning. */
    private boolean firstOf(Story story) {
        for (String kernel : story.kernels()) {
            Story first =
                    stories.stream()
                            .filter(s -> s.kernels().contains(kernel))
                            .findFirst()
                            .orElseThrow();
            if (first.equals(story)) {
                return true;
            }
        }
        return false;
    }

    private static void print(String label, String text, int indent, PrintWriter out) {
        String start = label;
        for (String line : MapsExplanation.wrap(text, WIDTH - indent)) {
            out.println(start + line);
            start = " ".repeat(indent);
        }
    }
}
