package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.linux.CurrentProcess;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;

class RunDirTest {
    @TempDir private Path dir;

    @Test
    void shouldPreferOptionThenVariableThenRuntimeDirThenTmp() {
        Map<String, String> both =
                Map.of("SOFTPATH_DIR", "/named", "XDG_RUNTIME_DIR", "/run/user/1");
        assertEquals(Path.of("/option"), RunDir.of(Path.of("/option"), both).path());
        assertEquals(Path.of("/named"), RunDir.of(null, both).path());
        assertEquals(
                Path.of("/run/user/1/softpath"),
                RunDir.of(null, Map.of("XDG_RUNTIME_DIR", "/run/user/1")).path());
        assertEquals(
                Path.of("/tmp/softpath-" + CurrentProcess.uid()), RunDir.of(null, Map.of()).path());
    }

    @Test
    void shouldFindNoDaemonInAnEmptyDirectory() {
        assertTrue(new RunDir(dir).daemon().isEmpty());
    }

    @Test
    void shouldTellALockedFileFromAFreeOne() throws IOException {
        Path file = dir.resolve("lock");
        assertFalse(RunDir.isLocked(file));
        assertFalse(Files.exists(file));
        try (FileChannel channel =
                        FileChannel.open(
                                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            assertTrue(lock.isValid());
            assertTrue(RunDir.isLocked(file));
        }
        assertFalse(RunDir.isLocked(file));
    }
}
