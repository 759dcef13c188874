package io.softpath.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.Objects;

/**
 * A reusable {@code poll(2)} set. One thread at a time: calls from several threads wait for each
 * other.
 *
 * <p>A wait is not ended by closing one of its descriptors (that close takes effect when the wait
 * returns) nor by {@link Thread#interrupt}: put an {@link EventFd} into the set, or close a {@link
 * SeqPacketSocket}, which shuts it down and so ends the wait.
 */
public final class Poll {
    private static final int ENTRY_BYTES = 8;
    private static final int EVENTS = 4;
    private static final int REVENTS = 6;

    private final Fd[] fds;
    private final MemorySegment entries;
    private final MemorySegment timeout = Arena.ofAuto().allocate(Timespec.BYTES, 8);

    private Poll(Fd... fds) {
        this.fds = fds;
        this.entries = Arena.ofAuto().allocate((long) ENTRY_BYTES * fds.length, 8);
    }

    /**
     * A set of these descriptors in this order, each waiting for {@link PollEvents#IN} and {@link
     * PollEvents#RDHUP}.
     */
    public static Poll of(Fd... fds) {
        if (fds.length == 0) {
            throw NativeCalls.failure("ppoll", NativeCalls.EINVAL, "count=0");
        }
        Poll poll = new Poll(fds.clone());
        for (int i = 0; i < fds.length; i++) {
            Objects.requireNonNull(fds[i]);
            poll.events(i, PollEvents.IN | PollEvents.RDHUP);
        }
        return poll;
    }

    /**
     * Sets what descriptor {@code index} waits for ({@link PollEvents}); 0 leaves only errors and
     * hang-up.
     */
    public synchronized Poll events(int index, int events) {
        Objects.checkIndex(index, fds.length);
        entries.set(JAVA_SHORT, (long) ENTRY_BYTES * index + EVENTS, (short) events);
        return this;
    }

    /**
     * What was true of descriptor {@code index} when the last {@link #await} returned ({@link
     * PollEvents}).
     */
    public synchronized int ready(int index) {
        Objects.checkIndex(index, fds.length);
        return entries.get(JAVA_SHORT, (long) ENTRY_BYTES * index + REVENTS) & 0xffff;
    }

    /**
     * Waits until a descriptor is ready.
     *
     * @param timeoutNs 0 only looks; negative waits for ever
     * @return how many descriptors are ready; 0 after a time-out
     * @throws io.softpath.error.SoftpathException EBADF if one of them is closed
     */
    public synchronized int await(long timeoutNs) {
        int entered = 0;
        try {
            for (; entered < fds.length; entered++) {
                int number = fds[entered].enter();
                entries.set(JAVA_INT, (long) ENTRY_BYTES * entered, number);
                entries.set(JAVA_SHORT, (long) ENTRY_BYTES * entered + REVENTS, (short) 0);
            }
            return waitUntilReady(timeoutNs);
        } finally {
            for (int i = 0; i < entered; i++) {
                fds[i].leave();
            }
            Reference.reachabilityFence(this);
        }
    }

    private int waitUntilReady(long timeoutNs) {
        long startNs = System.nanoTime();
        long leftNs = timeoutNs;
        while (true) {
            int ready =
                    NativeCalls.ppoll(
                            entries.address(), fds.length, Timespec.fill(timeout, leftNs));
            if (ready != -NativeCalls.EINTR) {
                return (int) NativeCalls.check("ppoll", ready, fds[0]);
            }
            if (timeoutNs >= 0) {
                leftNs = Math.max(0, timeoutNs - (System.nanoTime() - startNs));
            }
        }
    }
}
