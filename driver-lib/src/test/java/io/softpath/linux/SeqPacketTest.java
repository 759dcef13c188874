package io.softpath.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.softpath.error.SoftpathException;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.FutureTask;

class SeqPacketTest {
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    @TempDir Path directory;

    private Path path;
    private SeqPacketListener listener;
    private SeqPacketSocket client;
    private SeqPacketSocket server;
    private final MemorySegment buffer = MemorySegment.ofArray(new long[512]);

    @BeforeEach
    void connect() {
        path = directory.resolve("ipath0");
        listener = SeqPacketListener.listen(path, PosixFilePermissions.fromString("rw-rw----"), 8);
        client = SeqPacketSocket.connect(path);
        server = listener.accept();
    }

    @AfterEach
    void close() {
        client.close();
        server.close();
        listener.close();
    }

    @Test
    void shouldHaveThePermissionsAskedFor() throws Exception {
        assertEquals(
                "rw-rw----", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
    }

    @Test
    void shouldKeepMessagesApart() {
        client.send(text("one"), 3);
        client.send(text("three"), 5);
        assertEquals(3, server.receive(buffer));
        assertEquals("one", text(3));
        assertEquals(5, server.tryReceive(buffer));
        assertEquals("three", text(5));
        assertEquals(SeqPacketSocket.WOULD_BLOCK, server.tryReceive(buffer));
    }

    @Test
    void shouldAcceptNobodyWhenNobodyConnects() {
        assertNull(listener.accept());
    }

    @Test
    void shouldSendFromAndReceiveIntoNativeMemory() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment message = arena.allocate(64, 8);
            message.set(JAVA_LONG, 56, 99);
            client.send(message, 64);
            MemorySegment into = arena.allocate(64, 8);
            assertEquals(64, server.receive(into));
            assertEquals(99, into.get(JAVA_LONG, 56));
        }
    }

    @Test
    void shouldReportEndWhenThePeerCloses() {
        client.send(text("last"), 4);
        client.close();
        assertEquals(4, server.receive(buffer));
        assertEquals(SeqPacketSocket.END, server.receive(buffer));
        assertEquals(SeqPacketSocket.END, server.tryReceive(buffer));
    }

    @Test
    void shouldReportEndWhenThePeerClosesWithUnreadMessages() {
        server.send(text("unread"), 6);
        client.close();
        assertEquals(SeqPacketSocket.END, server.tryReceive(buffer));
    }

    @Test
    void shouldThrowLostWhenSendingToAClosedPeer() {
        client.close();
        assertThrows(SoftpathException.Lost.class, () -> server.send(text("x"), 1));
        Refusals.assertRefused("EPIPE", () -> server.trySend(text("x"), 1));
    }

    @Test
    void shouldSayWouldBlockWhenThePeerDoesNotRead() {
        MemorySegment message = MemorySegment.ofArray(new byte[1024]);
        int sent = 0;
        while (sent < 100_000 && server.trySend(message, 1024)) {
            sent++;
        }
        assertTrue(sent > 0 && sent < 100_000, "sent " + sent);
        assertEquals(1024, client.receive(buffer));
    }

    @Test
    void shouldRefuseEmptyMessage() {
        Refusals.assertRefused("EINVAL", () -> client.send(text("x"), 0));
        Refusals.assertRefused("EINVAL", () -> client.trySend(text("x"), -1));
        assertEquals(SeqPacketSocket.WOULD_BLOCK, server.tryReceive(buffer));
    }

    @Test
    void shouldThrowWhenTheSegmentIsShorterThanTheMessage() {
        assertThrows(IndexOutOfBoundsException.class, () -> client.send(text("abc"), 4));
        assertEquals(SeqPacketSocket.WOULD_BLOCK, server.tryReceive(buffer));
        client.send(text("abc"), 3);
        assertEquals(3, server.tryReceive(buffer));
    }

    @Test
    void shouldReportTruncationAndGoOn() {
        client.send(text("far too long"), 12);
        client.send(text("ok"), 2);
        assertEquals(SeqPacketSocket.TRUNCATED, server.receive(buffer.asSlice(0, 4)));
        assertEquals(2, server.receive(buffer.asSlice(0, 4)));
    }

    @Test
    void shouldPassDescriptors() {
        List<Fd> received = new ArrayList<>();
        try (MemFd one = MemFd.create("softpath-test:one", 4096);
                MemFd two = MemFd.create("softpath-test:two", 8192)) {
            server.send(text("two files"), 9, one.fd(), two.fd());
            assertEquals(9, client.receive(buffer, 2, received));
            assertEquals(2, received.size());
            assertEquals(4096, MemFd.received(received.get(0)).bytes());
            assertEquals(8192, MemFd.received(received.get(1)).bytes());
        } finally {
            received.forEach(Fd::close);
        }
        assertEquals(0, Refusals.openDescriptors("softpath-test:"));
    }

    @Test
    void shouldHearOfASignalThroughADescriptorThatWasPassed() {
        List<Fd> received = new ArrayList<>();
        try (EventFd event = EventFd.create("test")) {
            server.send(text("bell"), 4, event.fd());
            assertEquals(4, client.receive(buffer, 1, received));
            try (EventFd passed = EventFd.received(received.getFirst())) {
                assertEquals(0, passed.drain());
                event.signal();
                assertEquals(1, passed.drain());
                assertEquals(0, event.drain());
            }
        }
    }

    @Test
    void shouldPassTheMostDescriptorsThatTheKernelTakes() {
        List<Fd> received = new ArrayList<>();
        try (EventFd event = EventFd.create("test")) {
            Fd[] many = new Fd[SeqPacketSocket.MAX_FDS];
            Arrays.fill(many, event.fd());
            server.send(text("many"), 4, many);
            assertEquals(4, client.receive(buffer, SeqPacketSocket.MAX_FDS, received));
            assertEquals(SeqPacketSocket.MAX_FDS, received.size());
            Fd[] tooMany = Arrays.copyOf(many, many.length + 1);
            tooMany[many.length] = event.fd();
            Refusals.assertRefused("EINVAL", () -> server.send(text("many"), 4, tooMany));
        } finally {
            received.forEach(Fd::close);
        }
    }

    @Test
    void shouldCloseDescriptorsOfTruncatedMessage() {
        List<Fd> received = new ArrayList<>();
        try (MemFd file = MemFd.create("softpath-test:leak", 4096)) {
            server.send(text("too long"), 8, file.fd());
            assertEquals(
                    SeqPacketSocket.TRUNCATED, client.receive(buffer.asSlice(0, 4), 1, received));
            server.send(text("two"), 3, file.fd(), file.fd());
            assertEquals(SeqPacketSocket.TRUNCATED, client.receive(buffer, 1, received));
            server.send(text("five"), 4, file.fd(), file.fd(), file.fd(), file.fd(), file.fd());
            assertEquals(SeqPacketSocket.TRUNCATED, client.receive(buffer, 2, received));
            assertEquals(List.of(), received);
            assertEquals(1, Refusals.openDescriptors("softpath-test:leak"));
        }
    }

    @Test
    void shouldLetTheKernelDropDescriptorsNobodyAskedFor() {
        try (MemFd file = MemFd.create("softpath-test:pushed", 4096)) {
            for (int i = 0; i < 50; i++) {
                client.send(text("push"), 4, file.fd(), file.fd());
                assertEquals(4, server.receive(buffer));
            }
            assertEquals(1, Refusals.openDescriptors("softpath-test:pushed"));
        }
    }

    @Test
    void shouldCloseDescriptorsWhenTheCallerCannotTakeThem() {
        try (MemFd file = MemFd.create("softpath-test:unwanted", 4096)) {
            server.send(text("x"), 1, file.fd());
            assertThrows(
                    UnsupportedOperationException.class,
                    () -> client.receive(buffer, 1, List.<Fd>of()));
            assertEquals(1, Refusals.openDescriptors("softpath-test:unwanted"));
        }
    }

    @Test
    void shouldSendNothingWhenADescriptorIsClosed() {
        MemFd closed = MemFd.create("softpath-test", 4096);
        closed.close();
        try (MemFd file = MemFd.create("softpath-test:open", 4096)) {
            Refusals.assertRefused(
                    "EBADF", () -> server.send(text("x"), 1, file.fd(), closed.fd()));
            assertEquals(SeqPacketSocket.WOULD_BLOCK, client.tryReceive(buffer));
        }
        assertEquals(0, Refusals.openDescriptors("softpath-test:open"));
    }

    @Test
    void shouldTellWhoThePeerIs() {
        PeerCredentials peer = server.peer();
        assertEquals(ProcessHandle.current().pid(), peer.pid());
        assertEquals(CurrentProcess.uid(), peer.uid());
        try (PidFd process = server.peerProcess()) {
            assertEquals(peer.pid(), process.pid());
            assertFalse(process.isDead());
            process.signal(0);
        }
    }

    @Test
    void shouldRefuseEveryCallAfterClose() {
        client.close();
        client.close();
        Refusals.assertRefused("EBADF", () -> client.send(text("x"), 1));
        Refusals.assertRefused("EBADF", () -> client.trySend(text("x"), 1));
        Refusals.assertRefused("EBADF", () -> client.receive(buffer));
        Refusals.assertRefused("EBADF", () -> client.tryReceive(buffer, 1, new ArrayList<>()));
        Refusals.assertRefused("EBADF", () -> client.peer());
        Refusals.assertRefused("EBADF", () -> client.peerProcess());
        listener.close();
        Refusals.assertRefused("EBADF", () -> listener.accept());
    }

    @Test
    void shouldEndABlockedReceiveWhenClosedByAnotherThread() {
        FutureTask<Integer> blocked = new FutureTask<>(() -> client.receive(buffer));
        Thread receiver = Thread.ofPlatform().daemon().start(blocked);
        assertTimeoutPreemptively(
                DEADLINE,
                () -> {
                    while (!insideSystemCall(receiver)) {
                        Thread.onSpinWait();
                    }
                    client.close();
                    assertEquals(SeqPacketSocket.END, blocked.get());
                });
        assertFalse(client.fd().isOpen());
        assertEquals(SeqPacketSocket.END, server.receive(buffer));
    }

    private static boolean insideSystemCall(Thread thread) {
        for (StackTraceElement frame : thread.getStackTrace()) {
            if (frame.getClassName().endsWith("NativeCalls")) {
                return true;
            }
        }
        return false;
    }

    @Test
    void shouldRefuseUnusableSegments() {
        Refusals.assertRefused("EINVAL", () -> server.receive(buffer.asReadOnly()));
        Refusals.assertRefused("EINVAL", () -> server.receive(buffer.asSlice(0, 0)));
        Refusals.assertRefused("EINVAL", () -> server.receive(buffer, 0, new ArrayList<>()));
        Refusals.assertRefused("EINVAL", () -> server.receive(buffer, 254, new ArrayList<>()));
    }

    @Test
    void shouldNameThePathWhenNobodyListens() {
        Path nowhere = directory.resolve("nowhere");
        SoftpathException refusal =
                assertThrows(
                        SoftpathException.Refused.class, () -> SeqPacketSocket.connect(nowhere));
        assertEquals("ENOENT", refusal.errno().name());
        assertTrue(refusal.getMessage().contains(nowhere.toString()), refusal.getMessage());
        listener.close();
        Refusals.assertRefused("ECONNREFUSED", () -> SeqPacketSocket.connect(path));
    }

    @Test
    void shouldRefuseTakenAndTooLongPaths() {
        var all = PosixFilePermissions.fromString("rw-rw-rw-");
        Refusals.assertRefused("EADDRINUSE", () -> SeqPacketListener.listen(path, all, 1));
        assertTrue(Files.exists(path));
        Path longPath = directory.resolve("x".repeat(108));
        Refusals.assertRefused("ENAMETOOLONG", () -> SeqPacketListener.listen(longPath, all, 1));
        Refusals.assertRefused("ENAMETOOLONG", () -> SeqPacketSocket.connect(longPath));
    }

    private static MemorySegment text(String text) {
        return MemorySegment.ofArray(text.getBytes(UTF_8));
    }

    private String text(int length) {
        return new String(buffer.asSlice(0, length).toArray(JAVA_BYTE), UTF_8);
    }
}
