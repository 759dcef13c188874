package io.softpath.daemon;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.linux.CurrentProcess;
import io.softpath.linux.SeqPacketListener;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.stream.Stream;

class RunDirectoryTest {
    private static final int UID = CurrentProcess.uid();

    @TempDir Path temporary;

    private RunDirectory claim(Path path) {
        return RunDirectory.claim(path, UID, "pid=42 uid=" + UID + " start=now units=1");
    }

    private static Errno refusal(Runnable attempt) {
        return assertThrows(SoftpathException.class, attempt::run).errno();
    }

    @Test
    void shouldMakeThePrivateDirectoryAndTakeItAway() throws IOException {
        Path path = temporary.resolve("a/b/run");
        RunDirectory directory = claim(path);
        assertEquals(
                "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
        assertTrue(
                Files.readString(path.resolve(RunDirectory.LOCK_FILE)).startsWith("pid=42 uid="));
        directory.close();
        assertFalse(Files.exists(path));
        assertTrue(Files.exists(path.getParent()));
    }

    @Test
    void shouldLeaveADirectoryThatItDidNotMake() throws IOException {
        Path path = Files.createDirectory(temporary.resolve("run"));
        Files.writeString(path.resolve("mine"), "text");
        claim(path).close();
        try (Stream<Path> left = Files.list(path)) {
            assertEquals(1, left.count());
        }
    }

    @Test
    void shouldRefuseASecondOwnerAndNameTheFirst() {
        Path path = temporary.resolve("run");
        try (RunDirectory first = claim(path)) {
            SoftpathException refused = assertThrows(SoftpathException.class, () -> claim(path));
            assertEquals(Errno.EBUSY, refused.errno());
            assertTrue(
                    refused.getMessage().contains("pid=42 uid=" + UID + " start=now units=1"),
                    refused.getMessage());
            assertTrue(Files.exists(first.path().resolve(RunDirectory.LOCK_FILE)));
        }
        claim(path).close();
    }

    @Test
    void shouldTakeOverWhatADeadDaemonLeft() throws IOException {
        Path path = Files.createDirectory(temporary.resolve("run"));
        Files.writeString(
                path.resolve(RunDirectory.LOCK_FILE),
                "pid=1 uid=0 start=then units=2 created=true\n");
        SeqPacketListener.listen(
                        path.resolve("ipath0"), PosixFilePermissions.fromString("rw-------"), 1)
                .close();
        SeqPacketListener.listen(
                        path.resolve("ipath"), PosixFilePermissions.fromString("rw-------"), 1)
                .close();
        Files.writeString(path.resolve("ipath7"), "not a socket");
        RunDirectory directory = claim(path);
        assertFalse(Files.exists(directory.node(0)));
        assertFalse(Files.exists(directory.anyNode()));
        assertTrue(Files.exists(directory.node(7)));
        Files.delete(directory.node(7));
        directory.close();
        assertFalse(Files.exists(path), "the dead daemon had made the directory");
    }

    @Test
    void shouldRefuseADirectoryThatEverybodyMayWrite() throws IOException {
        Path path = Files.createDirectory(temporary.resolve("run"));
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertEquals(Errno.EPERM, refusal(() -> claim(path)));
    }

    @Test
    void shouldRefuseSomebodyElsesDirectory() throws IOException {
        assumeTrue(UID == 0, "needs root to give a directory away");
        Path path = Files.createDirectory(temporary.resolve("run"));
        Files.setAttribute(path, "unix:uid", 12345);
        assertEquals(Errno.EPERM, refusal(() -> claim(path)));
    }

    @Test
    void shouldRefuseAFile() throws IOException {
        Path path = Files.writeString(temporary.resolve("run"), "text");
        assertEquals(Errno.ENOTDIR, refusal(() -> claim(path)));
    }

    @Test
    void shouldFindTheDefaultDirectory() {
        assertEquals(
                Path.of("/a"),
                RunDirectory.defaultPath(Map.of("SOFTPATH_DIR", "/a", "XDG_RUNTIME_DIR", "/b"), 7));
        assertEquals(
                Path.of("/b/softpath"),
                RunDirectory.defaultPath(Map.of("SOFTPATH_DIR", "", "XDG_RUNTIME_DIR", "/b"), 7));
        assertEquals(Path.of("/tmp/softpath-7"), RunDirectory.defaultPath(Map.of(), 7));
    }
}
