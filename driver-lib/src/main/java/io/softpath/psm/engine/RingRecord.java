package io.softpath.psm.engine;

/**
 * The records that a pair writes to each other, by their type. All little-endian, as the machine
 * that both sides run on.
 *
 * <pre>
 *  EAGER   0 u64 tag                                                     8 the message
 *  RTS     0 u64 tag       8 u32 sender's request   12 u32 length       16 u64 source, -1: none
 *  CTS     0 u32 sender's request   4 u32 receiver's request   8 u32 bytes wanted
 *  DATA    0 u32 receiver's request   4 u32 offset                       8 a piece
 *  DONE    0 u32 sender's request: the receiver has copied what it wanted
 *  GONE    0 u32 handle of pinned memory that the sender has closed
 * </pre>
 */
final class RingRecord {
    static final int EAGER = 1;
    static final int RTS = 2;
    static final int CTS = 3;
    static final int DATA = 4;
    static final int DONE = 5;
    static final int GONE = 6;

    static final int EAGER_BYTES = 8;
    static final int RTS_BYTES = 24;
    static final int CTS_BYTES = 12;
    static final int DATA_BYTES = 8;
    static final int DONE_BYTES = 4;
    static final int GONE_BYTES = 4;

    static final long NO_SOURCE = -1;

    /** Pinned memory has 256 GiB at most. */
    private static final int PLACE_BITS = 38;

    private static final int MAX_HANDLE = (1 << Long.SIZE - 1 - PLACE_BITS) - 1;

    private RingRecord() {}

    /** The least length of a record of that type; more than any has if there is no such type. */
    static int leastBytes(int type) {
        return switch (type) {
            case EAGER -> EAGER_BYTES;
            case RTS -> RTS_BYTES;
            case CTS -> CTS_BYTES;
            case DATA -> DATA_BYTES;
            case DONE -> DONE_BYTES;
            case GONE -> GONE_BYTES;
            default -> Integer.MAX_VALUE;
        };
    }

    /** A place in pinned memory, in one number; {@link #NO_SOURCE} if the handle is too large. */
    static long source(int handle, long place) {
        return handle < 0 || handle > MAX_HANDLE ? NO_SOURCE : (long) handle << PLACE_BITS | place;
    }

    static int handle(long source) {
        return (int) (source >>> PLACE_BITS);
    }

    static long place(long source) {
        return source & (1L << PLACE_BITS) - 1;
    }
}
