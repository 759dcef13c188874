package io.softpath.psm;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Numbers that tell the endpoints of one place from those that come there later, on the same host:
 * each is greater than those before, by the sign of the difference of 32 bits. Where PSM's library
 * has the id of its process, this is the time in milliseconds.
 */
final class RunId {
    private static final AtomicLong LAST = new AtomicLong();

    private RunId() {}

    static int next() {
        return (int) LAST.updateAndGet(last -> Math.max(last + 1, System.currentTimeMillis()));
    }
}
