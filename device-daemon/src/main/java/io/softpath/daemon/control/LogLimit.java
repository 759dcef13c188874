package io.softpath.daemon.control;

import org.slf4j.Logger;

import java.util.function.LongSupplier;

/**
 * Bounds what clients can make the daemon log: some lines at once, then one a second. Whoever opens
 * and closes as fast as it can fills no disk, and does not hold the duty cycle up at a slow
 * terminal.
 */
final class LogLimit {
    static final int BURST = 100;
    static final long NS_PER_LINE = 1_000_000_000L;

    private final Logger log;
    private final LongSupplier nanoClock;
    private int lines = BURST;
    private long sinceNs;
    private long leftOut;

    LogLimit(Logger log, LongSupplier nanoClock) {
        this.log = log;
        this.nanoClock = nanoClock;
        sinceNs = nanoClock.getAsLong();
    }

    /** Whether one more line may be logged now; says first how many were not. */
    boolean permits() {
        long earned = (nanoClock.getAsLong() - sinceNs) / NS_PER_LINE;
        if (earned > 0) {
            sinceNs += earned * NS_PER_LINE;
            lines = (int) Math.min(BURST, lines + earned);
        }
        if (lines == 0) {
            leftOut++;
            return false;
        }
        lines--;
        if (leftOut != 0) {
            log.warn("left out {} lines: clients caused too many", leftOut);
            leftOut = 0;
        }
        return true;
    }
}
