package io.softpath.driver.send;

import io.softpath.abi.packet.PioAvail;
import io.softpath.abi.region.AvailPage;

import java.lang.foreign.MemorySegment;

/**
 * Finds a free PIO buffer: a private shadow of the avail page, two bits a buffer, busy and check (a
 * generation that flips whenever the buffer becomes busy).
 *
 * <p>A buffer is taken by flipping both of its bits in the shadow. Only the chip frees it, and it
 * is believed only when its check bit agrees with the shadow's: a late copy from the buffer's
 * previous use disagrees, so no buffer is ever used again too early. The chip's half is {@code
 * PioAvailWriter}. Steps are those of PSM: ipath_spio.c, ips_spio_transfer_frame.
 *
 * <p>Owned by the sending thread.
 */
public final class PioAvailReader {
    private static final int NONE = -1;

    private final MemorySegment page;
    private final int first;
    private final int count;
    private final boolean swapped;
    private final long[] shadow = new long[PioAvail.MAX_QWORDS];
    private int current;
    private long refreshCount;

    /**
     * Step 1: the shadow starts as a copy of the page.
     *
     * @param page the mapped avail page
     * @param first chip-wide number of this context's first buffer
     * @param count how many buffers the context has
     * @param swapped whether qwords above the fourth arrive pairwise swapped (PIO_REGSWAPPED)
     */
    public PioAvailReader(MemorySegment page, int first, int count, boolean swapped) {
        if (first < 0
                || count < 1
                || first + count > PioAvail.MAX_QWORDS * PioAvail.BUFFERS_PER_QWORD) {
            throw new IllegalArgumentException(
                    "pio buffers: first="
                            + first
                            + " count="
                            + count
                            + " is outside 0.."
                            + PioAvail.MAX_QWORDS * PioAvail.BUFFERS_PER_QWORD);
        }
        this.page = page;
        this.first = first;
        this.count = count;
        this.swapped = swapped;
        for (int q = PioAvail.qwordIndex(first); q <= PioAvail.qwordIndex(first + count - 1); q++) {
            shadow[q] = dma(q);
        }
    }

    /**
     * Takes the next buffer in ring order: its index from 0 within this context, or -1 if it is
     * busy. Steps 2 and 3.
     *
     * <p>PSM walks on to any free buffer. This does not: launches of a ring are seen in their
     * order, and a chip that looks at memory knows that order only by launch tags if the sender
     * jumps about, and has to look at more than one buffer for it. The chip frees in launch order,
     * so the next one is the first to become free.
     */
    int take() {
        int number = first + current;
        int q = PioAvail.qwordIndex(number);
        if (PioAvail.busy(shadow[q], number)) {
            refresh(q);
            if (PioAvail.busy(shadow[q], number)) {
                return NONE;
            }
        }
        int index = current;
        shadow[q] = PioAvail.take(shadow[q], number);
        current = index + 1 == count ? 0 : index + 1;
        return index;
    }

    /**
     * Goes on to the next free buffer, if there is one: for a sender that has waited so long that
     * the one it waits for must be broken.
     */
    void skipBusy() {
        refreshAll();
        for (int i = 0; i < count; i++) {
            int index = (current + i) % count;
            if (!PioAvail.busy(shadow[PioAvail.qwordIndex(first + index)], first + index)) {
                current = index;
                return;
            }
        }
    }

    /** Gives back a buffer that was taken and not launched. */
    void putBack(int index) {
        int number = first + index;
        int q = PioAvail.qwordIndex(number);
        shadow[q] = PioAvail.take(shadow[q], number); // flipping both bits again undoes the taking
        current = index;
    }

    /** Refreshes the shadow of every buffer of this context. */
    void refreshAll() {
        for (int q = PioAvail.qwordIndex(first); q <= PioAvail.qwordIndex(first + count - 1); q++) {
            refresh(q);
        }
    }

    /** How often any part of the shadow was refreshed. */
    long refreshCount() {
        return refreshCount;
    }

    /** How many buffers the shadow holds for free, without a refresh. */
    int freeCount() {
        int free = 0;
        for (int i = 0; i < count; i++) {
            if (!PioAvail.busy(shadow[PioAvail.qwordIndex(first + i)], first + i)) {
                free++;
            }
        }
        return free;
    }

    /** Step 4. */
    private void refresh(int q) {
        shadow[q] = PioAvail.refresh(shadow[q], dma(q));
        refreshCount++;
    }

    /** Acquire load; pairs with the chip's release store of the same qword. */
    private long dma(int q) {
        return AvailPage.qword(page, swapped ? PioAvail.swappedIndex(q) : q);
    }
}
