package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Commands that leave somebody behind, who has no parent any more. */
class SessionTest {
    private static final String ORPHAN = "(sleep 600 & echo $! > orphan); cd /; ";

    @TempDir Path temp;

    private CCompiler.Ended run(String then, Duration deadline) throws Exception {
        String command = "cd '" + temp + "'; " + ORPHAN + then;
        return CCompiler.toEnd(temp, Map.of(), deadline, "sh", "-c", command);
    }

    /** Who is only waiting to be buried has no command line. */
    private void assertNobodyLeft() throws Exception {
        long pid = Long.parseLong(Files.readString(temp.resolve("orphan")).strip());
        assertEquals(Optional.empty(), ProcessHandle.of(pid).flatMap(p -> p.info().commandLine()));
    }

    @Test
    void shouldLeaveNobodyBehindWhenACommandEnds() throws Exception {
        assertEquals(3, run("exit 3", Await.DEADLINE).code());
        assertNobodyLeft();
    }

    @Test
    void shouldLeaveNobodyBehindWhenTheDeadlinePasses() throws Exception {
        AssertionError late =
                assertThrows(
                        AssertionError.class,
                        () -> run("echo here; sleep 600 & sleep 600", Duration.ofSeconds(1)));
        assertTrue(late.getMessage().contains("does not end: [here]"), late.getMessage());
        assertNobodyLeft();
    }
}
