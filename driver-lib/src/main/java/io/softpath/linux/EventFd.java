package io.softpath.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.softpath.fault.FaultPoint;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;

/**
 * A wake-up that can sit in {@link Poll} and {@link Epoll} ({@code eventfd(2)}). Never blocks. Any
 * thread.
 */
public final class EventFd implements AutoCloseable {
    private static final int EFD_CLOEXEC_NONBLOCK = 0x80000 | 0x800;

    private final Fd fd;
    private final MemorySegment one = Arena.ofAuto().allocate(8, 8);
    private final MemorySegment count = Arena.ofAuto().allocate(8, 8);

    private EventFd(Fd fd) {
        this.fd = fd;
        one.set(JAVA_LONG, 0, 1L);
    }

    /**
     * Makes one with no signal pending.
     *
     * @throws io.softpath.error.SoftpathException EMFILE, ENFILE, ENOMEM
     */
    public static EventFd create(String name) {
        long number =
                NativeCalls.check(
                        "eventfd",
                        NativeCalls.callInt(
                                FaultPoint.EVENT_CREATE,
                                NativeCalls.EVENTFD,
                                0,
                                EFD_CLOEXEC_NONBLOCK,
                                0,
                                0,
                                0,
                                0),
                        "name=" + name);
        return new EventFd(Fd.own((int) number, "eventfd:" + name));
    }

    /**
     * One that another process has made and passed on.
     *
     * @param fd belongs to the result from now on
     */
    public static EventFd received(Fd fd) {
        return new EventFd(fd);
    }

    public Fd fd() {
        return fd;
    }

    /** Makes the descriptor readable; whoever sees that also sees every store made before. */
    public void signal() {
        int number = fd.enter();
        try {
            long result = NativeCalls.write(number, one.address(), 8);
            if (result != -NativeCalls.EAGAIN) { // full: it is readable already
                NativeCalls.check("write", result, fd);
            }
        } finally {
            fd.leave();
            Reference.reachabilityFence(this);
        }
    }

    /**
     * Takes all signals; the descriptor is no longer readable. Returns how many there were, 0 if
     * none.
     */
    public long drain() {
        int number = fd.enter();
        try {
            synchronized (count) {
                long result = NativeCalls.read(number, count.address(), 8);
                if (result == -NativeCalls.EAGAIN) {
                    return 0;
                }
                NativeCalls.check("read", result, fd);
                return count.get(JAVA_LONG, 0);
            }
        } finally {
            fd.leave();
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public void close() {
        fd.close();
    }

    @Override
    public String toString() {
        return fd.toString();
    }
}
