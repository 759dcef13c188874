package io.softpath.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.Objects;

/**
 * Waits for many descriptors ({@code epoll(7)}, level-triggered). Each carries a tag of the
 * caller's.
 *
 * <p>Add, modify and remove: any thread. {@link #await}, {@link #tag} and {@link #ready}: one
 * thread, which owns the result. Nothing is allocated per wait.
 *
 * <p>Remove a descriptor before it is closed: the kernel drops it only with the last copy of it,
 * and a copy may have been passed to another process.
 */
public final class Epoll implements AutoCloseable {
    private static final int EPOLL_CLOEXEC = 0x80000;
    private static final int ADD = 1;
    private static final int DEL = 2;
    private static final int MOD = 3;

    /** struct epoll_event is packed on x86-64 only. */
    private static final int EVENT_BYTES = NativeCalls.X86_64 ? 12 : 16;

    private static final int DATA = NativeCalls.X86_64 ? 4 : 8;
    private static final long NS_PER_MS = 1_000_000L;

    private final Fd fd;
    private final int maxEvents;
    private final MemorySegment results;
    private final MemorySegment timeout = Arena.ofAuto().allocate(Timespec.BYTES, 8);
    private int readyCount;
    private boolean nanosecondWait = true;

    private Epoll(Fd fd, int maxEvents) {
        this.fd = fd;
        this.maxEvents = maxEvents;
        this.results = Arena.ofAuto().allocate((long) EVENT_BYTES * maxEvents, 8);
    }

    /**
     * Makes an empty set.
     *
     * @param maxEvents how many descriptors one {@link #await} can report; the rest wait for the
     *     next one
     * @throws io.softpath.error.SoftpathException EMFILE, ENFILE, ENOMEM; EINVAL if {@code
     *     maxEvents} is not in 1..65536
     */
    public static Epoll create(int maxEvents) {
        if (maxEvents < 1 || maxEvents > 65536) {
            throw NativeCalls.failure(
                    "epoll_create1", NativeCalls.EINVAL, "maxEvents=" + maxEvents + " bound=65536");
        }
        long number =
                NativeCalls.check(
                        "epoll_create1",
                        NativeCalls.callInt(NativeCalls.EPOLL_CREATE1, EPOLL_CLOEXEC, 0, 0),
                        "");
        return new Epoll(Fd.own((int) number, "epoll"), maxEvents);
    }

    public Fd fd() {
        return fd;
    }

    /**
     * Puts a descriptor in.
     *
     * @param events what to wait for ({@link PollEvents})
     * @param tag comes back from {@link #tag}
     * @throws io.softpath.error.SoftpathException EEXIST if it is in already; EBADF if closed;
     *     EPERM if it cannot be waited for
     */
    public void add(Fd member, int events, long tag) {
        control("epoll_ctl(ADD)", ADD, member, events, tag);
    }

    /**
     * Changes what a member waits for, and its tag.
     *
     * @throws io.softpath.error.SoftpathException ENOENT if it is not in
     */
    public void modify(Fd member, int events, long tag) {
        control("epoll_ctl(MOD)", MOD, member, events, tag);
    }

    /**
     * Takes a descriptor out.
     *
     * @throws io.softpath.error.SoftpathException ENOENT if it is not in
     */
    public void remove(Fd member) {
        control("epoll_ctl(DEL)", DEL, member, 0, 0);
    }

    private void control(String call, int operation, Fd member, int events, long tag) {
        int epoll = fd.enter();
        try {
            int number = member.enter();
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment event = arena.allocate(16, 8);
                event.set(JAVA_INT, 0, events);
                event.set(JAVA_LONG_UNALIGNED, DATA, tag);
                NativeCalls.check(
                        call,
                        NativeCalls.callInt(
                                NativeCalls.EPOLL_CTL,
                                epoll,
                                operation,
                                number,
                                event.address(),
                                0,
                                0),
                        member);
            } finally {
                member.leave();
            }
        } finally {
            fd.leave();
        }
    }

    /**
     * Waits until a member is ready.
     *
     * @param timeoutNs 0 only looks; negative waits for ever. Before Linux 5.11 it is rounded up to
     *     a millisecond.
     * @return how many are ready; 0 after a time-out
     */
    public int await(long timeoutNs) {
        readyCount = 0;
        int number = fd.enter();
        try {
            long startNs = System.nanoTime();
            long leftNs = timeoutNs;
            while (true) {
                int ready = waitOnce(number, leftNs);
                if (ready == -NativeCalls.ENOSYS && nanosecondWait) {
                    nanosecondWait = false;
                } else if (ready != -NativeCalls.EINTR) {
                    readyCount = (int) NativeCalls.check("epoll_wait", ready, fd);
                    return readyCount;
                } else if (timeoutNs >= 0) {
                    leftNs = Math.max(0, timeoutNs - (System.nanoTime() - startNs));
                }
            }
        } finally {
            fd.leave();
            Reference.reachabilityFence(this);
        }
    }

    private int waitOnce(int number, long ns) {
        if (ns > 0 && nanosecondWait) {
            return NativeCalls.epollPwait2(
                    number, results.address(), maxEvents, Timespec.fill(timeout, ns));
        }
        long ms = ns < 0 ? -1 : Math.min(Integer.MAX_VALUE, (ns + NS_PER_MS - 1) / NS_PER_MS);
        return NativeCalls.epollWait(number, results.address(), maxEvents, ms);
    }

    /** The tag of ready member {@code index}, 0 to the last {@link #await}'s result - 1. */
    public long tag(int index) {
        Objects.checkIndex(index, readyCount);
        return results.get(JAVA_LONG_UNALIGNED, (long) EVENT_BYTES * index + DATA);
    }

    /** What is true of ready member {@code index} ({@link PollEvents}). */
    public int ready(int index) {
        Objects.checkIndex(index, readyCount);
        return results.get(JAVA_INT, (long) EVENT_BYTES * index);
    }

    boolean waitsForNanoseconds() {
        return nanosecondWait;
    }

    @Override
    public void close() {
        fd.close();
    }
}
