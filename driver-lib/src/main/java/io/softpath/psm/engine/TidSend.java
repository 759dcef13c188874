package io.softpath.psm.engine;

import io.softpath.abi.control.TidInfo;
import io.softpath.abi.packet.ExpectedPsn;
import io.softpath.abi.packet.GatherRecord;
import io.softpath.abi.packet.TidSessionList;
import io.softpath.abi.psm.MqClass;
import io.softpath.abi.psm.TidMessage;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A part of a message that is sent by TID, as its sender sees it: a copy of what the receiver has
 * granted, checked, and how far its packets are.
 *
 * <pre>
 *     acknowledged        sent            all of them
 *   ------+-----------------+------------------+
 *         | on the way      | not yet sent     |
 * </pre>
 *
 * Packets do not cross a page and are as long as can be otherwise, so which bytes the next one has
 * follows from where it begins. Reused. Source: psm, ips_proto_expected.c, struct
 * ips_tid_send_desc, and ips_scb_prepare_tid_sendctrl.
 */
final class TidSend {
    private static final int PAGE_BYTES = TidPort.PAGE_BYTES;
    private static final int MAX_TIDS = TidInfo.BITMAP_BYTES * Byte.SIZE;

    /** Where a packet begins. */
    private static final class Cursor {
        int packet;
        int page;

        /** Bytes of the page that are before it. */
        int inPage;

        /** Bytes of the window that are before it, without odd ones. */
        int at;

        void set(Cursor other) {
            packet = other.packet;
            page = other.page;
            inPage = other.inPage;
            at = other.at;
        }

        void reset() {
            packet = 0;
            page = 0;
            inPage = 0;
            at = 0;
        }
    }

    final int place;

    /** How often its place was used. */
    int uses;

    /** Null if it is not in use. */
    Peer peer;

    /** Null when it needs the message no longer: all has arrived. */
    Request request;

    /** What the receiver calls it. */
    long remote;

    int number;
    int messageOffset;
    int length;
    int before;
    int behind;

    /** Odd bytes are not acknowledged. */
    boolean oddDue;

    /** The engine has it in its list of those that have something to send. */
    boolean listed;

    long deadlineNs;
    long timeoutNs;
    boolean timing;
    int expiries;

    /** The receiver shall be asked. */
    boolean questionDue;

    private final Cursor acknowledged = new Cursor();
    private final Cursor next = new Cursor();

    /** Where the packets end that the chip is to make. */
    private final Cursor runEnd = new Cursor();

    private int[] tids = new int[0];
    private int[] offsets = tids;
    private int[] lengths = tids;
    private int tidCount;
    private int fragment;
    private int packets;

    /** Its pages are filled from where the first entry begins to where the last one ends. */
    private boolean gapless;

    /** Packets for each one of which the receiver's chip shall tell. */
    private int interval;

    /** The number of this packet; those of others follow from it. */
    private int firstPsn;

    private int firstPacket;

    TidSend(int place) {
        this.place = place;
    }

    /** Bytes of a packet by TID: a power of two, so that they fill pages. */
    static int fragmentBytes(Peer peer) {
        return Integer.highestOneBit(Math.min(peer.fragmentBytes, PAGE_BYTES));
    }

    /** What the receiver shall call it. */
    long name() {
        return MqClass.pair(place, uses);
    }

