package io.softpath.daemon.control;

import java.util.Arrays;

/**
 * What the driver knows of the expected TIDs of one open file: which are used, for what page, and
 * where the next search starts. They are counted from 0; those of a shared context are some of the
 * chip's, from {@link #first} on. Source: qib.h, struct qib_devdata, pageshadow; struct
 * qib_ctxtdata, tidcursor.
 */
final class TidShadow {
    private final int first;
    private final Pin[] pins;
    private int used;

    /** The TID after the last one given out. */
    private int cursor;

    /**
     * @param first what the chip calls TID 0
     */
    TidShadow(int first, int count) {
        this.first = first;
        pins = new Pin[count];
    }

    /** What the chip calls TID 0. */
    int first() {
        return first;
    }

    /** How many there are, used or not. */
    int size() {
        return pins.length;
    }

    int used() {
        return used;
    }

    /** What a TID points at; null if it is free. */
    Pin get(int tid) {
        return pins[tid];
    }

    void set(int tid, Pin pin) {
        used++;
        pins[tid] = pin;
    }

    void clear(int tid) {
        used--;
        pins[tid] = null;
    }

    /**
     * The next free TIDs from the cursor on, once around; null if there are too few. The cursor
     * stays.
     */
    int[] find(int count) {
        if (count > pins.length - used) {
            return null;
        }
        int[] found = new int[count];
        int tid = cursor;
        for (int i = 0; i < count; i++) {
            while (pins[tid] != null) {
                tid = next(tid);
            }
            found[i] = tid;
            tid = next(tid);
        }
        return found;
    }

    private int next(int tid) {
        return tid + 1 == pins.length ? 0 : tid + 1;
    }

    /** The next search starts after this TID. */
    void moveCursorAfter(int tid) {
        cursor = next(tid);
    }

    int cursor() {
        return cursor;
    }

    /** USER_INIT starts at the beginning again; what is used stays used. */
    void rewind() {
        cursor = 0;
    }

    @Override
    public String toString() {
        return "used=" + used + " of=" + pins.length + " cursor=" + cursor + Arrays.toString(pins);
    }
}
