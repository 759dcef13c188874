package io.softpath.driver.receive;

import io.softpath.abi.packet.AckWord;
import io.softpath.abi.packet.Bth;
import io.softpath.abi.packet.IpathHeader;
import io.softpath.abi.packet.Lrh;
import io.softpath.abi.packet.MessageHeader;
import io.softpath.abi.packet.Rhf;
import io.softpath.driver.ReceivedPacket;

import java.lang.foreign.MemorySegment;

/**
 * The one {@link ReceivedPacket} of a reader: moved from entry to entry, checked by the reader
 * before anybody sees it.
 */
final class EntryView implements ReceivedPacket {
    private final MemorySegment rcvHdrq;
    private final MemorySegment rcvEgrBufs;
    private long rhf;
    private long headerOffset;
    private long payloadOffset;
    private int payloadLength;

    EntryView(MemorySegment rcvHdrq, MemorySegment rcvEgrBufs) {
        this.rcvHdrq = rcvHdrq;
        this.rcvEgrBufs = rcvEgrBufs;
    }

    void move(long newRhf, long newHeaderOffset, long newPayloadOffset, int newPayloadLength) {
        rhf = newRhf;
        headerOffset = newHeaderOffset;
        payloadOffset = newPayloadOffset;
        payloadLength = newPayloadLength;
    }

    @Override
    public long rhf() {
        return rhf;
    }

    @Override
    public int type() {
        return Rhf.rcvType(rhf);
    }

    @Override
    public long errors() {
        return Rhf.errors(rhf);
    }

    @Override
    public int sourceLid() {
        return Lrh.slid(MessageHeader.lrh(rcvHdrq, headerOffset));
    }

    @Override
    public int sourceContext() {
        return AckWord.sourceContext(MessageHeader.ack(rcvHdrq, headerOffset));
    }

    @Override
    public int psn() {
        return Bth.psn(MessageHeader.bth2(rcvHdrq, headerOffset));
    }

    @Override
    public int subOpcode() {
        return MessageHeader.subOpcode(rcvHdrq, headerOffset);
    }

    @Override
    public long data0() {
        return MessageHeader.data0(rcvHdrq, headerOffset);
    }

    @Override
    public long data1() {
        return MessageHeader.data1(rcvHdrq, headerOffset);
    }

    @Override
    public int tid() {
        return IpathHeader.tid(MessageHeader.vcto(rcvHdrq, headerOffset));
    }

    @Override
    public int tidOffset() {
        return IpathHeader.offsetDwords(MessageHeader.vcto(rcvHdrq, headerOffset)) * Integer.BYTES;
    }

    @Override
    public int payloadLength() {
        return payloadLength;
    }

    @Override
    public MemorySegment payloadSegment() {
        return Rhf.rcvType(rhf) == Rhf.TYPE_EXPECTED ? MemorySegment.NULL : rcvEgrBufs;
    }

    @Override
    public long payloadOffset() {
        return payloadOffset;
    }

    @Override
    public MemorySegment headerSegment() {
        return rcvHdrq;
    }

    @Override
    public long headerOffset() {
        return headerOffset;
    }

    @Override
    public String toString() {
        return String.format(
                "packet from %d:%d psn=%d subOpcode=0x%x payloadLength=%d rhf=0x%x errors=%s",
                sourceLid(),
                sourceContext(),
                psn(),
                subOpcode(),
                payloadLength,
                rhf,
                Rhf.errorNames(rhf));
    }
}
