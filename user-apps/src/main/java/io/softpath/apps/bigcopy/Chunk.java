package io.softpath.apps.bigcopy;

/**
 * What an OFFER says of a chunk, in one qword. A chunk is what one slot holds: the part of the file
 * from {@code number * slotBytes} on.
 *
 * <pre>
 *  63                        32   31    30   29                        0
 * +----------------------------+------+------+--------------------------+
 * | CRC-32C of all up to here  | last | sent |          length          |
 * +----------------------------+------+------+--------------------------+
 * </pre>
 *
 * {@code last}: the file ends with it; only then is it shorter than a slot, or empty. {@code sent}:
 * its grant has come and all of it was sent.
 */
final class Chunk {
    static final int MAX_LENGTH = (1 << 30) - 1;

    private static final int LAST = 1 << 31;
    private static final int SENT = 1 << 30;

    private Chunk() {}

    static long of(int length, int crc, boolean last) {
        return (long) crc << 32 | (length | (last ? LAST : 0)) & 0xFFFF_FFFFL;
    }

    /** The same, said after it was sent. */
    static long sent(long chunk) {
        return chunk | SENT;
    }

    static long withoutSent(long chunk) {
        return chunk & ~(long) SENT;
    }

    static boolean isSent(long chunk) {
        return ((int) chunk & SENT) != 0;
    }

    static boolean isLast(long chunk) {
        return ((int) chunk & LAST) != 0;
    }

    static int length(long chunk) {
        return (int) chunk & MAX_LENGTH;
    }

    static int crc(long chunk) {
        return (int) (chunk >>> 32);
    }

    static String describe(long chunk) {
        return String.format(
                "length=%d crc=%08x%s%s",
                length(chunk),
                crc(chunk),
                isLast(chunk) ? " last" : "",
                isSent(chunk) ? " sent" : "");
    }
}
