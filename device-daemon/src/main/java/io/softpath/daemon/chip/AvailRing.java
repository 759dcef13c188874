package io.softpath.daemon.chip;

import io.softpath.abi.packet.PioAvail;

/**
 * What the users' copy may show of the freed buffers of one context whose launches carry no tag, so
 * that its library goes on taking its buffers in ring order, which is the order in which the chip
 * looks at them.
 *
 * <p>The library that finds its current buffer busy reads the copy again and walks on; where the
 * walk enters another qword, or starts over, it reads once more. If buffers become free in between,
 * on both sides, it takes a later one and leaves the current one for the next lap. A real chip sees
 * each launch when it happens. Here, a later look at the buffers cannot tell which was first, and
 * packets would overtake each other. So only buffers of one stretch, that is one qword and no new
 * start, are shown at a time, from the buffer on that the library may be waiting at; the others
 * when it is seen to have moved on. Source: psm, ptl_ips/ips_spio.c, ips_spio_transfer_frame and
 * spio_update_shadow.
 *
 * <p>Buffers are counted from 0 within the context. If some become free out of turn, and after a
 * disarm, when a library may take the copy as it is for a new beginning, everything is shown.
 */
final class AvailRing {
    private static final int CONFIRMED = -1;

    private final int firstBuffer;
    private final int count;

    /** Behind the last buffer that was shown free. */
    private int end;

    /** The first of the buffers that were shown last, until one from there on is launched. */
    private int start = CONFIRMED;

    /** Behind the buffer that was launched last, as far as the chip has seen. */
    private int next;

    private boolean fresh = true;
    private boolean withheld;

    AvailRing(int firstBuffer, int count) {
        this.firstBuffer = firstBuffer;
        this.count = count;
    }

    boolean has(int buffer) {
        return buffer >= firstBuffer && buffer < firstBuffer + count;
    }

    /** Copies show everything from now on. */
    void startOver() {
        fresh = true;
    }

    /** The library has begun with what the copy shows. */
    void started() {
        fresh = false;
    }

    /**
     * A buffer of this ring was launched.
     *
     * @return whether something was withheld that may be shown now
     */
    boolean launched(int buffer) {
        int place = buffer - firstBuffer;
        next = (place + 1) % count;
        if (start == CONFIRMED || place < start || place >= end) {
            return false;
        }
        start = CONFIRMED;
        return withheld;
    }

    /**
     * Takes out of the next copy what must not be seen yet.
     *
     * @param registers how the buffers are
     * @param shown what the copy has now
     * @param copy what it will have; withheld buffers get back what is shown
     * @param everything nothing must be withheld
     */
    void withhold(long[] registers, long[] shown, long[] copy, boolean everything) {
        withheld = false;
        if (start == CONFIRMED && end == count) {
            end = 0;
        }
        int news = 0;
        int run = 0;
        for (int i = 0; i < count; i++) {
            if (isNews(place(i), registers, shown)) {
                news++;
                run += run == i ? 1 : 0;
            }
        }
        if (fresh || everything || run != news) {
            showAll(run, registers);
            return;
        }
        int visible = Math.min(run, stretchEnd(start == CONFIRMED ? end : start) - end);
        if (wouldBePassedBy(visible, run, registers)) {
            showAll(run, registers);
            return;
        }
        for (int i = visible; i < run; i++) {
            int buffer = firstBuffer + place(i);
            int qword = PioAvail.qwordIndex(buffer);
            long bits = PioAvail.checkBit(buffer) | PioAvail.busyBit(buffer);
            copy[qword] = copy[qword] & ~bits | shown[qword] & bits;
            withheld = true;
        }
        if (visible > 0) {
            start = end;
            end += visible;
        }
    }

    /**
     * Whether the library, as it goes on around the ring, sees a buffer free behind those that are
     * withheld: one that became free before its turn. It would take that one first.
     */
    private boolean wouldBePassedBy(int visible, int run, long[] registers) {
        boolean behind = false;
        for (int i = 0; i < count; i++) {
            int place = (next + i) % count;
            int fromEnd = (place - end + count) % count;
            boolean hidden = fromEnd >= visible && fromEnd < run;
            int buffer = firstBuffer + place;
            if (behind
                    && !hidden
                    && !PioAvail.busy(registers[PioAvail.qwordIndex(buffer)], buffer)) {
                return true;
            }
            behind |= hidden;
        }
        return false;
    }

    private void showAll(int run, long[] registers) {
        start = CONFIRMED;
        int from = place(run);
        end = from;
        for (int i = count - 1; i >= 0; i--) {
            int candidate = (from + i) % count;
            if (PioAvail.busy(
                    registers[PioAvail.qwordIndex(firstBuffer + candidate)],
                    firstBuffer + candidate)) {
                end = candidate;
            }
        }
    }

    /** The i-th buffer from {@link #end} on. */
    private int place(int i) {
        return (end + i) % count;
    }

    /** Free, and the copy does not show it. */
    private boolean isNews(int place, long[] registers, long[] shown) {
        int buffer = firstBuffer + place;
        int qword = PioAvail.qwordIndex(buffer);
        long bits = PioAvail.checkBit(buffer) | PioAvail.busyBit(buffer);
        return !PioAvail.busy(registers[qword], buffer)
                && ((registers[qword] ^ shown[qword]) & bits) != 0;
    }

    /** Where the library reads the copy again if it walks on from here. */
    private int stretchEnd(int place) {
        int nextQword = (PioAvail.qwordIndex(firstBuffer + place) + 1) * PioAvail.BUFFERS_PER_QWORD;
        return Math.min(count, nextQword - firstBuffer);
    }
}
