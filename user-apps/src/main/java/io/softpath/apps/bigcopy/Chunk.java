package io.softpath.apps.bigcopy;

import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;

/**
 * The part of a file that one slot holds, and one message carries: from {@code number * slotBytes}
 * on. Its tag says all there is to say of it; its length is the message's.
 *
 * <pre>
 *  63  62  61   60    59                  32 31                         0
 * +---+---------+------+--------------------+----------------------------+
 * | 0 |  1: it  | last |   number, 28 bits  | CRC-32C of all up to here  |
 * +---+---------+------+--------------------+----------------------------+
 * </pre>
 *
 * {@code last}: the file ends with it; only then is it shorter than a slot, or empty.
 *
 * @param length bytes
 * @param crc of all bytes of the file up to its end
 */
record Chunk(int length, int crc, boolean last) {
    /** How far a rank is, in 8 bytes: chunks that it has written. */
    static final long NEWS = 2L << 61;

    /** What a receive of a chunk asks for: that number, whatever else is said of it. */
    static final long SELECTOR = ~0L << 61 | ((1L << 28) - 1) << 32;

    private static final long KIND = 1L << 61;
    private static final long LAST = 1L << 60;

    static long tag(long number) {
        return KIND | number << 32 & SELECTOR;
    }

    /**
     * What a tag and a message say.
     *
     * @throws SoftpathException.Lost EPROTO if that cannot be
     */
    static Chunk of(long tag, int length, int slotBytes) {
        boolean last = (tag & LAST) != 0;
        if (length > slotBytes || length < slotBytes && !last) {
            throw SoftpathException.of(
                    Errno.EPROTO,
                    String.format(
                            "the sender's chunk is not as long as a slot: tag=0x%x length=%d"
                                    + " slotBytes=%d",
                            tag, length, slotBytes));
        }
        return new Chunk(length, (int) tag, last);
    }

    /** Its tag, with all that is said of it. */
    long tagged(long number) {
        return tag(number) | (last ? LAST : 0) | Integer.toUnsignedLong(crc);
    }
}
