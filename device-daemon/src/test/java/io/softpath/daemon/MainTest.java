package io.softpath.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

class MainTest {
    @TempDir Path temporary;

    @ParameterizedTest
    @CsvSource({
        "--units, 0, 1..16",
        "--contexts, 0, 1..16",
        "--contexts, 17, 1..16",
        "--model, IBA9999, IBA7220",
        "--socket-mode, 9, 0660",
        "--socket-mode, 7777, 0..0777",
        "--quirks, nonsense, poll-rewinds-head",
        "--avail-threshold, 32, 0..31",
        "--max-open-files, 0, 1",
        "--link-wait-ms, -1, 0"
    })
    void shouldRefuseAWrongOptionAndNameTheBound(String option, String value, String bound) {
        Path directory = temporary.resolve("run");
        PrintStream before = System.err;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
        try {
            assertEquals(
                    2, Main.commandLine().execute("--dir", directory.toString(), option, value));
        } finally {
            System.setErr(before);
        }
        String text = said.toString(StandardCharsets.UTF_8);
        assertTrue(text.contains("=" + value) && text.contains(bound), text);
        assertFalse(Files.exists(directory), "nothing was made");
    }

    @Test
    void shouldReadSocketModes() {
        assertEquals("rw-rw----", PosixFilePermissions.toString(Main.permissions("0660")));
        assertEquals("rwx-w---x", PosixFilePermissions.toString(Main.permissions("721")));
        assertThrows(IllegalArgumentException.class, () -> Main.permissions(""));
    }
}
