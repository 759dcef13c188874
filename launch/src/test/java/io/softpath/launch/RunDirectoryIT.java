package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.driver.Context;
import io.softpath.driver.Device;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A run directory and its daemons: one at a time, and nothing left behind. */
@ExtendWith(ChildOutput.class)
class RunDirectoryIT {
    /** The exit code of a daemon whose directory is taken. */
    private static final int EXIT_BUSY = 3;

    @Test
    void shouldTakeAwayWhatItMadeWhenTerminated() {
        try (ChildDaemon daemon = ChildDaemon.start("--units", "2")) {
            assertEquals(List.of("daemon.lock", "ipath", "ipath0", "ipath1"), daemon.leftovers());
            daemon.terminate();
            assertEquals(List.of(), daemon.complaints());
        }
    }

    @Test
    void shouldTakeAwayWhatItMadeWhenItsInputEnds() {
        try (ChildDaemon daemon = ChildDaemon.start()) {
            daemon.jvm().closeInput();
            assertEquals(0, daemon.jvm().exitCode());
            assertEquals(List.of(), daemon.leftovers());
        }
    }

    @Test
    void shouldTakeAwayTheWholeDirectoryOfALauncherThatIsGone() throws IOException {
        Path directory = ChildDaemon.newDirectory("rwx------");
        try (Jvm daemon = ChildDaemon.jvm(directory, "--remove-dir").start()) {
            daemon.awaitLine("^softpath daemon ready");
            Files.writeString(
                    Files.createDirectory(directory.resolve("classes")).resolve("A.class"), "");
            daemon.closeInput();
            assertEquals(0, daemon.exitCode());
            assertFalse(Files.exists(directory));
        }
    }

    @Test
    void shouldRefuseASecondDaemonAndNameTheFirst() {
        try (ChildDaemon first = ChildDaemon.start();
                Jvm second = ChildDaemon.jvm(first.directory()).start()) {
            second.awaitLine(
                    "dir=" + first.directory() + " is held by another daemon: pid=" + first.pid());
            assertEquals(EXIT_BUSY, second.exitCode());

            assertWorks(first);
        }
    }

    @Test
    void shouldTakeOverWhatAKilledDaemonLeft() {
        try (ChildDaemon killed = ChildDaemon.start()) {
            killed.kill();
            assertTrue(killed.leftovers().contains("ipath0"), "no socket left: nothing to show");

            try (ChildDaemon next = ChildDaemon.start(killed.directory())) {
                assertEquals(List.of(), next.complaints(), "it takes over silently");
                assertWorks(next);
            }
        }
    }

    private static void assertWorks(ChildDaemon daemon) {
        try (Device device = daemon.open();
                Context context = device.openContext()) {
            assertEquals(1, context.info().numActive());
        }
    }
}
