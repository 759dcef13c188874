package io.softpath.daemon.control;

import io.softpath.abi.register.DriverCounter;
import io.softpath.fault.FaultPoint;
import io.softpath.fault.Faults;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Enters TIDs of a unit's contexts into its chip and takes them out, with what hangs on them: the
 * pin of the page, and the charge to the process.
 *
 * <p>A TID leaves the chip before its page is released. With {@link Quirk#TIDS_OUTLIVE_PINS} it is
 * the other way round: the page is released at once, the chip goes on writing to it until the
 * window closes. What it writes to is then still the old page and nobody else's, because the memory
 * is kept until the chip has let go of it. Source: qib_file_ops.c, qib_tid_free and
 * unlock_expected_tids.
 */
final class UnitTids {
    private final UnitDriver unit;
    private final LongSupplier nanoClock;

    /** How long the chip keeps a TID whose page is released; 0 in the sane order. */
    private final long windowNs;

    private final List<Late> late = new ArrayList<>();

    /** A TID that the chip has and the driver has not any more. */
    private record Late(OpenContext context, int tid, Pin pin, long deadlineNs) {}

    UnitTids(UnitDriver unit, long windowNs, LongSupplier nanoClock) {
        this.unit = unit;
        this.windowNs = windowNs;
        this.nanoClock = nanoClock;
    }

    /** Pins pages, one for each of these TIDs, which are free. The charge is allowed. */
    void enter(OpenContext context, int[] tids, Pin[] pins) {
        for (int i = 0; i < tids.length; i++) {
            pins[i].entered();
            context.tids.set(tids[i], pins[i]);
            if (context.initialised()) {
                unit.chip()
                        .setTid(context.number, context.tids.first() + tids[i], pins[i].target());
            }
            dropLate(context, tids[i]);
            Faults.at(FaultPoint.DAEMON_TID_ENTERED);
        }
        context.owner.account().pin(tids.length);
        unit.count(DriverCounter.PAGE_LOCKS, tids.length);
    }

    /** Frees a TID that is used. */
    void leave(OpenContext context, int tid) {
        Pin pin = context.tids.get(tid);
        if (context.initialised()) {
            if (windowNs == 0) {
                unit.chip().clearTid(context.number, context.tids.first() + tid);
            } else {
                pin.hold();
                late.add(new Late(context, tid, pin, nanoClock.getAsLong() + windowNs));
            }
        }
        Faults.at(FaultPoint.DAEMON_TID_LEFT);
        context.tids.clear(tid);
        context.owner.account().unpin(1);
        unit.count(DriverCounter.PAGE_UNLOCKS);
        pin.left(context.memories);
    }

    /**
     * The chip knows the context, or this part of it, from now on. TIDs entered before are valid,
     * as with qib.
     */
    void initialised(OpenContext context) {
        context.tids.rewind();
        for (int tid = 0; tid < context.tids.size(); tid++) {
            Pin pin = context.tids.get(tid);
            if (pin != null) {
                unit.chip().setTid(context.number, context.tids.first() + tid, pin.target());
            }
        }
    }

    /** Frees all TIDs of a file that is closed. */
    void leaveAll(OpenContext context) {
        for (int tid = 0; tid < context.tids.size(); tid++) {
            if (context.tids.get(tid) != null) {
                leave(context, tid);
            }
        }
    }

    /** Whether the chip still has TIDs of a context that the driver has freed. */
    boolean hasLate(OpenContext context) {
        for (Late each : late) {
            if (each.context() == context) {
                return true;
            }
        }
        return false;
    }

    private void dropLate(OpenContext context, int tid) {
        for (int i = late.size() - 1; i >= 0; i--) {
            if (late.get(i).context() == context && late.get(i).tid() == tid) {
                letGo(late.remove(i));
            }
        }
    }

    /** The file's part of the context is given back, and with it what the chip has of it. */
    void closed(OpenContext context) {
        for (int i = late.size() - 1; i >= 0; i--) {
            Late each = late.get(i);
            if (each.context() == context) {
                if (!context.whole.isEmpty()) { // else the chip has forgotten the context
                    unit.chip().clearTid(context.number, context.tids.first() + each.tid());
                }
                letGo(late.remove(i));
            }
        }
    }

    private static void letGo(Late each) {
        each.pin().release(each.context().memories);
    }

    /** Takes TIDs out of the chip whose window has closed. */
    void checkDeadlines(long nowNs) {
        for (int i = late.size() - 1; i >= 0; i--) {
            Late each = late.get(i);
            if (nowNs - each.deadlineNs() >= 0) {
                late.remove(i);
                int inChip = each.context().tids.first() + each.tid();
                unit.chip().clearTid(each.context().number, inChip);
                letGo(each);
            }
        }
    }

    /** The next deadline, or {@link Long#MAX_VALUE}. */
    long nextDeadlineNs() {
        return late.isEmpty() ? Long.MAX_VALUE : late.getFirst().deadlineNs();
    }
}
