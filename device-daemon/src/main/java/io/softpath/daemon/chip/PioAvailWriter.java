package io.softpath.daemon.chip;

import io.softpath.abi.model.ChipModel;
import io.softpath.abi.packet.PioAvail;
import io.softpath.abi.region.AvailPage;
import io.softpath.abi.register.ChipCounter;
import io.softpath.fault.FaultPoint;
import io.softpath.fault.Faults;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.function.BooleanSupplier;

/**
 * The chip's end of the PIO availability table: the registers, and the copy of them that users may
 * read.
 *
 * <p>The copy is refreshed when as many buffers as the threshold says were freed since the last
 * time, or on demand. Each qword is one release store, so a reader that sees a buffer free also
 * sees that the chip is done with it. Of some contexts the copy shows less than there is ({@link
 * AvailRing}). The other end is {@code PioAvailReader} in the driver. Source: qib_tx.c, qib_7220
 * and qib_7322 SendCtrl AvailUpdThld.
 */
final class PioAvailWriter {
    private final MemorySegment page;
    private final long[] registers;

    /** What the page has. */
    private final long[] shown;

    private final long[] next;
    private AvailRing[] rings = {};
    private final Counters counters;
    private final boolean swapped;
    private int threshold;
    private int freedSinceCopy;
    private boolean updatesEnabled = true;
    private boolean frozen;
    private boolean outOfStep;
    private int holds;
    private boolean due;
    private BooleanSupplier beforeCopy = () -> false;

    PioAvailWriter(ChipModel model, MemorySegment page, Counters counters) {
        this.counters = counters;
        this.page = page;
        registers = new long[model.availQwords()];
        shown = new long[registers.length];
        next = new long[registers.length];
        swapped = model.availSwapped();
        threshold = model.updateThreshold();
    }

    /**
     * A buffer was launched: busy, and the check bit flips so that a copy from its last use is told
     * apart.
     */
    void launched(int buffer) {
        boolean showMore = movesOn(buffer);
        int qword = PioAvail.qwordIndex(buffer);
        registers[qword] = PioAvail.take(registers[qword], buffer);
        if (showMore) {
            copyNow();
        }
    }

    /** The buffer's packet has left: free, check bit unchanged. */
    void freed(int buffer) {
        registers[PioAvail.qwordIndex(buffer)] &= ~PioAvail.busyBit(buffer);
        if (++freedSinceCopy >= threshold) {
            copyNow();
        }
    }

    /**
     * As {@link #freed}, but before its turn. What {@link #beforeEachCopy} was given is called from
     * now on, until it answers that all is in step again.
     */
    void freedOutOfTurn(int buffer) {
        outOfStep = true;
        freed(buffer);
    }

    /**
     * What is to be done before a copy shows buffers free that became so before their turn.
     *
     * @param settle returns whether the next copy may show such buffers too
     */
    void beforeEachCopy(BooleanSupplier settle) {
        beforeCopy = settle;
    }

    /** Copies nothing until {@link #release}, which copies if that was due meanwhile. */
    void hold() {
        holds++;
    }

    void release() {
        if (--holds == 0 && due) {
            copyNow();
        }
    }

    /** Launched and left in one step, the usual case. */
    void launchedAndFreed(int buffer) {
        boolean showMore = movesOn(buffer); // before it is free once more
        registers[PioAvail.qwordIndex(buffer)] ^= PioAvail.checkBit(buffer);
        if (++freedSinceCopy >= threshold || showMore) {
            copyNow();
        }
    }

    private boolean movesOn(int buffer) {
        for (AvailRing ring : rings) {
            if (ring.has(buffer)) {
                return ring.launched(buffer);
            }
        }
        return false;
    }

    /** From now on the copy keeps the user of these buffers in ring order. */
    void add(AvailRing ring) {
        rings = Arrays.copyOf(rings, rings.length + 1);
        rings[rings.length - 1] = ring;
    }

    /** Copies show all buffers until one is forced; then they keep users in ring order again. */
    void startOver() {
        for (AvailRing ring : rings) {
            ring.startOver();
        }
    }

    /** Copies show all of a context's buffers again. */
    void removeRing(int firstBuffer) {
        AvailRing[] others = new AvailRing[rings.length];
        int kept = 0;
        for (AvailRing ring : rings) {
            if (!ring.has(firstBuffer)) {
                others[kept++] = ring;
            }
        }
        rings = Arrays.copyOf(others, kept);
    }

    boolean busy(int buffer) {
        return PioAvail.busy(registers[PioAvail.qwordIndex(buffer)], buffer);
    }

    /** Copies now because somebody asks for it. */
    void forceCopy() {
        copyNow();
        if (updatesEnabled && !frozen) {
            for (AvailRing ring : rings) {
                ring.started();
            }
        }
    }

    /** Copies now, whatever the threshold; not while the chip is frozen or updates are off. */
    void copyNow() {
        if (!updatesEnabled || frozen) {
            return;
        }
        if (holds != 0) {
            due = true;
            return;
        }
        if (outOfStep) {
            hold();
            try {
                outOfStep = beforeCopy.getAsBoolean();
            } finally {
                holds--; // what became free meanwhile is part of this copy
            }
        }
        due = false;
        freedSinceCopy = 0;
        counters.increment(ChipCounter.AVAIL_UPDATES);
        if (Faults.strikes(FaultPoint.CHIP_LOST_AVAIL)) {
            return;
        }
        System.arraycopy(registers, 0, next, 0, registers.length);
        for (AvailRing ring : rings) {
            ring.withhold(registers, shown, next, outOfStep); // then there is another order to keep
        }
        for (int i = 0; i < registers.length; i++) {
            shown[i] = next[i];
            AvailPage.putQword(page, swapped ? PioAvail.swappedIndex(i) : i, next[i]);
            Faults.at(FaultPoint.CHIP_AVAIL_COPYING);
        }
    }

    void threshold(int frees) {
        threshold = Math.max(1, frees);
    }

    int threshold() {
        return threshold;
    }

    void enableUpdates(boolean enabled) {
        updatesEnabled = enabled;
        if (enabled) {
            copyNow();
        }
    }

    /** A frozen chip copies nothing; one that thaws copies at once. */
    void freeze(boolean on) {
        frozen = on;
        copyNow();
    }

    boolean updatesEnabled() {
        return updatesEnabled;
    }

    int qwords() {
        return registers.length;
    }

    long register(int index) {
        return registers[index];
    }
}
