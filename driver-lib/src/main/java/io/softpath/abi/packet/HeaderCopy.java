package io.softpath.abi.packet;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A private copy of a 56-byte message header: seven qwords, loaded once from memory that somebody
 * else may be changing.
 *
 * <pre>
 *  qword 0      1             2            3                              4          5       6
 * +----------+------+------+------+------+--------+-------+------------+-----------+-------+-------+
 * | LRH (BE) | BTH0 | BTH1 | BTH2 | VCTO | chksum | flags | subop, ... | ack, flow | data0 | data1 |
 * +----------+------+------+------+------+--------+-------+------------+-----------+-------+-------+
 * </pre>
 *
 * Decoding works on the copy only. Not thread-safe; allocated once and reused. Source:
 * ipath_common.h, struct ipath_header; ips_proto_header.h, struct ips_message_header.
 */
public final class HeaderCopy {
    private static final VarHandle QWORD =
            ValueLayout.JAVA_LONG
                    .withOrder(ByteOrder.LITTLE_ENDIAN)
                    .varHandle()
                    .withInvokeExactBehavior();

    private long q0;
    private long q1;
    private long q2;
    private long q3;
    private long q4;
    private long q5;
    private long q6;

    /** Copies the 56 bytes at {@code offset} (a multiple of 8), each qword read once. */
    public void load(MemorySegment segment, long offset) {
        q0 = (long) QWORD.get(segment, offset);
        q1 = (long) QWORD.get(segment, offset + 8);
        q2 = (long) QWORD.get(segment, offset + 16);
        q3 = (long) QWORD.get(segment, offset + 24);
        q4 = (long) QWORD.get(segment, offset + 32);
        q5 = (long) QWORD.get(segment, offset + 40);
        q6 = (long) QWORD.get(segment, offset + 48);
    }

    /** Stores the 56 bytes at {@code offset} (a multiple of 8) with plain stores. */
    public void store(MemorySegment segment, long offset) {
        QWORD.set(segment, offset, q0);
        QWORD.set(segment, offset + 8, q1);
        QWORD.set(segment, offset + 16, q2);
        QWORD.set(segment, offset + 24, q3);
        QWORD.set(segment, offset + 32, q4);
        QWORD.set(segment, offset + 40, q5);
        QWORD.set(segment, offset + 48, q6);
    }

    /** Copies another header. */
    public void copyFrom(HeaderCopy other) {
        q0 = other.q0;
        q1 = other.q1;
        q2 = other.q2;
        q3 = other.q3;
        q4 = other.q4;
        q5 = other.q5;
        q6 = other.q6;
    }

    /** Flips bits of qword {@code index} (0 to 6, little-endian): what a faulty link does. */
    public void flip(int index, long bits) {
        switch (index) {
            case 0 -> q0 ^= bits;
            case 1 -> q1 ^= bits;
            case 2 -> q2 ^= bits;
            case 3 -> q3 ^= bits;
            case 4 -> q4 ^= bits;
            case 5 -> q5 ^= bits;
            case 6 -> q6 ^= bits;
            default ->
                    throw new IllegalArgumentException(
                            "header copy: qword=" + index + " is outside 0..6");
        }
    }

    /** The LRH in wire order, for {@link Lrh}. */
    public long lrh() {
        return Long.reverseBytes(q0);
    }

    /** First dword of the BTH in wire order, for {@link Bth}. */
    public int bth0() {
        return Integer.reverseBytes((int) q1);
    }

    /** Second dword of the BTH in wire order, for {@link Bth}. */
    public int bth1() {
        return Integer.reverseBytes((int) (q1 >>> 32));
    }

    /** Third dword of the BTH in wire order, for {@link Bth}. */
    public int bth2() {
        return Integer.reverseBytes((int) q2);
    }

    /** Version, context, TID and offset, for {@link IpathHeader}. */
    public int vcto() {
        return (int) (q2 >>> 32);
    }

    /** The 16-bit header checksum. */
    public int chksum() {
        return (int) (q3 & 0xFFFF);
    }

    /** The 16 packet flags. */
    public int pktFlags() {
        return (int) (q3 >>> 16) & 0xFFFF;
    }

    /**
     * Makes this the header of another packet of the same sender to the same context: what a chip
     * that segments a transfer changes. The checksum follows.
     *
     * @param lengthDwords of the packet, as in the LRH
     * @param psn 24 bits
     * @param pktFlags 16 bits
     */
    public void rewrite(int lengthDwords, int psn, int vcto, int pktFlags) {
        q0 = Long.reverseBytes(Lrh.withLength(lrh(), lengthDwords));
        int bth2 = bth2() & 0xFF00_0000 | psn;
        q2 = Integer.toUnsignedLong(Integer.reverseBytes(bth2)) | (long) vcto << 32;
        int chksum = IpathHeader.checksum(lengthDwords, vcto, pktFlags);
        q3 = q3 & 0xFFFF_FFFF_0000_0000L | (long) pktFlags << 16 | chksum;
    }

    /** Sets bits of the PSM flags byte. */
    public void addFlags(int flags) {
        q3 |= (long) (flags & 0xFF) << 40;
    }

    /** The context that says it sent this: four bits of the ack word, and the two upper ones. */
    public int sourceContext() {
        return AckWord.sourceContext((int) q4);
    }
}
