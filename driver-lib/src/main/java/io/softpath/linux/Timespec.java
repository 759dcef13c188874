package io.softpath.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/** The kernel's struct timespec: seconds, then nanoseconds. */
final class Timespec {
    static final int BYTES = 16;
    private static final long NS_PER_SECOND = 1_000_000_000L;

    private Timespec() {}

    /** Fills the struct; returns its address, or 0 (wait for ever) for a negative time. */
    static long fill(MemorySegment timespec, long ns) {
        if (ns < 0) {
            return 0;
        }
        timespec.set(JAVA_LONG, 0, ns / NS_PER_SECOND);
        timespec.set(JAVA_LONG, 8, ns % NS_PER_SECOND);
        return timespec.address();
    }
}
