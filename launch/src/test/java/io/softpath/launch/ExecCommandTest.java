package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;

class ExecCommandTest {
    private static final Path LIBRARY = Path.of("/dist/libsoftpath-preload.so");
    private static final Path RUN = Path.of("/run/softpath");

    @TempDir private Path dir;

    @Test
    void shouldSetWhatTheRealLibraryNeeds() {
        Map<String, String> environment = new HashMap<>(Map.of("HOME", "/home/me"));
        ExecCommand.prepare(environment, RUN, LIBRARY, false);
        assertEquals(
                Map.of(
                        "HOME", "/home/me",
                        "LD_PRELOAD", LIBRARY.toString(),
                        "SOFTPATH_DIR", RUN.toString(),
                        "PSM_DEVICES", "self,ipath",
                        "PSM_SHAREDCONTEXTS", "0",
                        "IPATH_NO_BACKTRACE", "1"),
                environment);
    }

    @Test
    void shouldLetProcessesOfOneUnitHaveSharedMemory() {
        Map<String, String> environment = new HashMap<>();
        ExecCommand.prepare(environment, RUN, LIBRARY, true);
        assertEquals("self,shm,ipath", environment.get("PSM_DEVICES"));
        assertEquals("1", environment.get("PSM_SHAREDCONTEXTS"));
    }

    @Test
    void shouldLeaveWhatTheUserHasSet() {
        Map<String, String> environment =
                new HashMap<>(
                        Map.of(
                                "LD_PRELOAD", "/lib/a.so:/lib/b.so",
                                "SOFTPATH_DIR", "/elsewhere",
                                "PSM_DEVICES", "self,shm,ipath",
                                "PSM_SHAREDCONTEXTS", "1",
                                "IPATH_NO_BACKTRACE", ""));
        ExecCommand.prepare(environment, RUN, LIBRARY, false);
        assertEquals(
                Map.of(
                        "LD_PRELOAD", LIBRARY + ":/lib/a.so:/lib/b.so",
                        "SOFTPATH_DIR", RUN.toString(),
                        "PSM_DEVICES", "self,shm,ipath",
                        "PSM_SHAREDCONTEXTS", "1",
                        "IPATH_NO_BACKTRACE", ""),
                environment);
    }

    @Test
    void shouldSayWhyThereIsNoPreloadLibrary() {
        Path missing = dir.resolve("libsoftpath-preload.so");
        Trouble trouble = assertThrows(Trouble.class, () -> ExecCommand.library(missing));
        assertEquals(ExitCode.UNAVAILABLE, trouble.exitCode());
        assertTrue(trouble.getMessage().startsWith(missing + " is not there"), trouble::getMessage);
        assertTrue(trouble.getMessage().contains("apt-get install gcc"), trouble::getMessage);
    }

    @Test
    void shouldRefuseAPathThatTheLoaderWouldTakeApart() throws IOException {
        Path library = dir.resolve("a b.so");
        Files.createFile(library);
        Trouble trouble = assertThrows(Trouble.class, () -> ExecCommand.library(library));
        assertTrue(trouble.getMessage().contains("space or colon"), trouble::getMessage);
    }

    @Test
    void shouldSayThatThereIsNoSuchCommand() throws IOException {
        Path plain = Files.createFile(dir.resolve("plain"));
        String path = "/nowhere:" + dir;
        assertRefused("softpath-nothing", path, "is not on PATH");
        assertRefused("plain", path, "is not on PATH");
        assertRefused(dir + "/nothing", path, "no such command");
        assertRefused(plain.toString(), path, "may not be executed");
        assertRefused(dir.toString(), path, "may not be executed");

        Files.setPosixFilePermissions(plain, PosixFilePermissions.fromString("rwx------"));
        ExecCommand.checkCommand("plain", path);
        ExecCommand.checkCommand(plain.toString(), "");
    }

    private static void assertRefused(String command, String path, String why) {
        Trouble trouble =
                assertThrows(Trouble.class, () -> ExecCommand.checkCommand(command, path));
        assertEquals(ExitCode.UNAVAILABLE, trouble.exitCode());
        assertTrue(trouble.getMessage().contains(command), trouble::getMessage);
        assertTrue(trouble.getMessage().contains(why), trouble::getMessage);
    }

    @Test
    void shouldSayThatThereIsNoCommandAtAll() {
        for (String[] line : new String[][] {{"exec"}, {"exec", "-n", "2", "--"}}) {
            CommandLineRun run = CommandLineRun.of(line);
            assertEquals(ExitCode.USAGE, run.exitCode(), run::toString);
            assertTrue(run.err().contains("COMMAND"), run.err());
        }
        assertEquals(ExitCode.USAGE, CommandLineRun.of("exec", "-n", "0", "true").exitCode());
    }
}
