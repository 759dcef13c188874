package io.softpath.abi.direct;

/**
 * Where one record is, or is said to be. A slot has two cache lines, one of which is enough for a
 * short record. Its first word is all that a reader looks at to find out whether the next record is
 * there; only the writer writes it, when it has written the record.
 *
 * <pre>
 *   0  u24 bytes of the record
 *   3  u8  type; {@link #IN_RING}: the record is the next one in the ring
 *   4  u32 which record of this side it is, the first is 1, modulo 2^32
 *   8  the record, up to {@link #MOST} bytes
 * </pre>
 *
 * Source: psm, am_reqrep_shmem.c, am_pkt_short_t, whose bulkidx is a place among larger packets.
 */
public final class Slot {
    /** Bytes of a slot. */
    public static final int BYTES = 128;

    /** Where the record begins. */
    public static final int RECORD = Long.BYTES;

    /** The most bytes of a record in a slot. */
    public static final int MOST = BYTES - RECORD;

    /** The type of a slot that has no record, and stands for one in the ring. */
    public static final int IN_RING = 0xFF;

    private static final int LENGTH_BITS = 24;

    private Slot() {}

    /** The first word of a slot. */
    public static long header(int number, int type, int bytes) {
        return (long) number << Integer.SIZE | Integer.toUnsignedLong(type << LENGTH_BITS | bytes);
    }

    /** Which record it is. */
    public static int number(long header) {
        return (int) (header >>> Integer.SIZE);
    }

    /** What kind of record it is, as its writer says. */
    public static int type(long header) {
        return (int) header >>> LENGTH_BITS;
    }

    /** Bytes of the record, as its writer says. */
    public static int bytes(long header) {
        return (int) header & (1 << LENGTH_BITS) - 1;
    }
}