    /**
     * Copies a grant.
     *
     * @param psn of the first packet
     * @param wanted bytes of the message
     * @param bytes of the list, at most
     * @return false if it is none that can be carried out; then there is rubbish in here
     */
    boolean read(int psn, int wanted, int newFragment, MemorySegment s, long at, int bytes) {
        if (bytes < TidSessionList.bytes(0)) {
            return false;
        }
        tidCount = TidSessionList.tidCount(s, at);
        int listBytes = TidSessionList.listBytes(s, at);
        if (TidSessionList.type(s, at) != TidSessionList.TYPE_LIST
                || tidCount > MAX_TIDS
                || listBytes != TidSessionList.bytes(tidCount)
                || listBytes > bytes) {
            return false;
        }
        before = TidSessionList.unalignedStart(s, at);
        behind = TidSessionList.unalignedEnd(s, at);
        remote = TidSessionList.descriptor(s, at);
        number = TidSessionList.sequence(s, at);
        messageOffset = TidSessionList.sourceOffset(s, at);
        length = TidSessionList.length(s, at);
        fragment = newFragment;
        firstPsn = psn & 0xFF_FFFF;
        firstPacket = 0;
        acknowledged.reset();
        next.reset();
        return before <= TidMessage.MAX_ODD_BYTES
                && behind <= TidMessage.MAX_ODD_BYTES
                && ExpectedPsn.generation(firstPsn) != 0
                && length >= 0
                && messageOffset >= 0
                && messageOffset <= wanted - length
                && length - before - behind == entries(s, at);
    }

    /** Copies the entries; how many bytes they have, or -1 if one cannot be. */
    private int entries(MemorySegment s, long at) {
        if (tids.length < tidCount) {
            tids = new int[tidCount];
            offsets = new int[tidCount];
            lengths = new int[tidCount];
        }
        int sum = 0;
        packets = tidCount == 0 ? 1 : 0;
        gapless = tidCount > 0;
        for (int i = 0; i < tidCount; i++) {
            int tid = TidSessionList.tid(s, at, i);
            int from = TidSessionList.offset(s, at, i);
            int entry = TidSessionList.entryLength(s, at, i);
            if (tid >= MAX_TIDS
                    || entry == 0
                    || ((from | entry) & 3) != 0
                    || from + entry > PAGE_BYTES) {
                return -1;
            }
            tids[i] = tid;
            offsets[i] = from;
            lengths[i] = entry;
            gapless &= i == 0 || from == 0;
            gapless &= i == tidCount - 1 || from + entry == PAGE_BYTES;
            sum += entry;
            packets += (entry + fragment - 1) / fragment;
        }
        return sum;
    }

    int oddBytes() {
        return before + behind;
    }

    /** The odd bytes as they travel in a header. */
    long odd() {
        int first = 0;
        int second = 0;
        long start = request.offset + messageOffset;
        for (int i = 0; i < before; i++) {
            first = TidMessage.withByte(first, i, byteOf(start + i));
        }
        for (int i = 0; i < behind; i++) {
            second = TidMessage.withByte(second, i, byteOf(start + length - behind + i));
        }
        return MqClass.pair(first, second);
    }

    private int byteOf(long at) {
        return request.buffer.get(ValueLayout.JAVA_BYTE, at);
    }

    // The next packet.

    boolean isSent() {
        return next.packet == packets;
    }

    boolean isAcknowledged() {
        return acknowledged.packet == packets;
    }

    int unacknowledged() {
        return next.packet - acknowledged.packet;
    }

    boolean isLast() {
        return next.packet == packets - 1;
    }

    /** Whether the receiver's chip shall leave a header entry. */
    boolean isTold() {
        return isLast() || (next.packet + 1) % interval == 0;
    }

    /** Packets for each one that is told of. */
    void interval(int packetsPerHeader) {
        interval = packetsPerHeader;
    }

    /**
     * Has the receiver's chip tell of twice as many packets: only those count, and as long as one
     * of those before it is lost each time there is no end.
     */
    void tellMore() {
        interval = Math.max(interval / 2, 1);
    }

    boolean hasTids() {
        return tidCount > 0;
    }

    int tid() {
        return tids[next.page];
    }

    int pageOffset() {
        return offsets[next.page] + next.inPage;
    }

    int bytes() {
        return tidCount == 0 ? 0 : bytes(next);
    }

    private int bytes(Cursor cursor) {
        return Math.min(fragment, lengths[cursor.page] - cursor.inPage);
    }

    /** Where its bytes are in the request's buffer. */
    long at() {
        return request.offset + messageOffset + before + next.at;
    }

