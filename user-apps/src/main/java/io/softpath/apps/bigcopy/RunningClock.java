package io.softpath.apps.bigcopy;

import java.util.concurrent.TimeUnit;

/**
 * Time in which this process has run. A pause (SIGSTOP, a suspended laptop) counts as one short
 * step, so that whoever continues does not think that its peer was silent meanwhile. One thread.
 */
final class RunningClock {
    static final long MAX_STEP_NS = TimeUnit.MILLISECONDS.toNanos(500);

    private long lastNs;
    private long nowNs;

    RunningClock(long systemNs) {
        lastNs = systemNs;
    }

    /** Moves on; to be called more often than {@link #MAX_STEP_NS}. */
    long advance(long systemNs) {
        nowNs += Math.min(systemNs - lastNs, MAX_STEP_NS);
        lastNs = systemNs;
        return nowNs;
    }
}
