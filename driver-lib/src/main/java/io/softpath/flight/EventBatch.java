package io.softpath.flight;

import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Events one after the other, each as long as it says itself: what a document of a segment holds.
 * One thread.
 */
final class EventBatch {
    /**
     * Some 200 events, so that a document costs each of them little; see also {@link
     * SegmentWriter#AHEAD_BYTES}.
     */
    static final int MAX_BYTES = 16 * 1024;

    private final byte[] bytes = new byte[MAX_BYTES];
    private final UnsafeBuffer buffer = new UnsafeBuffer(bytes);
    private int length;
    private int events;

    /**
     * Adds an event in the form of {@link EventLayout}.
     *
     * @return false if it has no room; an empty batch has room for any
     */
    boolean add(DirectBuffer from, int at, int size) {
        if (length + size > MAX_BYTES) {
            return false;
        }
        buffer.putBytes(length, from, at, size);
        length += size;
        events++;
        return true;
    }

    /** Becomes one event, with the time of now. */
    void set(
            FlightKind kind,
            int unit,
            int context,
            int subcontext,
            long a,
            long b,
            long c,
            long d,
            long e,
            long f,
            byte[] extra) {
        int kept = Math.min(extra.length, EventLayout.MAX_EXTRA_BYTES);
        EventLayout.put(
                buffer,
                0,
                0,
                kind,
                unit,
                context,
                subcontext,
                System.nanoTime(),
                a,
                b,
                c,
                d,
                e,
                f,
                kept,
                extra.length);
        buffer.putBytes(EventLayout.FIXED_BYTES, extra, 0, kept);
        length = EventLayout.size(kept);
        events = 1;
    }

    void clear() {
        length = 0;
        events = 0;
    }

    int events() {
        return events;
    }

    /** How many of {@link #bytes} the events have. */
    int length() {
        return length;
    }

    byte[] bytes() {
        return bytes;
    }
}
