package io.softpath.abi.packet;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;
import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.softpath.abi.register.StructField;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.List;

/**
 * The 56-byte message header of a PSM packet, as it lies behind the PBC of a PIO buffer, on the
 * wire and in a rcvhdrq entry.
 *
 * <pre>
 *  byte   0     1     2     3     4     5     6     7
 *      +-----------------------------------------------+
 *   0  | LRH: vl, sl, lnh | dlid | length | slid       |  big-endian
 *      +-----------------------+-----------------------+
 *   8  | BTH0: opcode, pad, PK | BTH1: QP              |  big-endian
 *      +-----------------------+-----------------------+
 *  16  | BTH2: PSN (BE)        | vcto (LE)             |
 *      +-----------+-----------+-----+-----+-----------+
 *  24  |  chksum   | pktFlags  |subOp|flags|  commidx  |  little-endian from here on
 *      +-----------+-----------+-----+-----+-----------+
 *  32  | ack                   |flow |hdLen|   mqHdr   |
 *      +-----------------------+-----+-----+-----------+
 *  40  | data0                                         |
 *      +-----------------------------------------------+
 *  48  | data1                                         |
 *      +-----------------------------------------------+
 * </pre>
 *
 * A view without an object: each accessor takes the segment and the byte offset of the header in
 * it. Accesses are plain; the trigger of a PIO buffer and the RHF of an entry order them. The chip
 * reads the first 28 bytes, the rest belongs to the protocol above. Source: psm ipath_proto.h,
 * struct ips_message_header.
 */
public final class MessageHeader {
    public static final int BYTES = 56;

    public static final int LRH = 0;
    public static final int BTH0 = 8;
    public static final int BTH1 = 12;
    public static final int BTH2 = 16;
    public static final int VCTO = 20;
    public static final int CHKSUM = 24;
    public static final int PKT_FLAGS = 26;
    public static final int SUB_OPCODE = 28;
    public static final int FLAGS = 29;
    public static final int COMMIDX = 30;
    public static final int ACK = 32;
    public static final int FLOWID = 36;
    public static final int HDR_DLEN = 37;
    public static final int MQHDR = 38;
    public static final int DATA0 = 40;
    public static final int DATA1 = 48;

    /** Sub-opcode of expected data. Source: psm ips_proto_header.h, OPCODE_SEQ_MQ_EXPTID. */
    public static final int EXPECTED_DATA = 0x06;

    /**
     * Flag: the sender wants to hear how far the receiver is. Source: psm, IPS_SEND_FLAG_ACK_REQ.
     */
    public static final int FLAG_ACK_WANTED = 0x04;

    /**
     * Flag: the header holds the odd bytes of an expected transfer. Source: psm,
     * IPS_SEND_FLAG_UNALIGNED_DATA.
     */
    public static final int FLAG_UNALIGNED = 0x08;

    /** Flag: the last expected packet. Source: psm, IPS_SEND_FLAG_EXPECTED_DONE. */
    public static final int FLAG_EXPECTED_LAST = 0x20;

    /** Flow id of packets that a TID flow counts: protocol 1. Source: psm, PSM_PROTOCOL_TIDFLOW. */
    public static final int FLOWID_TID_FLOW = 1 << 3;

    /** The members, lowest offset first. */
    public static final List<StructField> LAYOUT =
            StructField.layout(
                    BYTES,
                    new StructField("lrh", LRH, 8, "local routing header, big-endian"),
                    new StructField("bth0", BTH0, 4, "opcode, padding, P_Key, big-endian"),
                    new StructField("bth1", BTH1, 4, "destination QP, big-endian"),
                    new StructField("bth2", BTH2, 4, "packet sequence number, big-endian"),
                    new StructField("vcto", VCTO, 4, "version, context, TID, offset"),
                    new StructField("chksum", CHKSUM, 2, "checksum of length, vcto and pktFlags"),
                    new StructField(
                            "pktFlags", PKT_FLAGS, 2, "INTR, HDRSUPP, top of the peer index"),
                    new StructField("subOpcode", SUB_OPCODE, 1, "PSM message type"),
                    new StructField("flags", FLAGS, 1, "PSM flags"),
                    new StructField(
                            "commidx",
                            COMMIDX,
                            2,
                            "low 16 bits of the receiver's index for this peer"),
                    new StructField("ack", ACK, 4, "acknowledged sequence number, source context"),
                    new StructField("flowId", FLOWID, 1, "protocol and flow"),
                    new StructField(
                            "hdrDlen",
                            HDR_DLEN,
                            1,
                            "data bytes in the header, or padding of a short message"),
                    new StructField(
                            "mqHdr", MQHDR, 2, "matched-queue class, destination sub-context"),
                    new StructField("data0", DATA0, 8, "tag or argument"),
                    new StructField("data1", DATA1, 8, "length, token or tiny payload"));

    private static final VarHandle QWORD_BE =
            JAVA_LONG_UNALIGNED.withOrder(BIG_ENDIAN).varHandle().withInvokeExactBehavior();
    private static final VarHandle QWORD_LE =
            JAVA_LONG_UNALIGNED.withOrder(LITTLE_ENDIAN).varHandle().withInvokeExactBehavior();
    private static final VarHandle DWORD_BE =
            JAVA_INT_UNALIGNED.withOrder(BIG_ENDIAN).varHandle().withInvokeExactBehavior();
    private static final VarHandle DWORD_LE =
            JAVA_INT_UNALIGNED.withOrder(LITTLE_ENDIAN).varHandle().withInvokeExactBehavior();
    private static final VarHandle SHORT_LE =
            JAVA_SHORT_UNALIGNED.withOrder(LITTLE_ENDIAN).varHandle().withInvokeExactBehavior();
    private static final VarHandle BYTE = JAVA_BYTE.varHandle().withInvokeExactBehavior();

