package io.softpath.driver.send;

import io.softpath.abi.model.ChipModel;
import io.softpath.abi.packet.AckWord;
import io.softpath.abi.packet.Bth;
import io.softpath.abi.packet.IpathHeader;
import io.softpath.abi.packet.Lrh;
import io.softpath.abi.packet.MessageHeader;

/**
 * What the headers of all packets from one context to another have in common, and the packet
 * sequence number that they count up. Made once for each peer; each packet's header is then put
 * together in registers, as seven qwords.
 *
 * <p>Owned by the sending thread.
 */
public final class HeaderTemplate {
    private static final int PSN_MASK = (int) Bth.PSN.max();

    /** Version and context of the version, context, TID and offset word. */
    private static final int TO_CONTEXT = 0xFF00_0000;

    private final int dlid;
    private final int slid;
    private final int pkey;
    private final long bth1; // in place in its qword
    private final int vcto;
    private final int sourceContext;
    private int nextPsn;

    /**
     * @param family class of the destination's chip, which decides how a context is written in a
     *     header
     * @param qpBase the queue pair number that makes a packet an InfiniPath one
     */
    public HeaderTemplate(
            ChipModel.Family family,
            int qpBase,
            int slid,
            int sourceContext,
            int dlid,
            int context,
            int pkey) {
        this.dlid = dlid;
        this.slid = slid;
        this.pkey = pkey;
        this.bth1 =
                bigEndian(MessageHeader.BTH1, Bth.bth1(IpathHeader.qp(family, qpBase, context)));
        this.vcto =
                IpathHeader.vcto(
                        IpathHeader.VERSION,
                        IpathHeader.contextField(family, context),
                        IpathHeader.TID_EAGER,
                        0);
        this.sourceContext = sourceContext;
    }

    /** The PSM words from the sub-opcode to the peer index: the upper half of header qword 3. */
    public static long message(int subOpcode, int flags, int commidx) {
        return littleEndian(MessageHeader.SUB_OPCODE, subOpcode & 0xFF)
                | littleEndian(MessageHeader.FLAGS, flags & 0xFF)
                | littleEndian(MessageHeader.COMMIDX, commidx & 0xFFFF);
    }

    /**
     * Header qword 4: the ack word with this template's source context, flow, data length and queue
     * class.
     */
    public long protocol(int ackSeq, int flowId, int hdrDlen, int mqHdr) {
        return littleEndian(MessageHeader.ACK, AckWord.of(ackSeq, sourceContext, 0) & 0xFFFF_FFFFL)
                | littleEndian(MessageHeader.FLOWID, flowId & 0xFF)
                | littleEndian(MessageHeader.HDR_DLEN, hdrDlen & 0xFF)
                | littleEndian(MessageHeader.MQHDR, mqHdr & 0xFFFF);
    }

    long lrh(int lengthDwords) {
        return Long.reverseBytes(Lrh.of(0, 0, dlid, lengthDwords, slid));
    }

    long bth(int padBytes) {
        return bigEndian(MessageHeader.BTH0, Bth.bth0(Bth.OPCODE_PSM, padBytes, pkey)) | bth1;
    }

    /** The version, context, TID and offset word of an eager packet. */
    int eagerVcto() {
        return vcto;
    }

    /** The version, context, TID and offset word of an expected packet. */
    int expectedVcto(int tid, int offsetDwords) {
        return vcto & TO_CONTEXT | tid << IpathHeader.TID.shift() | offsetDwords;
    }

    /** The sequence number of the next eager packet. */
    int nextPsn() {
        return nextPsn;
    }

    static long psnAndVcto(int psn, int vcto) {
        return bigEndian(MessageHeader.BTH2, psn)
                | littleEndian(MessageHeader.VCTO, vcto & 0xFFFF_FFFFL);
    }

    /** The lower half of header qword 3. */
    static long checksumAndFlags(int lengthDwords, int vcto, int pktFlags) {
        return littleEndian(
                        MessageHeader.CHKSUM, IpathHeader.checksum(lengthDwords, vcto, pktFlags))
                | littleEndian(MessageHeader.PKT_FLAGS, pktFlags & 0xFFFF);
    }

    void advancePsn() {
        nextPsn = nextPsn + 1 & PSN_MASK;
    }

    private static long littleEndian(int fieldOffset, long value) {
        return value << (fieldOffset % Long.BYTES) * Byte.SIZE;
    }

    private static long bigEndian(int fieldOffset, int value) {
        return littleEndian(fieldOffset, Integer.reverseBytes(value) & 0xFFFF_FFFFL);
    }
}
