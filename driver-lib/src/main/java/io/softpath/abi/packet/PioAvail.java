package io.softpath.abi.packet;

/**
 * One qword of the PIO availability registers: two bits for each of 32 send buffers.
 *
 * <pre>
 *   63     62           3     2     1     0
 * +------+-------+---+------+-----+------+-----+
 * | busy | check |...| busy |check| busy |check|
 * +------+-------+---+------+-----+------+-----+
 *   buffer 31          buffer 1     buffer 0
 * </pre>
 *
 * {@code busy} is set from the moment a buffer is taken until its packet has left. {@code check}
 * flips each time the buffer is taken, so that a copy from its previous use is recognised: a user
 * keeps a shadow and believes only buffers whose check bits agree. The chip writes the shared copy,
 * users read it. Source: ipath_kernel.h; psm ipath_proto's ips_spio.c.
 */
public final class PioAvail {
    public static final int BUFFERS_PER_QWORD = 32;

    /** No chip has more qwords; a user masks the index with 7. */
    public static final int MAX_QWORDS = 8;

    public static final long CHECK_MASK = 0x5555_5555_5555_5555L;
    public static final long BUSY_MASK = 0xAAAA_AAAA_AAAA_AAAAL;

    private PioAvail() {}

    /** The qword that holds buffer {@code n}. */
    public static int qwordIndex(int n) {
        return n >>> 5;
    }

    /** The check bit of buffer {@code n}, in its qword. */
    public static long checkBit(int n) {
        return 1L << ((n & 31) << 1);
    }

    /** The busy bit of buffer {@code n}, in its qword. */
    public static long busyBit(int n) {
        return 2L << ((n & 31) << 1);
    }

    /** The shadow with the free buffer {@code n} taken: busy becomes 1 and check flips. */
    public static long take(long shadow, int n) {
        return shadow ^ (checkBit(n) | busyBit(n));
    }

    public static boolean busy(long qword, int n) {
        return (qword & busyBit(n)) != 0;
    }

    public static boolean check(long qword, int n) {
        return (qword & checkBit(n)) != 0;
    }

    /**
     * The shadow with the busy bits of the chip's copy wherever the check bits agree; its check
     * bits stay.
     */
    public static long refresh(long shadow, long dma) {
        long believed = (~(dma ^ shadow) & CHECK_MASK) << 1;
        return (shadow & ~believed) | (dma & believed);
    }

    /**
     * Where a chip with PIO_REGSWAPPED keeps qword {@code i}: those above 3 are swapped in pairs
     * (erratum 6641).
     */
    public static int swappedIndex(int i) {
        return i > 3 ? i ^ 1 : i;
    }
}
