package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

class CleanCommandTest {
    @TempDir private Path dir;

    @Test
    void shouldRemoveWhatADeadDaemonLeft() throws IOException {
        Path run = Files.createDirectory(dir.resolve("run"));
        leaveDaemonFiles(run);
        CommandLineRun clean = CommandLineRun.of("clean", "--dir", run.toString());
        assertEquals(0, clean.exitCode());
        assertTrue(clean.out().contains("removed " + run + "\n"), clean.out());
        assertFalse(Files.exists(run));
    }

    @Test
    void shouldOnlySaySoInADryRun() throws IOException {
        leaveDaemonFiles(dir);
        CommandLineRun clean = CommandLineRun.of("clean", "--dry-run", "--dir", dir.toString());
        assertTrue(clean.out().contains("would remove " + dir.resolve("ipath0")), clean.out());
        assertTrue(Files.exists(dir.resolve("ipath0")));
    }

    @Test
    void shouldKeepWhatIsNotADaemons() throws IOException {
        leaveDaemonFiles(dir);
        Path foreign = Files.writeString(dir.resolve("ipathology.txt"), "mine");
        CommandLineRun.of("clean", "--dir", dir.toString());
        assertTrue(Files.exists(foreign));
        assertFalse(Files.exists(dir.resolve("ipath0")));
    }

    @Test
    void shouldLeaveAnEmptyDirectoryAlone() {
        CommandLineRun.of("clean", "--dir", dir.toString());
        assertTrue(Files.exists(dir));
    }

    @Test
    void shouldLeaveALivingDaemonAlone() throws IOException {
        leaveDaemonFiles(dir);
        boolean locked =
                RunDir.whileLocked(
                        dir.resolve(RunDir.DAEMON_LOCK),
                        () -> CommandLineRun.of("clean", "--dir", dir.toString()));
        assertTrue(locked);
        assertTrue(Files.exists(dir.resolve("ipath0")));
    }

    @ParameterizedTest
    @ValueSource(strings = {PrivateDir.PREFIX, PrivateDir.BENCH_PREFIX})
    void shouldRemoveWhatAKilledCommandLeftAndNothingOfALivingOne(String prefix)
            throws IOException {
        Path left = Files.createTempDirectory(prefix);
        Path lock = Files.writeString(left.resolve(PrivateDir.LOCK), "");
        leaveDaemonFiles(left);
        RunDir.whileLocked(lock, () -> CommandLineRun.of("clean", "--dir", dir.toString()));
        assertTrue(Files.exists(left.resolve("ipath0")), "of a living one");
        CommandLineRun clean = CommandLineRun.of("clean", "--dir", dir.toString());
        assertTrue(clean.out().contains("removed " + left + "\n"), clean.out());
        assertFalse(Files.exists(left));
    }

    private static void leaveDaemonFiles(Path run) throws IOException {
        for (String name : List.of("ipath", "ipath0", RunDir.DAEMON_LOCK, RunDir.DAEMON_LOG)) {
            Files.writeString(run.resolve(name), "");
        }
    }
}
