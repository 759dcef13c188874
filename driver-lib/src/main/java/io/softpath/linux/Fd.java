package io.softpath.linux;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * One open file descriptor and its only owner. Any thread.
 *
 * <p>A descriptor number is reused by the kernel as soon as it is closed, so a late call on a
 * closed number would reach somebody else's file. Calls therefore enter and leave through this
 * class: after {@link #close} every call is refused with {@code EBADF}, and the number itself is
 * given back when the last call that was already inside has left.
 */
public final class Fd implements AutoCloseable {
    private static final int CLOSED = Integer.MIN_VALUE;

    private final int number;
    private final String name;

    /** How many calls are inside, plus the {@link #CLOSED} bit. */
    private final AtomicInteger state = new AtomicInteger();

    private Fd(int number, String name) {
        this.number = number;
        this.name = name;
    }

    /** Takes over a number that a system call of this package has just returned. */
    static Fd own(int number, String name) {
        return new Fd(number, name);
    }

    /** What the descriptor is, for messages: a memfd's name, a socket's path. */
    public String name() {
        return name;
    }

    /**
     * The kernel's number, for messages and {@code /proc/self/fd}.
     *
     * @throws io.softpath.error.SoftpathException EBADF if closed
     */
    public int number() {
        if (!isOpen()) {
            throw closed();
        }
        return number;
    }

    public boolean isOpen() {
        return state.get() >= 0;
    }

    /**
     * Closes once; later calls do nothing. A call that is inside keeps the number alive until it
     * returns.
     */
    @Override
    public void close() {
        int before = state.getAndUpdate(uses -> uses | CLOSED);
        if (before == 0) {
            closeNumber();
        }
    }

    /** Enters: the number stays valid until {@link #leave}. Refused with EBADF after close. */
    int enter() {
        while (true) {
            int uses = state.get();
            if (uses < 0) {
                throw closed();
            }
            if (state.compareAndSet(uses, uses + 1)) {
                return number;
            }
        }
    }

    void leave() {
        if (state.decrementAndGet() == CLOSED) {
            closeNumber();
        }
    }

    /**
     * Linux gives the number back whatever close(2) returns, so there is nothing to retry or
     * report.
     */
    private void closeNumber() {
        NativeCalls.callInt(NativeCalls.CLOSE, number, 0, 0);
    }

    private RuntimeException closed() {
        return NativeCalls.failure(
                "use of a closed descriptor", NativeCalls.EBADF, this.toString());
    }

    @Override
    public String toString() {
        return "fd=" + number + " name=" + name + (isOpen() ? "" : " closed=true");
    }
}