    int psn() {
        return ExpectedPsn.plus(firstPsn, next.packet - firstPacket);
    }

    /** The number of the last packet that was sent. */
    int lastPsn() {
        return ExpectedPsn.plus(psn(), -1);
    }

    void sent() {
        step(next);
    }

    /**
     * Whether the chip can make the next packets by itself, so many at most, and says which: until
     * one of which the receiver is told. Then {@link #runBytes} and {@link #runTids} tell how much
     * that is.
     */
    boolean findRun(int most) {
        int count = Math.min(Math.min(packets - next.packet, most), GatherRecord.MAX_TIDS - 1);
        if (!gapless || next.packet % interval != 0) {
            return false;
        }
        if (count < packets - next.packet) {
            count -= count % interval;
        }
        runEnd.set(next);
        for (int i = 0; i < count; i++) {
            step(runEnd);
        }
        return count > 0;
    }

    /** Packets of the run, which are numbered one after the other. */
    int runPackets() {
        return runEnd.packet - next.packet;
    }

    int runBytes() {
        return runEnd.at - next.at;
    }

    /** The TIDs of the grant; those of the run begin at {@link #runTid}. */
    int[] tids() {
        return tids;
    }

    int runTid() {
        return next.page;
    }

    int runTids() {
        return runEnd.page - next.page + (runEnd.inPage > 0 ? 1 : 0);
    }

    boolean runIsLast() {
        return runEnd.packet == packets;
    }

    /** The chip has been told to make them. */
    void runSent() {
        next.set(runEnd);
    }

    int fragment() {
        return fragment;
    }

    int interval() {
        return interval;
    }

    private void step(Cursor cursor) {
        cursor.packet++;
        if (tidCount == 0) {
            return;
        }
        int bytes = bytes(cursor);
        cursor.at += bytes;
        cursor.inPage += bytes;
        if (cursor.inPage == lengths[cursor.page]) {
            cursor.page++;
            cursor.inPage = 0;
        }
    }

    // What the receiver says.

    /**
     * All before this packet has arrived.
     *
     * @return false if it is nothing new, of another generation, or nonsense
     */
    boolean acknowledge(int psn) {
        int count = distance(psn);
        if (count < 1) {
            return false;
        }
        skip(count);
        return true;
    }

    /**
     * From this packet on all is to be sent again.
     *
     * @param psn the packet, in the generation that ends
     * @param newPsn what it is called from now on
     * @return false if it is of another generation, or nonsense
     */
    boolean goBack(int psn, int newPsn) {
        int count = distance(psn);
        if (count < 0
                || ExpectedPsn.flow(newPsn) != ExpectedPsn.flow(firstPsn)
                || ExpectedPsn.generation(newPsn) == 0
                || ExpectedPsn.generation(newPsn) == ExpectedPsn.generation(firstPsn)) {
            return false;
        }
        skip(count);
        next.set(acknowledged);
        firstPsn = newPsn & 0xFF_FFFF;
        firstPacket = acknowledged.packet;
        return true;
    }

    private void skip(int count) {
        for (int i = 0; i < count; i++) {
            step(acknowledged);
        }
    }

    /** How far a packet is behind the oldest that is not acknowledged; -1 if it was not sent. */
    private int distance(int psn) {
        int oldest = ExpectedPsn.plus(firstPsn, acknowledged.packet - firstPacket);
        int count = ExpectedPsn.sequence(psn) - ExpectedPsn.sequence(oldest);
        count &= ExpectedPsn.SEQ_COUNT - 1;
        boolean same =
                ExpectedPsn.flow(psn) == ExpectedPsn.flow(oldest)
                        && ExpectedPsn.generation(psn) == ExpectedPsn.generation(oldest);
        return same && count <= unacknowledged() ? count : -1;
    }

    void clear() {
        peer = null;
        request = null;
        oddDue = false;
        timing = false;
        questionDue = false;
        expiries = 0;
    }
}
