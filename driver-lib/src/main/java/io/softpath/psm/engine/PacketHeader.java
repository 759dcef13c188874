package io.softpath.psm.engine;

import io.softpath.abi.packet.AckWord;
import io.softpath.abi.packet.Bth;
import io.softpath.abi.packet.IpathHeader;
import io.softpath.abi.packet.Lrh;
import io.softpath.abi.packet.MessageHeader;

import java.lang.foreign.MemorySegment;

/**
 * What a message header says to the protocol, apart from what the chip looks at. Reused from packet
 * to packet. The peer's index has 20 bits, four of which travel in the packet flags.
 */
public final class PacketHeader {
    /** Of an outgoing packet of no consequence: the chip fills in who sends. */
    public int sourceLid;

    public int sourceContext;
    public int sourceSubcontext;

    /** 24 bits. */
    public int psn;

    public int subOpcode;
    public int flags;

    /** How the receiver calls the sender: an index into its table of peers. */
    public int peerIndex;

    /** 24 bits. */
    public int ackSeq;

    public int flowId;
    public int hdrDlen;
    public int mqHdr;
    public long data0;
    public long data1;

    /** Whose page an expected packet's payload goes to; {@link IpathHeader#TID_EAGER} if none. */
    public int tid = IpathHeader.TID_EAGER;

    /** Where in that page, in bytes; a multiple of 4. */
    public int tidOffset;

    /** Asks the receiver's chip for no header entry. */
    public boolean suppressed;

    private static final int INDEX_LOW_BITS = 16;
    private static final int INDEX_FLAGS = 0x3C;
    private static final int INDEX_SHIFT = INDEX_LOW_BITS - 2;

    /** The packet flags, of which some carry the upper bits of {@link #peerIndex}. */
    public int pktFlags() {
        return peerIndex >>> INDEX_SHIFT & INDEX_FLAGS | (suppressed ? IpathHeader.HDRSUPP : 0);
    }

    /** The lower bits of {@link #peerIndex}, which have a field of their own. */
    public int lowIndex() {
        return peerIndex & 0xFFFF;
    }

    /** Reads a received header, each word once. */
    public void read(MemorySegment header, long at) {
        sourceLid = Lrh.slid(MessageHeader.lrh(header, at));
        psn = Bth.psn(MessageHeader.bth2(header, at));
        subOpcode = MessageHeader.subOpcode(header, at);
        flags = MessageHeader.flags(header, at);
        peerIndex =
                MessageHeader.commidx(header, at)
                        | (MessageHeader.pktFlags(header, at) & INDEX_FLAGS) << INDEX_SHIFT;
        int ack = MessageHeader.ack(header, at);
        ackSeq = AckWord.ackSeq(ack);
        sourceContext = AckWord.sourceContext(ack);
        sourceSubcontext = AckWord.sourceSubcontext(ack);
        flowId = MessageHeader.flowId(header, at);
        hdrDlen = MessageHeader.hdrDlen(header, at);
        mqHdr = MessageHeader.mqHdr(header, at);
        data0 = MessageHeader.data0(header, at);
        data1 = MessageHeader.data1(header, at);
        int vcto = MessageHeader.vcto(header, at);
        tid = IpathHeader.tid(vcto);
        tidOffset = IpathHeader.offsetDwords(vcto) * Integer.BYTES;
    }

    /** Everything 0, and an eager packet. */
    void clear() {
        psn = 0;
        subOpcode = 0;
        flags = 0;
        peerIndex = 0;
        ackSeq = 0;
        flowId = 0;
        hdrDlen = 0;
        mqHdr = 0;
        data0 = 0;
        data1 = 0;
        tid = IpathHeader.TID_EAGER;
        tidOffset = 0;
        suppressed = false;
    }
}
