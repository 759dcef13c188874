package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.Fidelity;
import io.softpath.abi.region.VmFlag;
import io.softpath.ledger.Era;
import io.softpath.ledger.LedgerEvent;
import io.softpath.ledger.LedgerEvent.Kind;
import io.softpath.ledger.Rule;
import io.softpath.ledger.lab.Cell;
import io.softpath.ledger.lab.Lab;
import io.softpath.ledger.lab.Outcome;
import io.softpath.ledger.lab.Row;
import io.softpath.ledger.lab.RowCell;
import io.softpath.ledger.lab.Setup;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Holds docs/answer-to-the-mail.md to the lab and to the flags: what stands between a comment
 * "printed: ..." and the comment "end" is what the code prints.
 *
 * <p>{@code -Dsoftpath.docs.write=true} writes it anew.
 */
class AnswerToTheMailTest {
    private static final Path DOCUMENT =
            Path.of("..", "docs", "answer-to-the-mail.md").toAbsolutePath().normalize();
    private static final Pattern PRINTED =
            Pattern.compile("<!-- printed: ([^>]+) -->\\n.*?<!-- end -->", Pattern.DOTALL);
    private static final Pattern COMMAND = Pattern.compile("`softpath ([^`]+)`");
    private static final Pattern SHOWN_BY = Pattern.compile("(?m)^Shown by: ");
    private static final Pattern QUESTION = Pattern.compile("(?m)^## \\d");

    /** What the reader is to see of a story: what happens to counts. */
    private static final Set<Kind> COUNTED =
            EnumSet.of(Kind.TOUCH, Kind.UNMAP, Kind.FREE, Kind.REUSE, Kind.END);

    private static String text;

    @BeforeAll
    static void read() throws IOException {
        text = Files.readString(DOCUMENT);
    }

    @Test
    @Fidelity(63)
    void shouldHaveTheTablesThatTheLabPrints() throws IOException {
        Matcher printed = PRINTED.matcher(text);
        String generated = printed.replaceAll(match -> Matcher.quoteReplacement(printed(match)));
        Documents.compare(DOCUMENT, generated);
    }

    private static String printed(MatchResult match) {
        String[] words = match.group(1).split(" ", -1);
        List<String> arguments = List.of(words).subList(1, words.length);
        String body =
                switch (words[0]) {
                    case "rows" -> rows(arguments.stream().map(Integer::valueOf).toList());
                    case "outcomes" -> outcomes();
                    case "flags" -> flags();
                    case "rules" -> rules();
                    case "story" -> story(arguments.get(0), Era.named(arguments.get(1)));
                    default -> throw new AssertionError("unknown: " + match.group());
                };
        return "<!-- printed: " + match.group(1) + " -->\n" + body + "<!-- end -->";
    }

    private static String rows(List<Integer> numbers) {
        List<Era> eras = List.of(Era.values());
        List<String> head =
                new ArrayList<>(List.of("row", "mapped by", "order", "reserved", "`__GFP_COMP`"));
        head.add("get_page");
        eras.forEach(era -> head.add(era.label()));
        head.add("");
        StringBuilder table = new StringBuilder(line(head)).append("|");
        table.append("---|".repeat(head.size())).append('\n');
        for (int number : numbers) {
            Row row = Row.of(number);
            List<String> cells =
                    new ArrayList<>(
                            List.of(
                                    Integer.toString(number),
                                    row.method(),
                                    row.order(),
                                    row.reserved(),
                                    row.compound(),
                                    row.getPage()));
            for (RowCell cell : Lab.row(row, eras)) {
                String label = cell.label() + (cell.inferred() ? " (i)" : "");
                cells.add(cell.outcomes().contains(Outcome.OK) ? "**" + label + "**" : label);
            }
            cells.add(row.note());
            table.append(line(cells));
        }
        return table.toString();
    }

    private static String outcomes() {
        StringBuilder list = new StringBuilder();
        for (Outcome outcome : Outcome.values()) {
            list.append("* **").append(outcome.label()).append("**: ");
            list.append(outcome.text()).append('\n');
        }
        return list.toString();
    }

    private static String flags() {
        StringBuilder table =
                new StringBuilder(
                        line(
                                List.of(
                                        "flag",
                                        "meant",
                                        "on registers and send buffers",
                                        "on the memory that the chip writes",
                                        "softpath today")));
        table.append("|---|---|---|---|---|\n");
        for (VmFlag flag : VmFlag.values()) {
            table.append(
                    line(
                            List.of(
                                    "`" + flag.kernelName() + "`",
                                    flag.meant(),
                                    judgement(flag.onWindows()),
                                    judgement(flag.onMemory()),
                                    flag.softpath())));
        }
        return table.toString();
    }

    private static String rules() {
        StringBuilder table = new StringBuilder(line(List.of("rule", "kernels", "says", "source")));
        table.append("|---|---|---|---|\n");
        for (Rule rule : Rule.values()) {
            table.append(line(List.of(rule.name(), rule.since(), rule.text(), rule.source())));
        }
        return table.toString();
    }

    private static String judgement(VmFlag.Judgement judgement) {
        String why = judgement.why().text().isEmpty() ? "" : ": " + judgement.why();
        return "**" + judgement.verdict().label() + "**" + why;
    }

    /** What happened to the counts, and what was wrong about it. */
    private static String story(String what, Era era) {
        Cell cell =
                what.equals("mail")
                        ? Lab.cell(Setup.MAIL, era)
                        : Lab.row(Row.of(Integer.parseInt(what)), List.of(era))
                                .getFirst()
                                .example();
        List<LedgerEvent> events = cell.story(cell.example());
        StringBuilder story = new StringBuilder("```\n");
        for (LedgerEvent event : events) {
            boolean ofBlock = !event.subject().startsWith("header queue"); // as the eager chunk
            if (COUNTED.contains(event.kind()) && ofBlock) {
                story.append(event.sentence()).append('\n');
                event.wrongs()
                        .forEach(wrong ->
                                story.append("    ").append(wrong.sentence()).append('\n'));
            }
        }
        String ending = cell.ending(events);
        if (!ending.isEmpty()) {
            MapsExplanation.wrap(ending, 110).forEach(line -> story.append(line).append('\n'));
        }
        return story.append("```\n").toString();
    }

    private static String line(List<String> cells) {
        return "| " + String.join(" | ", cells) + " |\n";
    }

    @Test
    void shouldNameCommandsThatThereAre() {
        Set<String> commands = new TreeSet<>();
        COMMAND.matcher(text).results().forEach(match -> commands.add(match.group(1)));
        assertTrue(commands.contains("maps --explain"), commands::toString);
        for (String command : commands) {
            List<String> words = List.of(command.split(" ", -1));
            boolean needsDaemon = !words.contains("--lab") && !words.contains("--explain");
            CommandLineRun run =
                    needsDaemon
                            ? CommandLineRun.of(words.getFirst(), "--help")
                            : CommandLineRun.of(words.toArray(String[]::new));
            assertEquals(ExitCode.OK, run.exitCode(), () -> command + ": " + run);
            assertTrue(
                    !needsDaemon || run.out().contains("softpath " + words.getFirst()),
                    () -> command + ": " + run);
        }
    }

    @Test
    void shouldShowEveryAnswer() {
        assertEquals(
                QUESTION.matcher(text).results().count(),
                SHOWN_BY.matcher(text).results().count(),
                "each answer names the command that shows it");
    }
}
