package io.softpath.flight;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * One event as bytes; little-endian, offsets in bytes.
 *
 * <pre>
 *  0 u16 kind       2 u16 flags     4 u16 unit       6 u16 context
 *  8 u16 subcontext 10 u16 qword   12 u32 length of the bytes at 72
 * 16 s64 time, CLOCK_MONOTONIC in ns: one clock for all processes of a machine
 * 24 6 x s64 numbers, named by the kind
 * 72 the bytes, and zeros up to a multiple of 8
 * </pre>
 *
 * The qword says where in a {@link FlightRing} the event was; 0 if it came without one.
 *
 * <p>Flag 1: there were more bytes than were kept. 0xffff for unit, context or subcontext: of none.
 */
public final class EventLayout {
    /** How many numbers an event has. */
    public static final int VALUES = 6;

    /** An event without bytes. */
    public static final int FIXED_BYTES = 72;

    /** More than this is not kept: a header and the largest payload fit. */
    public static final int MAX_EXTRA_BYTES = 4 * 1024;

    /** The largest event. */
    public static final int MAX_BYTES = FIXED_BYTES + MAX_EXTRA_BYTES;

    /** The event has no unit, context or subcontext. */
    public static final int NONE = 0xffff;

    /** Flag: more bytes were there than were kept. */
    public static final int CUT = 1;

    /** Of what a segment holds; 1 had one event in each document. */
    static final int VERSION = 2;

    /** The oldest that can be read. */
    static final int OLDEST_VERSION = 1;

    private static final int KIND = 0;
    private static final int FLAGS = 2;
    private static final int UNIT = 4;
    private static final int CONTEXT = 6;
    private static final int SUBCONTEXT = 8;
    private static final int RING_QWORD = 10;
    private static final int LENGTH = 12;
    private static final int TIME = 16;
    private static final int FIRST_VALUE = 24;

    private EventLayout() {}

    /** How long an event is with so many bytes, all of which are kept. */
    public static int size(int extraBytes) {
        return FIXED_BYTES + (extraBytes + 7 & -8);
    }

    /**
     * Writes an event but for its bytes, which come after this: the rest of their last qword is
     * zeroed.
     *
     * @param ringQword where in a ring it is; 0 without one
     * @param kept how many bytes will be there, at most {@link #MAX_EXTRA_BYTES}
     * @param all how many there were
     */
    static void put(
            MutableDirectBuffer to,
            int at,
            int ringQword,
            FlightKind kind,
            int unit,
            int context,
            int subcontext,
            long timeNs,
            long a,
            long b,
            long c,
            long d,
            long e,
            long f,
            int kept,
            int all) {
        long flags = kept < all ? CUT : 0;
        // few stores: fields of a qword go together
        to.putLong(
                at,
                kind.code() & 0xffffL
                        | flags << 16
                        | (unit & 0xffffL) << 32
                        | (context & 0xffffL) << 48,
                LITTLE_ENDIAN);
        to.putLong(
                at + SUBCONTEXT,
                subcontext & 0xffffL | (ringQword & 0xffffL) << 16 | (long) kept << 32,
                LITTLE_ENDIAN);
        to.putLong(at + TIME, timeNs, LITTLE_ENDIAN);
        int first = at + FIRST_VALUE;
        to.putLong(first, a, LITTLE_ENDIAN);
        to.putLong(first + 8, b, LITTLE_ENDIAN);
        to.putLong(first + 16, c, LITTLE_ENDIAN);
        to.putLong(first + 24, d, LITTLE_ENDIAN);
        to.putLong(first + 32, e, LITTLE_ENDIAN);
        to.putLong(first + 40, f, LITTLE_ENDIAN);
        if ((kept & 7) != 0) {
            to.putLong(at + FIXED_BYTES + (kept & -8), 0);
        }
    }

    static int kind(DirectBuffer from, int at) {
        return from.getShort(at + KIND, LITTLE_ENDIAN) & 0xffff;
    }

    static int length(DirectBuffer from, int at) {
        return from.getInt(at + LENGTH, LITTLE_ENDIAN);
    }

    /**
     * Reads an event.
     *
     * @param length of the record that should be one
     * @throws IllegalArgumentException naming what does not fit
     */
    static FlightEvent decode(DirectBuffer from, int at, int length, JournalInfo journal) {
        int extra = length < FIXED_BYTES ? -1 : length(from, at);
        if (extra < 0 || extra > MAX_EXTRA_BYTES || size(extra) != length) {
            throw new IllegalArgumentException(
                    "not an event: recordBytes="
                            + length
                            + " extraBytes="
                            + extra
                            + " of at most "
                            + MAX_EXTRA_BYTES);
        }
        long[] values = new long[VALUES];
        for (int i = 0; i < VALUES; i++) {
            values[i] = from.getLong(at + FIRST_VALUE + i * 8, LITTLE_ENDIAN);
        }
        byte[] bytes = new byte[extra];
        from.getBytes(at + FIXED_BYTES, bytes);
        return new FlightEvent(
                journal,
                kind(from, at),
                from.getShort(at + FLAGS, LITTLE_ENDIAN) & 0xffff,
                from.getShort(at + UNIT, LITTLE_ENDIAN) & 0xffff,
                from.getShort(at + CONTEXT, LITTLE_ENDIAN) & 0xffff,
                from.getShort(at + SUBCONTEXT, LITTLE_ENDIAN) & 0xffff,
                from.getShort(at + RING_QWORD, LITTLE_ENDIAN) & 0xffff,
                from.getLong(at + TIME, LITTLE_ENDIAN),
                values,
                bytes);
    }
}
