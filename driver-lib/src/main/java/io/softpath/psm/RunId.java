package io.softpath.psm;

import io.softpath.psm.engine.PacketPort;

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
        int next;
        do {
            next = (int) LAST.updateAndGet(last -> Math.max(last + 1, System.currentTimeMillis()));
        } while (next == PacketPort.ANY_RUN);
        return next;
    }

    /** Whether a process had this one before a time in ms since 1970. */
    static boolean isBefore(int runId, long epochMs) {
        return (int) epochMs - runId > 0;
    }
}