    private MessageHeader() {}

    /** LRH, wire order, see {@link Lrh}. */
    public static long lrh(MemorySegment s, long base) {
        return (long) QWORD_BE.get(s, base + LRH);
    }

    public static void putLrh(MemorySegment s, long base, long lrh) {
        QWORD_BE.set(s, base + LRH, lrh);
    }

    /** BTH, first dword, see {@link Bth}. */
    public static int bth0(MemorySegment s, long base) {
        return (int) DWORD_BE.get(s, base + BTH0);
    }

    public static void putBth0(MemorySegment s, long base, int bth0) {
        DWORD_BE.set(s, base + BTH0, bth0);
    }

    /** BTH, second dword. */
    public static int bth1(MemorySegment s, long base) {
        return (int) DWORD_BE.get(s, base + BTH1);
    }

    public static void putBth1(MemorySegment s, long base, int bth1) {
        DWORD_BE.set(s, base + BTH1, bth1);
    }

    /** BTH, third dword. */
    public static int bth2(MemorySegment s, long base) {
        return (int) DWORD_BE.get(s, base + BTH2);
    }

    public static void putBth2(MemorySegment s, long base, int bth2) {
        DWORD_BE.set(s, base + BTH2, bth2);
    }

    /** Version, context, TID, offset, see {@link IpathHeader}. */
    public static int vcto(MemorySegment s, long base) {
        return (int) DWORD_LE.get(s, base + VCTO);
    }

    public static void putVcto(MemorySegment s, long base, int vcto) {
        DWORD_LE.set(s, base + VCTO, vcto);
    }

    /** Header checksum, unsigned. */
    public static int chksum(MemorySegment s, long base) {
        return (short) SHORT_LE.get(s, base + CHKSUM) & 0xFFFF;
    }

    public static void putChksum(MemorySegment s, long base, int chksum) {
        SHORT_LE.set(s, base + CHKSUM, (short) chksum);
    }

    /** Packet flags, unsigned. */
    public static int pktFlags(MemorySegment s, long base) {
        return (short) SHORT_LE.get(s, base + PKT_FLAGS) & 0xFFFF;
    }

    public static void putPktFlags(MemorySegment s, long base, int pktFlags) {
        SHORT_LE.set(s, base + PKT_FLAGS, (short) pktFlags);
    }

    /** PSM message type. */
    public static int subOpcode(MemorySegment s, long base) {
        return (byte) BYTE.get(s, base + SUB_OPCODE) & 0xFF;
    }

    public static void putSubOpcode(MemorySegment s, long base, int subOpcode) {
        BYTE.set(s, base + SUB_OPCODE, (byte) subOpcode);
    }

    /** PSM flags. */
    public static int flags(MemorySegment s, long base) {
        return (byte) BYTE.get(s, base + FLAGS) & 0xFF;
    }

    public static void putFlags(MemorySegment s, long base, int flags) {
        BYTE.set(s, base + FLAGS, (byte) flags);
    }

    /** Low 16 bits of the receiver's index for this peer. */
    public static int commidx(MemorySegment s, long base) {
        return (short) SHORT_LE.get(s, base + COMMIDX) & 0xFFFF;
    }

    public static void putCommidx(MemorySegment s, long base, int commidx) {
        SHORT_LE.set(s, base + COMMIDX, (short) commidx);
    }

    /** Acknowledged sequence number and source context. */
    public static int ack(MemorySegment s, long base) {
        return (int) DWORD_LE.get(s, base + ACK);
    }

    public static void putAck(MemorySegment s, long base, int ack) {
        DWORD_LE.set(s, base + ACK, ack);
    }

    /** Protocol and flow. */
    public static int flowId(MemorySegment s, long base) {
        return (byte) BYTE.get(s, base + FLOWID) & 0xFF;
    }

    public static void putFlowId(MemorySegment s, long base, int flowId) {
        BYTE.set(s, base + FLOWID, (byte) flowId);
    }

    /** Data bytes in the header, or padding of a short message. */
    public static int hdrDlen(MemorySegment s, long base) {
        return (byte) BYTE.get(s, base + HDR_DLEN) & 0xFF;
    }

    public static void putHdrDlen(MemorySegment s, long base, int hdrDlen) {
        BYTE.set(s, base + HDR_DLEN, (byte) hdrDlen);
    }

    /** Matched-queue class and destination sub-context. */
    public static int mqHdr(MemorySegment s, long base) {
        return (short) SHORT_LE.get(s, base + MQHDR) & 0xFFFF;
    }

    public static void putMqHdr(MemorySegment s, long base, int mqHdr) {
        SHORT_LE.set(s, base + MQHDR, (short) mqHdr);
    }

    /** Tag or argument. */
    public static long data0(MemorySegment s, long base) {
        return (long) QWORD_LE.get(s, base + DATA0);
    }

    public static void putData0(MemorySegment s, long base, long data0) {
        QWORD_LE.set(s, base + DATA0, data0);
    }

    /** Length, token or tiny payload. */
    public static long data1(MemorySegment s, long base) {
        return (long) QWORD_LE.get(s, base + DATA1);
    }

    public static void putData1(MemorySegment s, long base, long data1) {
        QWORD_LE.set(s, base + DATA1, data1);
    }
}
