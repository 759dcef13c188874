package io.softpath.linux;

import static io.softpath.linux.Refusals.assertRefused;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.fault.FaultHandler;
import io.softpath.fault.FaultPlan;
import io.softpath.fault.FaultPoint;
import io.softpath.fault.Faults;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Calls that a plan has fail: each is refused as the kernel would, and leaves nothing behind. */
class PlannedRefusalTest {
    private static final long BYTES = 4096;
    private static final String NAME = "softpath-planned";

    private final Map<FaultPoint, Integer> passings = new EnumMap<>(FaultPoint.class);
    private FaultHandler before;

    private void plan(String text) {
        FaultHandler planned = Faults.planned(FaultPlan.parse(text));
        before =
                Faults.handler(
                        new FaultHandler() {
                            @Override
                            public void passed(FaultPoint point) {}

                            @Override
                            public int errno(FaultPoint point) {
                                passings.merge(point, 1, Integer::sum);
                                return planned.errno(point);
                            }
                        });
    }

    @AfterEach
    void restore() {
        Faults.handler(before);
    }

    @Test
    void shouldMakeNoFileWithoutDescriptorsOrSpace() {
        plan("memory.create=EMFILE@1;memory.size=ENOSPC@1");
        assertRefused("EMFILE", () -> MemFd.create(NAME, BYTES));
        assertRefused("ENOSPC", () -> MemFd.create(NAME, BYTES));
        assertEquals(0, Refusals.openDescriptors(NAME));
        MemFd.create(NAME, BYTES).close();
    }

    @Test
    void shouldMapNothingWithoutMemoryAndGoOnWithoutALock() {
        plan("memory.map=ENOMEM@1;memory.lock=ENOMEM@1");
        try (MemFd file = MemFd.create(NAME, BYTES);
                Arena arena = Arena.ofConfined()) {
            assertRefused("ENOMEM", () -> MappedMemory.map(file.fd(), 0, BYTES, true, arena));
            MappedMemory memory = MappedMemory.map(file.fd(), 0, BYTES, true, arena);
            assertFalse(memory.lockOnFault().equals(LockResult.LOCKED));
        }
        assertEquals(0, Refusals.openDescriptors(NAME));
    }

    @Test
    void shouldNeverShowAnInterruptedCall() {
        plan(
                "wait.poll=EINTR@1..3;wait.epoll=EINTR@1..3;socket.send=EINTR@1..3;"
                        + "socket.receive=EINTR@1..3");
        List<SeqPacketSocket> pair = SeqPacketSocket.pair();
        MemorySegment record = MemorySegment.ofArray(new long[2]);
        try (SeqPacketSocket one = pair.get(0);
                SeqPacketSocket other = pair.get(1);
                Epoll epoll = Epoll.create(1)) {
            assertTrue(one.trySend(record, 16));
            assertEquals(1, Poll.of(other.fd()).events(0, PollEvents.IN).await(-1));
            epoll.add(other.fd(), PollEvents.IN, 1);
            assertEquals(1, epoll.await(-1));
            assertEquals(16, other.tryReceive(record));
        }
        assertEquals(4, passings.get(FaultPoint.WAIT_POLL));
        assertEquals(4, passings.get(FaultPoint.WAIT_EPOLL));
        assertEquals(4, passings.get(FaultPoint.SOCKET_SEND));
        assertEquals(4, passings.get(FaultPoint.SOCKET_RECEIVE));
    }

    @Test
    void shouldMakeNoSocketAndNoEventWithoutDescriptors() {
        plan("socket.create=EMFILE@1;event.create=EMFILE@1");
        assertRefused("EMFILE", () -> SocketAddress.socket(0, NAME));
        assertRefused("EMFILE", () -> EventFd.create(NAME));
        EventFd.create(NAME).close();
    }
}
