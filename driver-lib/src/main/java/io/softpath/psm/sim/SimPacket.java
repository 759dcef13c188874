package io.softpath.psm.sim;

import io.softpath.abi.packet.AckWord;
import io.softpath.abi.packet.Bth;
import io.softpath.abi.packet.IpathHeader;
import io.softpath.abi.packet.Lrh;
import io.softpath.abi.packet.MessageHeader;
import io.softpath.abi.psm.EndpointId;
import io.softpath.psm.engine.PacketHeader;

import java.lang.foreign.MemorySegment;

/**
 * A packet on its way.
 *
 * @param at when it arrives
 * @param number of two that arrive at a time the lower one comes first
 * @param from who has sent it, and may be dead since
 * @param lid where to
 * @param overflow the receiver has no room for its payload
 */
public record SimPacket(
        long at,
        long number,
        SimNode from,
        int lid,
        MemorySegment header,
        MemorySegment payload,
        boolean overflow) {
    /** The header as a chip sends it, of what an engine says of a packet. */
    public static MemorySegment header(EndpointId from, int toLid, PacketHeader h) {
        MemorySegment header = MemorySegment.ofArray(new long[MessageHeader.BYTES / Long.BYTES]);
        MessageHeader.putLrh(header, 0, Lrh.of(0, 0, toLid, 15, from.lid()));
        MessageHeader.putBth2(header, 0, Bth.bth2(h.psn));
        MessageHeader.putVcto(
                header,
                0,
                IpathHeader.vcto(IpathHeader.VERSION, 0, h.tid, h.tidOffset / Integer.BYTES));
        MessageHeader.putPktFlags(header, 0, h.pktFlags());
        MessageHeader.putSubOpcode(header, 0, h.subOpcode);
        MessageHeader.putFlags(header, 0, h.flags);
        MessageHeader.putCommidx(header, 0, h.lowIndex());
        MessageHeader.putAck(header, 0, AckWord.of(h.ackSeq, from.context(), 0));
        MessageHeader.putFlowId(header, 0, h.flowId);
        MessageHeader.putHdrDlen(header, 0, h.hdrDlen);
        MessageHeader.putMqHdr(header, 0, h.mqHdr);
        MessageHeader.putData0(header, 0, h.data0);
        MessageHeader.putData1(header, 0, h.data1);
        return header;
    }

    /** Whether the chip places it, and has no eager buffer for it. */
    public boolean isByTid() {
        return IpathHeader.tid(MessageHeader.vcto(header, 0)) != IpathHeader.TID_EAGER;
    }

    SimPacket later(long newAt, long newNumber) {
        return new SimPacket(newAt, newNumber, from, lid, header, payload, overflow);
    }
}
