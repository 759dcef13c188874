package io.softpath.driver;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;

/**
 * One packet in the receive header queue: a view of the chip's memory, reused for the next packet.
 * Valid only during the call of the {@link PacketHandler}; what shall outlive it must be copied.
 */
public interface ReceivedPacket {
    /**
     * The receive header flags as the chip wrote them; decode with {@link
     * io.softpath.abi.packet.Rhf}.
     */
    long rhf();

    /** The receive type: {@link io.softpath.abi.packet.Rhf#TYPE_EAGER} and its neighbours. */
    int type();

    /** The RHF's error bits in place, 0 for a good packet. */
    long errors();

    /** LID of the sender's port. */
    int sourceLid();

    /** Context of the sender, as the sender says. */
    int sourceContext();

    /** The sender, as something to reply to. Allocates. */
    default Address source() {
        return new Address(sourceLid(), sourceContext());
    }

    /** Packet sequence number, 24 bits: the sender counts its packets to this destination. */
    int psn();

    /** The sender's message type, 0 to 255. */
    int subOpcode();

    /** First of the two qwords that travel in the header. */
    long data0();

    /** Second of the two qwords that travel in the header. */
    long data1();

    /** TID of an expected packet: whose page holds the payload. 0x7FF for an eager one. */
    int tid();

    /** Byte offset of an expected packet's payload in the page of its TID, a multiple of 4. */
    int tidOffset();

    /** Bytes of payload, exactly as many as were sent. */
    int payloadLength();

    /**
     * The memory that holds the payload: all eager buffers of the context, read-only. {@link
     * MemorySegment#NULL} for an expected packet, whose payload is in pinned memory already.
     */
    MemorySegment payloadSegment();

    /** Offset of the payload in {@link #payloadSegment}. */
    long payloadOffset();

    /**
     * The memory that holds the 56-byte header; decode with {@link
     * io.softpath.abi.packet.MessageHeader}.
     */
    MemorySegment headerSegment();

    /** Offset of the header in {@link #headerSegment}. */
    long headerOffset();

    /** Copies the payload and returns its length. */
    default int copyPayloadTo(MemorySegment target, long targetOffset) {
        MemorySegment.copy(
                payloadSegment(), payloadOffset(), target, targetOffset, payloadLength());
        return payloadLength();
    }

    /** Copies the payload and returns its length. */
    default int copyPayloadTo(byte[] target, int targetOffset) {
        MemorySegment.copy(
                payloadSegment(),
                ValueLayout.JAVA_BYTE,
                payloadOffset(),
                target,
                targetOffset,
                payloadLength());
        return payloadLength();
    }

    /**
     * Copies the payload to the buffer's position, which it advances, and returns the payload's
     * length.
     */
    default int copyPayloadTo(ByteBuffer target) {
        int length = payloadLength();
        copyPayloadTo(MemorySegment.ofBuffer(target), 0);
        target.position(target.position() + length);
        return length;
    }

    /** A copy of the payload. Allocates. */
    default byte[] payload() {
        byte[] copy = new byte[payloadLength()];
        copyPayloadTo(copy, 0);
        return copy;
    }
}
