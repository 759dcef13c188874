package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;

import io.softpath.abi.Fidelity;
import io.softpath.abi.region.RegionKind;
import io.softpath.abi.region.VmFlag;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.List;

class MapsExplanationTest {
    private static final int WIDTH = 100;

    @TempDir private Path dir;

    private CommandLineRun explain(String... more) {
        String[] arguments = {"maps", "--explain", "--dir", dir.toString()};
        String[] all = new String[arguments.length + more.length];
        System.arraycopy(arguments, 0, all, 0, arguments.length);
        System.arraycopy(more, 0, all, arguments.length, more.length);
        return CommandLineRun.of(all);
    }

    @Test
    @Fidelity(64)
    void shouldExplainEveryFlagOnEveryKindWithoutADaemon() {
        CommandLineRun run = explain();
        assertEquals(0, run.exitCode(), run::toString);
        for (VmFlag flag : VmFlag.values()) {
            assertTrue(run.out().contains("\n" + flag.kernelName() + "  "), flag::kernelName);
        }
        for (RegionKind kind : RegionKind.values()) {
            assertTrue(run.out().contains("\n" + kind.mailName() + " "), kind::mailName);
        }
        for (String line : run.out().lines().toList()) {
            assertTrue(line.length() <= WIDTH, line);
            assertFalse(line.contains("\033"), "colour without a terminal: " + line);
            assertFalse(line.contains("@|"), line);
        }
    }

    @Test
    void shouldExplainInJson() {
        JsonNode json = Json.tree(explain("--json").out());
        assertEquals(VmFlag.values().length, json.get("flags").size());
        assertEquals(5 + 6 + 10, json.get("mappings").size());
        assertEquals(RegionKind.values().length, json.get("softpath").size());
        assertTrue(json.get("live").isNull(), "no daemon");
        assertTrue(json.get("flags").findValuesAsText("inferred").contains("true"));
    }

    @Test
    void shouldNotExplainAgainAndAgain() {
        assertEquals(ExitCode.USAGE, explain("--watch").exitCode());
    }

    @Test
    void shouldBreakLinesAtSpaces() {
        assertEquals(List.of("ab cd", "efghijk", "l"), MapsExplanation.wrap("ab cd efghijk l", 6));
    }

    @Test
    void shouldSayWhenABitChanged() {
        assertEquals("0x400, 2.6.15: no bit", MapsExplanation.bits(VmFlag.SHM));
        assertEquals("no bit, 2.6.15: 0x400", MapsExplanation.bits(VmFlag.PFNMAP));
        assertEquals("0x20000", MapsExplanation.bits(VmFlag.DONTCOPY));
    }
}
