package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.softpath.abi.control.ControlRecord;
import io.softpath.abi.register.ChipCounter;
import io.softpath.driver.Device;
import io.softpath.linux.PidFd;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * bigcopy, as it is shipped: files of all sizes, little memory, a link that goes, ranks that die.
 */
@ExtendWith(ChildOutput.class)
class BigcopyIT {
    private static final Path DIST =
            Path.of(System.getProperty("basedir", ""), "target", "dist").toAbsolutePath();
    private static final int MIB = 1 << 20;

    @TempDir private Path temp;
    private Path files;
    private Path from;
    private Path to;

    @BeforeEach
    void makeADirectoryForTheFiles() throws IOException {
        files = Files.createDirectory(temp.resolve("files"));
        from = files.resolve("from");
        to = files.resolve("to");
    }

    private Jvm.Builder run(String... arguments) {
        return Jvm.of("io.softpath.launch.Softpath")
                .classPath(DIST.resolve("softpath.jar").toString())
                .flagsFile(DIST.resolve("jvm.flags"))
                .environment("XDG_RUNTIME_DIR", temp.toString())
                .arguments("run", "-n", "2", "--label")
                .arguments(arguments);
    }

    private byte[] someBytes(int count) {
        byte[] bytes = new byte[count];
        new Random(count).nextBytes(bytes);
        return bytes;
    }

    private void assertCopied() throws IOException {
        assertEquals(-1, Files.mismatch(from, to), "first byte that differs");
        assertEquals(List.of("from", "to"), names());
    }

