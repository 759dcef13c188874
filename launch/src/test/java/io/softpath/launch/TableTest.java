package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

import picocli.CommandLine.Help.Ansi;

import java.io.PrintWriter;
import java.io.StringWriter;

class TableTest {
    @Test
    void shouldAlignColumnsLeftAndRight() {
        Table table = new Table("NAME", ">SIZE", "NOTE").row("a", 1, "x").row("longer", 12345, "");
        assertEquals(
                """
                NAME     SIZE  NOTE
                a           1  x
                longer  12345
                """,
                text(table, Ansi.OFF));
    }

    @Test
    void shouldPrintTheHeaderBoldOnATerminal() {
        assertEquals("\033[1mA\033[21m\033[0m\n1\n", text(new Table("A").row(1), Ansi.ON));
    }

    @Test
    void shouldRefuseARowOfAnotherLength() {
        assertThrows(IllegalArgumentException.class, () -> new Table("A", "B").row(1));
    }

    static String text(Table table, Ansi ansi) {
        StringWriter text = new StringWriter();
        table.print(new PrintWriter(text), ansi);
        return text.toString();
    }
}
