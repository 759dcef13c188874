package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import picocli.CommandLine.Help.Ansi;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

class SoftpathTest {
    private static final int HELP_WIDTH = 80;

    @TempDir private Path dir;

    @Test
    void shouldAnswerHelpForEveryCommand() {
        Set<String> commands = Softpath.commandLine(Ansi.OFF).getSubcommands().keySet();
        assertTrue(
                commands.containsAll(Set.of("hello", "run", "exec", "daemon", "test", "format")));
        assertAll(
                commands.stream()
                        .map(name ->
                                () -> {
                                    CommandLineRun help = CommandLineRun.of(name, "--help");
                                    assertEquals(0, help.exitCode(), name + help.err());
                                    assertTrue(
                                            help.out().contains("Usage: softpath " + name), name);
                                }));
    }

    /** A longer line is broken where it happens to end. */
    @Test
    void shouldHaveNoLineOfHelpThatIsBrokenTwice() {
        Softpath.commandLine(Ansi.OFF)
                .getSubcommands()
                .forEach((name, command) -> {
                    for (String line : command.getCommandSpec().usageMessage().footer()) {
                        assertTrue(line.length() <= HELP_WIDTH, () -> name + ": " + line);
                    }
                });
    }

    @Test
    void shouldPassOnWhatTheDaemonSaysOfItself() {
        Path none = dir.resolve("none");
        CommandLineRun run = CommandLineRun.of("daemon", "--dir", none.toString(), "--", "--help");
        assertEquals(0, run.exitCode(), run::toString);
        assertTrue(run.out().contains("--kernel-era"), run.out());
        assertEquals("", run.err());
        assertFalse(Files.exists(none), "nothing is started");
    }

    @Test
    void shouldDocumentItsExitCodes() {
        String help = CommandLineRun.of("--help").out();
        for (int code :
                new int[] {
                    ExitCode.OK,
                    ExitCode.FAILED,
                    ExitCode.USAGE,
                    ExitCode.BUSY,
                    ExitCode.UNAVAILABLE,
                    ExitCode.SOFTWARE
                }) {
            assertTrue(help.contains("\n  " + code + " "), help);
        }
    }

    @Test
    void shouldPointToHelpWhenArgumentsAreWrong() {
        CommandLineRun run = CommandLineRun.of("run", "-n", "many", "hello");
        assertEquals(ExitCode.USAGE, run.exitCode());
        assertTrue(run.err().contains("'many' is not an int"), run.err());
        assertTrue(run.err().endsWith("Try: softpath run --help\n"), run.err());
    }

    @Test
    void shouldSuggestTheCommandThatWasMeant() {
        CommandLineRun run = CommandLineRun.of("docter");
        assertEquals(ExitCode.USAGE, run.exitCode());
        assertTrue(run.err().contains("softpath doctor"), run.err());
    }

    @Test
    void shouldSayThatThereIsNoDaemon() {
        for (String command : new String[] {"maps", "pins", "pages", "regs", "stat", "errors"}) {
            CommandLineRun run = CommandLineRun.of(command, "--dir", dir.toString());
            assertEquals(ExitCode.UNAVAILABLE, run.exitCode());
            assertTrue(run.err().contains("no daemon serves " + dir), run.err());
            assertTrue(run.err().contains("softpath daemon"), run.err());
        }
    }

    @Test
    void shouldRefuseAJobWithoutRanks() {
        assertEquals(ExitCode.USAGE, CommandLineRun.of("hello", "-n", "0").exitCode());
        assertEquals(ExitCode.USAGE, CommandLineRun.of("run", "-n", "-1", "x").exitCode());
    }

    @Test
    void shouldSayHowManyUnitsAJobNeedsBeforeItStarts() {
        for (String[] line :
                new String[][] {
                    {"hello", "-n", "17"},
                    {"run", "--private", "-n", "17", "hello"},
                    {"hello", "-n", "7", "--units", "2", "--contexts", "3"}
                }) {
            CommandLineRun run = CommandLineRun.of(line);
            assertEquals(ExitCode.USAGE, run.exitCode(), run::toString);
            boolean two = line[line.length - 1].equals("3");
            assertTrue(run.err().contains(two ? "try --units 3" : "try --units 2"), run.err());
        }
    }

    @Test
    void shouldSayWhereAReportCannotBeWritten() {
        CommandLineRun run =
                CommandLineRun.of(
                        "report", "--dir", dir.toString(), "--out", dir + "/missing/report.json");
        assertEquals(ExitCode.UNAVAILABLE, run.exitCode(), run::toString);
        assertTrue(run.err().contains(dir + "/missing/report.json"), run.err());
    }

    @Test
    void shouldPassOnWhatTheDaemonSaysOfAWrongOptionAndLeaveNothing() {
        Path run = dir.resolve("run");
        CommandLineRun refused =
                CommandLineRun.of("daemon", "--dir", run.toString(), "--units", "99");
        assertEquals(ExitCode.USAGE, refused.exitCode(), refused::toString);
        assertTrue(refused.err().contains("units=99"), refused.err());
        assertFalse(Files.exists(run));
    }

    @Test
    void shouldSendScriptCommandsToTheScript() {
        CommandLineRun run = CommandLineRun.of("format");
        assertEquals(ExitCode.USAGE, run.exitCode());
        assertTrue(run.err().contains("launch/softpath"), run.err());
    }

    @Test
    void shouldCompleteEveryCommand() {
        String script = CommandLineRun.of("completion").out();
        assertTrue(script.startsWith("#!/usr/bin/env bash"), script);
        for (String command : Softpath.commandLine(Ansi.OFF).getSubcommands().keySet()) {
            assertTrue(script.contains(command), command);
        }
    }

    @Test
    void shouldReportTheMachineAsJson() {
        CommandLineRun run = CommandLineRun.of("doctor", "--json", "--dir", dir.toString());
        JsonNode report = Json.tree(run.out());
        assertEquals(run.exitCode() == 0, report.path("usable").asBoolean());
        assertTrue(report.path("checks").size() > 10, run.out());
    }
}
