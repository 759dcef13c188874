package io.softpath.daemon.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.softpath.abi.control.ControlRecord;
import io.softpath.daemon.Daemon;
import io.softpath.daemon.DaemonTestBase;
import io.softpath.daemon.FakeClient;
import io.softpath.daemon.region.UserMemory;
import io.softpath.error.Errno;
import io.softpath.linux.MappedMemory;
import io.softpath.linux.MemFd;
import io.softpath.linux.Protection;
import io.softpath.linux.Seals;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Memory for the chip, over a real connection. */
class UserMemoryTest extends DaemonTestBase {
    private static final int BYTES = 3 * 4096;
    private static final int LARGE_BYTES = 9 << 20;

    private static long descriptors() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            return files.count();
        }
    }

    @Test
    void shouldHandOutASealedFileAndKeepNoDescriptorOfIt() throws IOException {
        start();
        FakeClient client = client();
        assertRefused(Errno.EINVAL, client.memCreate(BYTES));
        client.start();
        client.memCreate(1).file().close(); // now the process has an account
        long descriptors = descriptors();
        FakeClient.Reply reply = client.memCreate(BYTES - 1);
        assertEquals(2, reply.result());
        assertEquals(
                BYTES,
                ControlRecord.u64(
                        reply.segment(),
                        ControlRecord.MEM_REPLY_FILE_BYTES - ControlRecord.REPLY_PAYLOAD));
        assertEquals(descriptors + 1, descriptors(), "the client's own descriptor");
        try (MemFd file = MemFd.received(reply.file());
                Arena arena = Arena.ofConfined()) {
            assertEquals(Seals.SHRINK | Seals.GROW | Seals.SEAL, file.seals() & ~Seals.EXEC);
            assertEquals(BYTES, file.bytes());
            assertEquals(0600, file.mode());
            assertEquals(0, file.allocatedBytes(), "nothing is used before it is touched");
            MemorySegment users =
                    MappedMemory.map(file.fd(), 0, BYTES, Protection.READ_WRITE, arena).segment();
            users.set(JAVA_INT, 4096, 4711);
            OpenContext context = daemon().units().getFirst().openContexts().getFirst();
            assertEquals(4711, context.memories.all().get(1).memory().get(JAVA_INT, 4096));
            context.memories.all().get(1).memory().set(JAVA_INT, 8192 + 4, 42);
            assertEquals(42, users.get(JAVA_INT, 2 * 4096 + 4));
            assertEquals(0, client.memBind(2, users.address()).result());
            assertEquals(0, client.memFree(2).result());
            users.set(JAVA_INT, 0, 1); // the client's own mapping is its own affair
        }
        assertEquals(descriptors, descriptors());
        client.close();
        assertEquals(0, daemon().openFiles());
    }

    @Test
    void shouldLeaveItToAnotherThreadToUnmapLargeMemory() throws Exception {
        Daemon daemon = start();
        List<UserMemory> left = new ArrayList<>();
        daemon.units().getFirst().unmapper(left::add);
        FakeClient client = client();
        client.start();
        client.memCreate(BYTES).file().close();
        FakeClient.Reply large = client.memCreate(LARGE_BYTES);
        try (MemFd file = MemFd.received(large.file());
                Arena arena = Arena.ofConfined()) {
            MemorySegment users =
                    MappedMemory.map(file.fd(), 0, LARGE_BYTES, Protection.READ_WRITE, arena)
                            .segment();
            users.fill((byte) 7);
            assertEquals(0, client.memFree(1).result());
            assertEquals(0, client.memFree(2).result());
            assertEquals(1, left.size(), "the small one is unmapped at once");
            MemorySegment chips = left.getFirst().memory();
            assertEquals(7, chips.get(JAVA_BYTE, LARGE_BYTES - 1));

            FutureTask<Boolean> unmap = new FutureTask<>(left.getFirst()::unmap, true);
            Thread.ofPlatform().start(unmap);
            assertTrue(unmap.get(20, TimeUnit.SECONDS));
            assertFalse(chips.scope().isAlive());
            assertEquals(7, users.get(JAVA_BYTE, LARGE_BYTES - 1), "the user's own is as it was");
        }
    }

    @Test
    void shouldGiveEverythingBackWithTheConnection() throws IOException {
        Daemon daemon = start();
        long descriptors = descriptors();
        for (int i = 0; i < 50; i++) {
            FakeClient client = FakeClient.open(daemon);
            client.start();
            for (int j = 0; j < 10; j++) {
                client.memCreate(BYTES).file().close();
            }
            client.close();
        }
        assertEquals(0, daemon.openFiles());
        assertEquals(descriptors, descriptors());
    }
}
