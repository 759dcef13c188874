package io.softpath.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.FutureTask;

/** Poll, epoll and eventfd. */
class WaitTest {
    private static final long FOR_EVER = -1;
    private static final long ONE_MS = 1_000_000;
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    private final EventFd bell = EventFd.create("bell");
    private final EventFd other = EventFd.create("other");

    @AfterEach
    void close() {
        bell.close();
        other.close();
    }

    @Test
    void shouldCountSignalsUntilDrained() {
        assertEquals(0, bell.drain());
        bell.signal();
        bell.signal();
        assertEquals(2, bell.drain());
        assertEquals(0, bell.drain());
    }

    @Test
    void shouldReportWhichDescriptorIsReady() {
        Poll poll = Poll.of(bell.fd(), other.fd());
        assertEquals(0, poll.await(0));
        other.signal();
        assertEquals(1, poll.await(FOR_EVER));
        assertEquals(0, poll.ready(0));
        assertEquals(PollEvents.IN, poll.ready(1));
        other.drain();
        assertEquals(0, poll.await(ONE_MS));
        assertEquals(0, poll.ready(1));
    }

    @Test
    void shouldWaitForHangUpAloneWhileMessagesWait() {
        List<SeqPacketSocket> pair = SeqPacketSocket.pair();
        SeqPacketSocket there = pair.get(1);
        try (SeqPacketSocket here = pair.get(0)) {
            there.send(MemorySegment.ofArray(new byte[] {1}), 1);
            Poll poll = Poll.of(here.fd()).events(0, PollEvents.RDHUP);
            assertEquals(0, poll.await(0));
            there.close();
            assertEquals(1, poll.await(FOR_EVER));
            assertTrue((poll.ready(0) & PollEvents.RDHUP) != 0);
            assertEquals(0, poll.ready(0) & PollEvents.IN);
        }
    }

    @Test
    void shouldWakeAPollFromAnotherThread() {
        Poll poll = Poll.of(bell.fd());
        FutureTask<Integer> waiting = new FutureTask<>(() -> poll.await(FOR_EVER));
        Thread.ofPlatform().daemon().start(waiting);
        bell.signal();
        assertTimeoutPreemptively(DEADLINE, () -> assertEquals(1, waiting.get()));
    }

    @Test
    void shouldRefuseClosedDescriptorsInAPoll() {
        Poll poll = Poll.of(bell.fd(), other.fd());
        other.close();
        Refusals.assertRefused("EBADF", () -> poll.await(0));
        assertThrows(IndexOutOfBoundsException.class, () -> poll.ready(2));
        assertThrows(IndexOutOfBoundsException.class, () -> poll.events(-1, 0));
    }

    @Test
    void shouldKeepADescriptorOpenWhileAPollIsInside() {
        EventFd closing = EventFd.create("closing");
        Poll poll = Poll.of(closing.fd(), bell.fd());
        FutureTask<Integer> waiting = new FutureTask<>(() -> poll.await(FOR_EVER));
        Thread.ofPlatform().daemon().start(waiting);
        closing.signal(); // the wait ends by this signal even if the descriptor is closed at once
        assertTimeoutPreemptively(DEADLINE, () -> assertEquals(1, waiting.get()));
        closing.close();
        Refusals.assertRefused("EBADF", closing::signal);
        Refusals.assertRefused("EBADF", closing::drain);
    }

    @Test
    void shouldReportTagsOfReadyMembers() {
        try (Epoll epoll = Epoll.create(8)) {
            epoll.add(bell.fd(), PollEvents.IN, 0x1234_5678_9abc_def0L);
            epoll.add(other.fd(), PollEvents.IN, 2);
            assertEquals(0, epoll.await(0));
            bell.signal();
            assertEquals(1, epoll.await(FOR_EVER));
            assertEquals(0x1234_5678_9abc_def0L, epoll.tag(0));
            assertEquals(PollEvents.IN, epoll.ready(0));
            other.signal();
            assertEquals(2, epoll.await(FOR_EVER));
            assertEquals(0x1234_5678_9abc_def0L + 2, epoll.tag(0) + epoll.tag(1));
        }
    }

    @Test
    void shouldStayReadyUntilDrained() {
        try (Epoll epoll = Epoll.create(8)) {
            epoll.add(bell.fd(), PollEvents.IN, 1);
            bell.signal();
            assertEquals(1, epoll.await(ONE_MS));
            assertEquals(1, epoll.await(ONE_MS));
            bell.drain();
            assertEquals(0, epoll.await(ONE_MS));
        }
    }

    @Test
    void shouldReportTheRestNextTimeWhenThereIsNoRoom() {
        try (Epoll epoll = Epoll.create(1)) {
            epoll.add(bell.fd(), PollEvents.IN, 1);
            epoll.add(other.fd(), PollEvents.IN, 2);
            bell.signal();
            other.signal();
            assertEquals(1, epoll.await(0));
            long first = epoll.tag(0);
            assertEquals(1, epoll.await(0));
            assertEquals(3, first + epoll.tag(0));
            assertThrows(IndexOutOfBoundsException.class, () -> epoll.tag(1));
        }
    }

    @Test
    void shouldFollowModifyAndRemove() {
        try (Epoll epoll = Epoll.create(8)) {
            epoll.add(bell.fd(), PollEvents.IN, 1);
            bell.signal();
            epoll.modify(bell.fd(), 0, 1);
            assertEquals(0, epoll.await(0));
            epoll.modify(bell.fd(), PollEvents.IN, 5);
            assertEquals(1, epoll.await(0));
            assertEquals(5, epoll.tag(0));
            epoll.remove(bell.fd());
            assertEquals(0, epoll.await(0));
        }
    }

    @Test
    void shouldRefuseWhatIsNotAMember() {
        try (Epoll epoll = Epoll.create(8)) {
            Refusals.assertRefused("ENOENT", () -> epoll.remove(bell.fd()));
            Refusals.assertRefused("ENOENT", () -> epoll.modify(bell.fd(), PollEvents.IN, 1));
            epoll.add(bell.fd(), PollEvents.IN, 1);
            Refusals.assertRefused("EEXIST", () -> epoll.add(bell.fd(), PollEvents.IN, 1));
            other.close();
            Refusals.assertRefused("EBADF", () -> epoll.add(other.fd(), PollEvents.IN, 1));
            assertThrows(IndexOutOfBoundsException.class, () -> epoll.tag(0));
        }
        Refusals.assertRefused("EINVAL", () -> Epoll.create(0));
        Refusals.assertRefused("EINVAL", () -> Epoll.create(Integer.MAX_VALUE));
    }

    @Test
    void shouldRefuseAClosedEpoll() {
        Epoll epoll = Epoll.create(8);
        epoll.close();
        Refusals.assertRefused("EBADF", () -> epoll.await(0));
        Refusals.assertRefused("EBADF", () -> epoll.add(bell.fd(), PollEvents.IN, 1));
    }

    @Test
    void shouldReportHangUpOfAPeer() {
        List<SeqPacketSocket> pair = SeqPacketSocket.pair();
        SeqPacketSocket there = pair.get(1);
        try (Epoll epoll = Epoll.create(8);
                SeqPacketSocket here = pair.get(0)) {
            epoll.add(here.fd(), PollEvents.IN | PollEvents.RDHUP, 7);
            there.close();
            assertEquals(1, epoll.await(FOR_EVER));
            int expected = PollEvents.IN | PollEvents.RDHUP | PollEvents.HUP;
            assertEquals(expected, epoll.ready(0));
        }
    }
}
