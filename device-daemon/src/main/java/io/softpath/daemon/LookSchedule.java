package io.softpath.daemon;

import java.util.function.LongSupplier;

/**
 * When the duty cycle looks at the sockets: by the clock, because a cycle may be an empty look at
 * the chips or 64 KiB of a gather. Who asks while the chips are idle has no packets to wait for,
 * and is answered sooner.
 *
 * <pre>
 *   packets      |-look-|---- 25 us, or as long as the look took ----|-look-|
 *   none         |-look-|- 5 us, or as long ... -|-look-|
 * </pre>
 *
 * Owned by the thread of the duty cycle.
 */
final class LookSchedule {
    /** Cycles between two looks at the clock; after so many in a row without work it is idle. */
    static final int CYCLES_PER_CLOCK = 16;

    static final long BUSY_INTERVAL_NS = 25_000L;
    static final long IDLE_INTERVAL_NS = 5_000L;

    private final LongSupplier nanoClock;
    private int cyclesUntilClock = CYCLES_PER_CLOCK;
    private int idleCycles; // in a row
    private boolean now = true;
    private long endNs; // of the last look
    private long tookNs;

    LookSchedule(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    /** Whether a look is due behind a cycle that did so much work. */
    boolean isDue(int work) {
        idleCycles = work > 0 ? 0 : Math.min(idleCycles + 1, CYCLES_PER_CLOCK);
        boolean idle = idleCycles == CYCLES_PER_CLOCK;
        if (now) {
            now = false;
            return true;
        }
        if (--cyclesUntilClock > 0 && !idle) {
            return false;
        }
        cyclesUntilClock = CYCLES_PER_CLOCK;
        long interval = idle ? IDLE_INTERVAL_NS : BUSY_INTERVAL_NS;
        return nanoClock.getAsLong() - endNs >= Math.max(interval, tookNs);
    }

    /** The next cycle shall look, whatever the time. */
    void now() {
        now = true;
    }

    /** A look is over. The packets get as much time as it took before the next one. */
    void looked(long beginNs, long newEndNs) {
        endNs = newEndNs;
        tookNs = newEndNs - beginNs;
    }
}
