package io.softpath.daemon.chip;

import io.softpath.abi.packet.Bth;
import io.softpath.abi.packet.ExpectedPsn;
import io.softpath.abi.packet.GatherRecord;
import io.softpath.abi.packet.HeaderCopy;
import io.softpath.abi.packet.IpathHeader;
import io.softpath.abi.packet.Pbc;

import java.lang.foreign.MemorySegment;

/**
 * The gather record that a context is sending: a private copy, checked once, and how far the chip
 * has come with it. A context sends one at a time; this is made with the context and used again for
 * each.
 */
final class GatherSend {
    private static final int NONE = -1;

    private final int mtuBytes;
    private final boolean mtuDividesPages;
    private final MemorySegment record =
            MemorySegment.ofArray(new long[GatherRecord.MAX_BYTES / Long.BYTES]);
    private final HeaderCopy first = new HeaderCopy();
    private final int[] tids = new int[GatherRecord.MAX_TIDS];
    private final PacketRun run = new PacketRun(tids);

    /** The buffer that the record came from, or {@link #NONE} when none is under way. */
    private int buffer = NONE;

    private int vctoWithoutTid;
    private int plainFlags;
    private int lastFlags;

    // Where the next packet is from, and where to.
    private long sourceOffset;
    private int rest;
    private int tidIndex;
    private int pageOffset;
    private int psn;
    private int untilEntry;

    GatherSend(int mtuBytes) {
        this.mtuBytes = mtuBytes;
        mtuDividesPages = UserPage.BYTES % mtuBytes == 0;
    }

    /** Whether the record of this buffer is under way. */
    boolean underWay(int ofBuffer) {
        return buffer == ofBuffer;
    }

    /** Copies header and record of a launched buffer, each byte read once. */
    void load(MemorySegment buffers, long header, long payload, int payloadBytes) {
        first.load(buffers, header);
        int bytes = Math.min(Math.max(payloadBytes, 0), GatherRecord.MAX_BYTES);
        MemorySegment.copy(buffers, payload, record, 0, bytes);
    }

    /** The header of the first packet, as the sender wrote it. */
    HeaderCopy header() {
        return first;
    }

    /** Whether the copy can be sent, whatever memory its handle may name. */
    boolean wellFormed(int payloadBytes) {
        if (payloadBytes < GatherRecord.bytes(1) || payloadBytes > GatherRecord.MAX_BYTES) {
            return false;
        }
        int tidCount = GatherRecord.tidCount(record, 0);
        int length = GatherRecord.length(record, 0);
        int offset = GatherRecord.pageOffset(record, 0);
        long source = GatherRecord.sourceOffset(record, 0);
        return tidCount >= 1
                && tidCount <= GatherRecord.MAX_TIDS
                && GatherRecord.bytes(tidCount) == payloadBytes
                && length > 0
                && offset >= 0
                && offset < UserPage.BYTES
                && source >= 0
                && ((length | offset | source) & Integer.BYTES - 1) == 0
                && (long) offset + length <= (long) tidCount * UserPage.BYTES
                && takeTids(tidCount);
    }

    private boolean takeTids(int count) {
        for (int i = 0; i < count; i++) {
            tids[i] = GatherRecord.tid(record, 0, i);
            if (tids[i] >= IpathHeader.TID_EAGER) {
                return false;
            }
        }
        return true;
    }

    /** Begins with a record that is well formed. */
    void start(int fromBuffer) {
        buffer = fromBuffer;
        vctoWithoutTid =
                (int) (first.vcto() & ~(IpathHeader.TID.mask() | IpathHeader.OFFSET.mask()));
        lastFlags = first.pktFlags() & ~IpathHeader.HDRSUPP;
        plainFlags = lastFlags & ~IpathHeader.INTR;
        sourceOffset = GatherRecord.sourceOffset(record, 0);
        rest = GatherRecord.length(record, 0);
        tidIndex = 0;
        pageOffset = GatherRecord.pageOffset(record, 0);
        psn = Bth.psn(first.bth2());
        untilEntry = GatherRecord.interval(record, 0);
    }

    void stop() {
        buffer = NONE;
    }

    int handle() {
        return GatherRecord.handle(record, 0);
    }

    /** Whether what is still to be sent lies in this memory. */
    boolean liesIn(MemorySegment region) {
        return sourceOffset <= region.byteSize() - rest;
    }

    boolean done() {
        return rest == 0;
    }

    /**
     * Makes the next packet: what is left, or of its page, or of the MTU.
     *
     * @return its payload bytes
     */
    int next(Packet packet, MemorySegment region) {
        int bytes = Math.min(rest, Math.min(UserPage.BYTES - pageOffset, mtuBytes));
        boolean last = bytes == rest;
        int flags = plainFlags;
        if (last) {
            flags = lastFlags;
        } else if (untilEntry != 1) {
            flags |= IpathHeader.HDRSUPP;
        }
        int vcto =
                (int) IpathHeader.TID.set(vctoWithoutTid, tids[tidIndex])
                        | pageOffset / Integer.BYTES;
        HeaderCopy header = packet.header;
        header.copyFrom(first);
        header.rewrite(Pbc.lengthDwordsOfPayload(bytes), psn, vcto, flags);
        if (last) {
            header.addFlags(GatherRecord.flags(record, 0));
        }
        packet.payload(region, sourceOffset, bytes);
        return bytes;
    }

    /**
     * The packets that follow from the one that {@link #next} made on, that one included: all as
     * long as it, and none with an entry.
     *
     * @param budget bytes; the packets up to the one that uses it up
     * @return null if they are fewer than two
     */
    PacketRun run(int bytes, long budget) {
        if (bytes != mtuBytes || !mtuDividesPages || (pageOffset & bytes - 1) != 0) {
            return null;
        }
        int shift = Integer.numberOfTrailingZeros(bytes);
        int packets = rest - 1 >> shift; // the last one has an entry
        if (untilEntry > 0) {
            packets = Math.min(packets, untilEntry - 1);
        }
        packets = (int) Math.min(packets, budget + bytes - 1 >> shift);
        if (packets < 2) {
            return null;
        }
        run.set(tidIndex, pageOffset, bytes, packets);
        return run;
    }

    /** Packets of so many bytes each have left, of which at most the last had an entry. */
    void advance(int packets, int bytes) {
        int all = packets * bytes;
        sourceOffset += all;
        rest -= all;
        pageOffset += all;
        tidIndex += pageOffset / UserPage.BYTES;
        pageOffset %= UserPage.BYTES;
        psn = ExpectedPsn.plus(psn, packets);
        untilEntry = untilEntry == 1 ? GatherRecord.interval(record, 0) : untilEntry - packets;
    }
}
