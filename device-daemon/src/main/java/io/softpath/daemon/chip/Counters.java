package io.softpath.daemon.chip;

import io.softpath.abi.register.ChipCounter;

/**
 * The chip's counters: plain words of one thread, which others see only when they are copied out.
 */
final class Counters {
    private static final int UNIT_WIDE = 0;

    private final long[] values;

    Counters(int contexts) {
        values = new long[ChipCounter.arrayLength(contexts)];
    }

    void increment(ChipCounter counter) {
        values[counter.index(UNIT_WIDE)]++;
    }

    void increment(ChipCounter counter, int context) {
        values[counter.index(context)]++;
    }

    void add(ChipCounter counter, long amount) {
        values[counter.index(UNIT_WIDE)] += amount;
    }

    void add(ChipCounter counter, int context, long amount) {
        values[counter.index(context)] += amount;
    }

    long get(ChipCounter counter, int context) {
        return values[counter.index(context)];
    }

    long get(ChipCounter counter) {
        return values[counter.index(UNIT_WIDE)];
    }

    void copyTo(long[] into) {
        System.arraycopy(values, 0, into, 0, values.length);
    }
}
