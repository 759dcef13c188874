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
    private final PayloadCopy copy = new PayloadCopy();
    private boolean moreFollow;

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

    /**
     * From here to {@link #endBurst} one packet after the other uses this object, and what they
     * point to stays where it is: payloads that continue each other may be copied together.
     */
    void startBurst() {
        moreFollow = true;
    }

    /** All payloads are where they belong. */
    void endBurst() {
        moreFollow = false;
        copy.finish();
    }

    /**
     * Stores the payload to a page, at the latest when {@link #showPayload} or {@link #endBurst}
     * returns.
     *
     * @return false if the page is gone, and nothing was stored
     */
    boolean storeTo(UserPage page, int offset) {
        return copy.store(page, offset, payload, payloadOffset, payloadBytes);
    }

    /**
     * Stores the payloads of a run that this packet begins, which lie one behind the other, up to
     * the first whose TID names no page that can be copied to.
     *
     * @return how many packets
     */
    int storeTo(TidTable tids, PacketRun run) {
        long from = payloadOffset;
        int bytes = run.packetBytes();
        int packets = 0;
        for (; packets < run.packets(); packets++) {
            int tid = run.tid(packets);
            MemorySegment mapping = tids.mapping(tid);
            if (mapping == null) {
                break;
            }
            copy.add(mapping, tids.start(tid) + run.offset(packets), payload, from, bytes);
            from += bytes;
        }
        return packets;
    }

    /** To be called before a user is shown that the packet, or one before it, is there. */
    void showPayload() {
        copy.finish();
    }

    /** The receiver is done with this packet: without a burst, its payload is where it belongs. */
    void received() {
        if (!moreFollow) {
            copy.finish();
        }
    }

    /** Points to the payload of the next packet and clears the link's errors. */
    public void payload(MemorySegment segment, long offset, int bytes) {
        payload = segment;
        payloadOffset = offset;
        payloadBytes = bytes;
        rhfErrors = 0;
    }

    /** A packet of its own with the same content, for a link that holds it. */
    public Packet copy() {
        Packet copied = new Packet();
        copied.header.copyFrom(header);
        MemorySegment bytes = // aligned as a send buffer is
                MemorySegment.ofArray(new long[(payloadBytes + Long.BYTES - 1) / Long.BYTES]);
        MemorySegment.copy(payload, payloadOffset, bytes, 0, payloadBytes);
        copied.payload(bytes, 0, payloadBytes);
        copied.rhfErrors = rhfErrors;
        return copied;
    }

    /** Adds an error that the receiving chip will report in the RHF. */
    public void addRhfErrors(long bits) {
        rhfErrors |= bits;
    }
}
