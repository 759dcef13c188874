package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import io.softpath.abi.Fidelity;
import io.softpath.ledger.Era;
import io.softpath.ledger.lab.Row;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;

class PagesLabTest {
    private static final int TABLE_WIDTH = 120;
    private static final int TEXT_WIDTH = 100;

    private static CommandLineRun pages(String... more) {
        List<String> arguments = new ArrayList<>(List.of("pages"));
        arguments.addAll(List.of(more));
        return CommandLineRun.of(arguments.toArray(String[]::new));
    }

    private static void assertPlain(String text, int width) {
        for (String line : text.lines().toList()) {
            assertTrue(line.length() <= width, line.length() + " columns: " + line);
            assertFalse(line.contains("\033"), "colour without a terminal: " + line);
        }
    }

    @Test
    @Fidelity(63)
    void shouldPrintTheTwentyRowsForEveryKernelWithoutADaemon() {
        CommandLineRun run = pages("--lab");
        assertEquals(0, run.exitCode(), run::toString);
        assertPlain(run.out(), TABLE_WIDTH);
        for (Row row : Row.ALL) {
            String start = "%2d  %-15s".formatted(row.number(), row.method());
            assertTrue(run.out().lines().anyMatch(line -> line.startsWith(start)), start);
        }
        String seventh =
                run.out().lines().filter(line -> line.startsWith(" 7  ")).findFirst().orElseThrow();
        assertEquals(
                List.of("7", "nopage", ">0", "R..", "ok !leak", "ok !leak", "ok*"),
                List.of(seventh.trim().split(" {2,}")).subList(0, 7));
        assertTrue(seventh.endsWith("early+bad+oops"), seventh);
        assertTrue(run.out().contains("*  inferred"), run.out());
        assertTrue(run.out().contains("7  the mail's driver"), run.out());
        assertTrue(run.out().contains("--all lists them."), run.out());
    }

    @Test
    void shouldListTheCombinationsBeyondTheTable() {
        CommandLineRun run = pages("--lab", "--all", "--era", "2.6.16");
        assertEquals(0, run.exitCode(), run::toString);
        assertTrue(
                run.out()
                        .lines()
                        .anyMatch(line ->
                                line.matches("fault with get_page, order 0 +2\\.6\\.16  ok")),
                run.out());
    }

    @Test
    void shouldPrintTheTableInJson() {
        JsonNode json = Json.tree(pages("--lab", "--json").out());
        assertEquals(Era.values().length, json.get("kernels").size());
        assertEquals(Row.ALL.size(), json.get("rows").size());
        JsonNode ninth = json.get("rows").get(8).get("cells");
        assertEquals("2.6.15", ninth.get(3).get("kernel").asText());
        assertEquals("leak", ninth.get(3).get("outcomes").get(0).asText());
        assertEquals("ok", ninth.get(4).get("outcomes").get(0).asText());
        assertTrue(json.get("further").get("combinations").asInt() > 400);
        assertTrue(json.get("further").get("cells").isNull());
        JsonNode one = Json.tree(pages("--lab", "--json", "--all", "--era", "2.6.15").out());
        assertEquals(1, one.get("rows").get(0).get("cells").size());
        assertTrue(one.get("further").get("cells").size() > 80);
    }

    @Test
    @Fidelity(63)
    void shouldTellWhyTheBoxLocksUp() {
        CommandLineRun run = pages("--why", "mail");
        assertEquals(0, run.exitCode(), run::toString);
        assertPlain(run.out(), TEXT_WIDTH);
        String text = run.out().replaceAll("\\s+", " ");
        assertTrue(text.contains("up to 2.6.14 ok !leak"), run.out());
        assertTrue(text.contains("On 2.6.15; 2.6.16 and later:"), run.out());
        assertTrue(
                text.contains(
                        "at the end of hello the kernel unmaps and puts eager chunk pages 1-7;"
                                + " count 0 -> -1 [R3] !! refcount underflow"),
                run.out());
        assertTrue(text.contains("the box locks up [inferred"), run.out());
        assertTrue(text.contains("R4 2.6.15 on: a page that is freed with PG_reserved"), run.out());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void shouldTellWhyForEveryRow(int row) {
        CommandLineRun run = pages("--why", String.valueOf(row));
        assertEquals(0, run.exitCode(), run::toString);
        assertPlain(run.out(), TEXT_WIDTH);
        JsonNode json = Json.tree(pages("--why", String.valueOf(row), "--json").out());
        for (Era era : Era.values()) {
            String outcome = json.get("outcomes").get(era.label()).asText();
            boolean told = false;
            for (JsonNode story : json.get("stories")) {
                for (JsonNode kernel : story.get("kernels")) {
                    told |= kernel.asText().equals(era.label());
                }
            }
            boolean fails = !outcome.matches("ok( luck)?(, inferred)?");
            assertEquals(fails, told, () -> era + ": " + outcome + "\n" + run.out());
        }
    }

    @Test
    void shouldTellWhatIsDangerousAboutAForkThoughThePagesAreCountedRight() {
        CommandLineRun run = pages("--why", "19");
        String text = run.out().replaceAll("\\s+", " ");
        assertTrue(text.contains("On kernels up to 2.6.14; "), run.out());
        assertTrue(text.contains("hello forks the child"), run.out());
        assertTrue(
                text.contains("gets a copy; the chip goes on writing to the old page [R12]"),
                run.out());
        assertFalse(text.contains("Nothing goes wrong"), run.out());
        assertTrue(text.contains("R12 all: get_user_pages takes a reference"), run.out());
    }

    @Test
    void shouldMarkWhatIsBeyondTheTableAsInferred() {
        assertTrue(pages("--lab").out().contains("so all that follows is inferred:"));
        assertTrue(
                Json.tree(pages("--lab", "--json").out())
                        .get("further")
                        .get("inferred")
                        .asBoolean());
    }

    @Test
    void shouldTellTheLeakOfHughsRecipeOnOneKernelOnly() {
        String text = pages("--why", "9", "--era", "2.6.15,2.6.16").out();
        assertTrue(text.contains("On 2.6.15:"), text);
        assertFalse(text.contains("On 2.6.16"), text);
        assertTrue(text.replaceAll("\\s+", " ").contains("first page's count 8 -> 7"), text);
    }

    @Test
    void shouldRefuseFewerThanNoEvents() {
        CommandLineRun run = pages("--events", "-1");
        assertEquals(ExitCode.USAGE, run.exitCode());
        assertEquals("softpath: --events=-1: choose 0 or more\n", run.err());
    }

    @Test
    void shouldRefuseRowsAndKernelsThatAreNot() {
        CommandLineRun row = pages("--why", "21");
        assertEquals(ExitCode.USAGE, row.exitCode());
        assertEquals("softpath: --why=21: choose a row, 1..20, or mail\n", row.err());
        CommandLineRun era = pages("--lab", "--era", "2.4");
        assertEquals(ExitCode.USAGE, era.exitCode());
        assertTrue(
                era.err().startsWith("softpath: --era: kernel era: name=2.4 is unknown"),
                era.err());
    }
}
