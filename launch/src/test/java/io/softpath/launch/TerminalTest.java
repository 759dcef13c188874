package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

import picocli.CommandLine.Help.Ansi;

import java.util.Map;

class TerminalTest {
    private static final Map<String, String> XTERM = Map.of("TERM", "xterm");

    @Test
    void shouldUseColourOnATerminal() {
        assertEquals(Ansi.ON, Terminal.ansi(XTERM, true));
    }

    @Test
    void shouldUseNoColourInAPipe() {
        assertEquals(Ansi.OFF, Terminal.ansi(XTERM, false));
    }

    @Test
    void shouldRespectNoColorUnlessItIsEmpty() {
        assertEquals(Ansi.OFF, Terminal.ansi(Map.of("TERM", "xterm", "NO_COLOR", "1"), true));
        assertEquals(Ansi.ON, Terminal.ansi(Map.of("TERM", "xterm", "NO_COLOR", ""), true));
    }

    @Test
    void shouldUseNoColourOnADumbTerminal() {
        assertEquals(Ansi.OFF, Terminal.ansi(Map.of("TERM", "dumb"), true));
        assertEquals(Ansi.OFF, Terminal.ansi(Map.of(), true));
    }
}
