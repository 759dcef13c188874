package io.softpath.daemon.control;

import io.softpath.fault.FaultPoint;
import io.softpath.fault.Faults;

import java.util.function.LongSupplier;

/**
 * What a plan breaks of one unit: its chip freezes with a parity error, its link goes down, for a
 * while or for good. It happens when the chip's duty cycle is over, because both end much that is
 * under way.
 */
final class Breakage {
    private static final long NEVER = Long.MAX_VALUE;

    private final UnitDriver unit;
    private final LongSupplier nanoClock;
    private long freezeNs = Faults.NO;
    private long downNs = Faults.NO;
    private long thawAtNs = NEVER;
    private long upAtNs = NEVER;

    Breakage(UnitDriver unit, LongSupplier nanoClock) {
        this.unit = unit;
        this.nanoClock = nanoClock;
    }

    /** To happen when this duty cycle is over. */
    void strikes(FaultPoint point, long ns) {
        if (point == FaultPoint.CHIP_PARITY) {
            freezeNs = ns;
        } else {
            downNs = ns;
        }
    }

    /** The duty cycle is over. */
    void happen() {
        if (freezeNs != Faults.NO) {
            unit.freeze("parity error in a PIO buffer (" + FaultPoint.CHIP_PARITY + ")");
            thawAtNs = end(freezeNs);
            freezeNs = Faults.NO;
        }
        if (downNs != Faults.NO) {
            unit.linkDown(true);
            upAtNs = end(downNs);
            downNs = Faults.NO;
        }
    }

    private long end(long ns) {
        return ns == Faults.FOREVER ? NEVER : nanoClock.getAsLong() + ns;
    }

    /** Mends what was broken for long enough. */
    void checkDeadlines(long nowNs) {
        if (thawAtNs != NEVER && nowNs - thawAtNs >= 0) {
            thawAtNs = NEVER;
            unit.thaw();
        }
        if (upAtNs != NEVER && nowNs - upAtNs >= 0) {
            upAtNs = NEVER;
            unit.linkUp();
        }
    }

    /** The next deadline, or {@link Long#MAX_VALUE}. */
    long nextDeadlineNs() {
        return Math.min(thawAtNs, upAtNs);
    }
}
