package io.softpath.daemon.chip;

import io.softpath.abi.packet.HeaderCopy;

import java.lang.foreign.MemorySegment;

/**
 * A packet on its way: a private copy of the header, and the payload where the sender left it.
 *
 * <p>The header was read once and is validated; the payload may still be changing under a hostile
 * sender, so nobody decides anything by it. Reused for each packet: whoever keeps one longer than
 * the call copies it.
 */
public final class Packet {
    final HeaderCopy header = new HeaderCopy();
    private MemorySegment payload = MemorySegment.NULL;
    private long payloadOffset;
    private int payloadBytes;
    private long rhfErrors;

    /** The header, to be read; a faulty link may change it. */
    public HeaderCopy header() {
        return header;
    }

    /** The memory that holds the payload, from {@link #payloadOffset()} on. */
    public MemorySegment payload() {
        return payload;
    }

    /** Byte offset of the payload in {@link #payload()}. */
    public long payloadOffset() {
        return payloadOffset;
    }

    /** Bytes of payload, a multiple of 4. */
    public int payloadBytes() {
        return payloadBytes;
    }

    /**
     * Error bits of {@link io.softpath.abi.packet.Rhf} that the link adds, such as ICRCERR; 0 for a
     * clean packet.
     */
    public long rhfErrors() {
        return rhfErrors;
    }

    /** Points to the payload of the next packet and clears the link's errors. */
    public void payload(MemorySegment segment, long offset, int bytes) {
        payload = segment;
        payloadOffset = offset;
        payloadBytes = bytes;
        rhfErrors = 0;
    }

    /** Adds an error that the receiving chip will report in the RHF. */
    public void addRhfErrors(long bits) {
        rhfErrors |= bits;
    }
}