    private List<String> names() throws IOException {
        try (Stream<Path> all = Files.list(files)) {
            return all.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static void assertSaid(Jvm run, String regex) {
        assertTrue(
                run.lines().stream().anyMatch(line -> line.matches(regex)),
                () -> regex + " in " + run.lines());
    }

    @ParameterizedTest
    @CsvSource({
        "IBA7220, 0",
        "IBA7220, 1",
        "IBA7220, 4097",
        "IBA7220, 5000003",
        "IBA7220, 2097152",
        "IBA7322, 3",
        "IBA7322, 5000003",
        "IBA6120, 1000001"
    })
    void shouldCopyEveryByte(String model, int bytes) throws IOException {
        Files.write(from, someBytes(bytes));
        try (Jvm run =
                run("--model", model, "bigcopy", "--sha256", from.toString(), to.toString())
                        .start()) {
            run.awaitSuccess();
            assertSaid(run, ".*" + bytes + " bytes, CRC-32C .*, SHA-256 .* on both sides; .*");
        }
        assertCopied();
    }

    @ParameterizedTest
    @CsvSource({
        "IBA7220, self;shm;ipath, 9, 3, 0",
        "IBA7220, self;ipath, 9, 3, 512",
        "IBA7322, self;ipath, 9, 3, 512",
        "IBA7220, self;ipath, 0, 5, 0"
    })
    void shouldSayHowOftenEachByteWasCopied(
            String model, String devices, int psmTid, int times, int tids) throws IOException {
        Files.write(from, someBytes(2 * MIB));
        try (Jvm run =
                run("--model", model, "bigcopy", from.toString(), to.toString())
                        .environment("PSM_DEVICES", devices.replace(';', ','))
                        .environment("PSM_TID", Integer.toString(psmTid))
                        .start()) {
            run.awaitSuccess();
            assertSaid(run, ".*each byte was copied " + times + " times: file -> .*");
            assertSaid(run, ".*\\b9 messages in \\d+ packets; " + tids + " TIDs written; .*");
        }
        assertCopied();
    }

    @ParameterizedTest
    @ValueSource(strings = {"IBA7220", "IBA7322"})
    void shouldCopyOverALinkThatLosesAndSpoils(String model) throws IOException {
        Files.write(from, someBytes(3_000_001));
        try (Jvm run =
                run(
                                "--units",
                                "2",
                                "--model",
                                model,
                                "--link",
                                "drop=5%,dup=1%,reorder=2%,corrupt=0.1%,seed=21",
                                "bigcopy",
                                from.toString(),
                                to.toString())
                        .start()) {
            run.awaitSuccess();
            assertSaid(run, ".* something had to be sent again \\d+ times?");
        }
        assertCopied();
    }

    @Test
    void shouldReadAPipe() throws IOException {
        Files.write(from, someBytes(MIB + 1));
        try (Jvm run = run("bigcopy", "-", to.toString()).start()) {
            run.println("hello");
            run.closeInput();
            run.awaitSuccess();
        }
        assertEquals("hello\n", Files.readString(to));
    }

    @Test
    void shouldCopyUnderALimitOf64KiB() throws IOException {
        copyUnderALimit(64 * 1024, ".*allows 64 KiB to the sender and 64 KiB to the receiver .*");
    }

    /** What most systems allow is more than it needs. */
    @Test
    void shouldCopyUnderALimitOf8MiB() throws IOException {
        copyUnderALimit(8 * MIB, ".*\\b12 messages in .*");
    }

    private void copyUnderALimit(int limit, String said) throws IOException {
        Files.write(from, someBytes(3_000_001));
        try (Jvm run =
                run("bigcopy", from.toString(), to.toString())
                        .environment("PSM_DEVICES", "self,ipath")
                        .prefix(Memlock.limit(limit))
                        .start()) {
            run.awaitSuccess();
            assertSaid(run, said);
            assertSaid(run, ".* [1-9]\\d* TIDs written; .*");
        }
        assertCopied();
    }

    @Test
    void shouldNotTouchAFileThatIsThereAlready() throws IOException {
        Files.write(from, someBytes(100));
        Files.writeString(to, "old");
        try (Jvm run = run("bigcopy", from.toString(), to.toString()).start()) {
            assertEquals(ExitCode.USAGE, run.exitCode());
            assertSaid(run, ".*bigcopy: TO: .* is there already; --force .*");
        }
        assertEquals("old", Files.readString(to));
    }

    @Test
    void shouldLeaveNothingWhenTheFileCannotBeWritten() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/prlimit")), "prlimit is not installed");
        Files.write(from, someBytes(21 * MIB));
        try (ChildDaemon daemon = ChildDaemon.start();
                Jvm run =
                        run("bigcopy", from.toString(), to.toString())
                                .environment("SOFTPATH_DIR", daemon.directory().toString())
                                .prefix("prlimit", "--fsize=" + 20 * MIB)
                                .start()) {
            assertEquals(1, run.exitCode());
            assertSaid(run, ".*bigcopy: cannot write .*/to: File too large");
        }
        assertEquals(List.of("from"), names());
    }

    /** A pipe in whose middle the copy stands still as long as the test wants. */
    private final class Feed implements AutoCloseable {
        private final RandomAccessFile pipe;
        private final RandomAccessFile all;

        Feed() throws IOException, InterruptedException {
            Path fifo = temp.resolve("fifo");
            assertEquals(
                    0, new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor(), "mkfifo");
            all = new RandomAccessFile(from.toFile(), "rw");
            pipe = new RandomAccessFile(fifo.toFile(), "rw"); // waits for no reader
        }

        String path() {
            return temp.resolve("fifo").toString();
        }

        /** Returns when nearly all of it was read. */
        void write(int bytes) throws IOException {
            CompletableFuture<Void> written = start(bytes);
            Await.until("read of the pipe", written::isDone);
            written.join();
        }

        CompletableFuture<Void> start(int bytes) throws IOException {
            byte[] some = someBytes(bytes);
            all.write(some);
            return CompletableFuture.runAsync(
                    () -> {
                        try {
                            pipe.write(some);
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    },
                    task -> Thread.ofPlatform().daemon().start(task));
        }

        void end() throws IOException {
            pipe.close();
            all.close();
        }

        @Override
        public void close() throws IOException {
            end();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void shouldLeaveNoHalfFileWhenARankIsKilled(int rank) throws Exception {
        try (Feed feed = new Feed();
                Jvm run = run("bigcopy", feed.path(), to.toString()).start()) {
            feed.write(3 * MIB);
            run.awaitLine("\\[0\\] bigcopy: [1-9].* MB, .*");
            assertFalse(Files.exists(to));
            Ranked.of(run, rank).destroyForcibly();
            assertEquals(Jvm.EXIT_BY_SIGNAL + Jvm.SIGKILL, run.exitCode());
            assertSaid(run, "softpath run: rank " + rank + " .*SIGKILL.*");
        }
        assertEquals(List.of("from"), names());
    }

    @Test
    void shouldLeaveNoHalfFileWhenItIsInterrupted() throws Exception {
        try (Feed feed = new Feed();
                Jvm run = run("bigcopy", feed.path(), to.toString()).start()) {
            feed.write(3 * MIB);
            run.awaitLine("\\[0\\] bigcopy: [1-9].* MB, .*");
            run.signal(Jvm.SIGINT);
            assertEquals(Jvm.EXIT_BY_SIGNAL + Jvm.SIGINT, run.exitCode());
        }
        assertEquals(List.of("from"), names());
    }

    @ParameterizedTest
    @ValueSource(strings = {"IBA7220", "IBA7322"})
    void shouldGoOnWhenTheLinkIsBack(String model) throws Exception {
        try (Feed feed = new Feed();
                ChildDaemon daemon = ChildDaemon.start("--model", model);
                Device admin = daemon.open();
                Jvm run =
                        run("bigcopy", feed.path(), to.toString())
                                .environment("SOFTPATH_DIR", daemon.directory().toString())
                                .environment("PSM_DEVICES", "self,ipath")
                                .start()) {
            feed.write(3 * MIB);
            for (int i = 0; i < 3; i++) {
                long dropped = dropped(admin);
                admin.inspect().admin(ControlRecord.ADMIN_LINK_DOWN, 0, 0);
                CompletableFuture<Void> written = feed.start(MIB + 1);
                Await.until("packets into a dead link", () -> dropped(admin) > dropped);
                admin.inspect().admin(ControlRecord.ADMIN_LINK_UP, 0, 0);
                Await.until("read of the pipe", written::isDone);
                written.join();
            }
            feed.end();
            run.awaitSuccess();
        }
        assertCopied();
    }

    private static long dropped(Device device) {
        return Counted.by(device, ChipCounter.TX_DROPPED);
    }

    @Test
    void shouldGiveUpOnARankThatSaysNothing() throws Exception {
        try (Feed feed = new Feed();
                Jvm run = run("bigcopy", "--timeout", "1", feed.path(), to.toString()).start()) {
            feed.write(3 * MIB);
            run.awaitLine("\\[0\\] bigcopy: [1-9].* MB, .*");
            try (PidFd stopped = PidFd.open((int) Ranked.of(run, 1).pid())) {
                stopped.signal(Jvm.SIGSTOP);
                assertEquals(1, run.exitCode());
            }
            assertSaid(run, ".*bigcopy: the other rank has said nothing for 1 s: .*");
        }
        assertEquals(List.of("from"), names());
    }
}
