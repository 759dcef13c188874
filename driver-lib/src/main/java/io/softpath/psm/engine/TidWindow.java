package io.softpath.psm.engine;

import io.softpath.abi.packet.ExpectedPsn;
import io.softpath.abi.packet.TidSessionList;
import io.softpath.abi.psm.MqClass;

import java.lang.foreign.MemorySegment;

/**
 * A part of a message that a peer sends by TID, as the receiver sees it.
 *
 * <pre>
 *     memory                                              memory + length
 *        | before |          dwords, by TID            | behind |
 *  ------+--------+-------------------+----------------+--------+-----
 *                 |    received       |
 *                 | page      | page      | page         a TID each
 * </pre>
 *
 * The chip has placed what comes by TID before its header is seen here; the up to three bytes
 * before and behind come in a packet of the ordinary flow. Reused; its name is its place among the
 * windows and how often that was used. Source: psm, ips_proto_expected.c, struct ips_tid_recv_desc.
 */
final class TidWindow {
    /** What a packet did to a window. */
    enum Effect {
        /** It is late or came twice. */
        NONE,
        /** More is there. */
        ADVANCED,
        /** All that comes by TID is there. Said once. */
        COMPLETE,
        /** Something is missing: a new generation shall begin. */
        GAP
    }

    private static final int PAGE_BYTES = TidPort.PAGE_BYTES;
    private static final int HALF = ExpectedPsn.SEQ_COUNT / 2;

    final int place;
    final int[] tids;

    /** How often its place was used. */
    int uses;

    /** Null if it is not open. */
    TidFetch fetch;

    Peer peer;
    int flow;
    int generation;

    /** Number of the next packet. */
    int sequence;

    MemorySegment memory;
    long at;
    int length;

    /** The bounce buffer that {@link #memory} is; -1 if it is the receive's own. */
    int bounce;

    /** Where it begins in the message, and the how manieth of the message it is. */
    int messageOffset;

    int number;
    int before;
    int behind;
    int tidCount;

    /** Where the first dword lies in the page of the first TID. */
    int firstOffset;

    /** Bytes that come by TID. */
    int byTid;

    /** How many of them are there. */
    int received;

    /** Of a window without TIDs: its only packet has come. */
    boolean emptyCame;

    /** All came at the first try so far, so nothing is under way a second time. */
    boolean clean;

    /** Odd bytes are to come. */
    boolean oddDue;

    /** What the sender calls it; known when its first packet has come. */
    long remote;

    /** The sender has it. */
    boolean answered;

    /** The grant is to be sent, now or when there is a buffer. */
    boolean grantDue;

    long askNs;
    long intervalNs;

    TidWindow(int place, int maxTids) {
        this.place = place;
        tids = new int[maxTids];
    }

    /** What the sender calls it in its packets. */
    long name() {
        return MqClass.pair(place, uses);
    }

    int psn() {
        return ExpectedPsn.of(flow, generation, sequence);
    }

    /** Cuts the memory into odd bytes and dwords. Where it lies says how. */
    void lay(MemorySegment newMemory, long newAt, int newLength) {
        memory = newMemory;
        at = newAt;
        length = newLength;
        long address = newMemory.address() + newAt;
        before = newLength < Integer.BYTES ? newLength : (int) (-address & 3);
        behind = newLength - before & 3;
        byTid = newLength - before - behind;
        firstOffset = (int) (address + before & PAGE_BYTES - 1);
        tidCount = (firstOffset + byTid + PAGE_BYTES - 1) / PAGE_BYTES;
        if (byTid == 0) {
            tidCount = 0;
        }
        received = 0;
        emptyCame = false;
        oddDue = before + behind > 0;
    }

    /** Writes what the peer needs in order to send. */
    int write(MemorySegment target) {
        TidSessionList.write(
                target, 0, tidCount, before, behind, name(), number, messageOffset, length);
        int left = byTid;
        int from = firstOffset;
        for (int i = 0; i < tidCount; i++) {
            int bytes = Math.min(left, PAGE_BYTES - from);
            TidSessionList.putEntry(target, 0, i, tids[i], from, bytes);
            left -= bytes;
            from = 0;
        }
        TidSessionList.putStart(target, 0, 0); // the number of the first packet is in the header
        return TidSessionList.bytes(tidCount);
    }

    /** What lies in memory of ours goes to the receive's buffer. */
    void copyOut() {
        if (bounce >= 0) {
            Request receive = fetch.receive;
            MemorySegment.copy(memory, at, receive.buffer, receive.offset + messageOffset, length);
        }
    }

    boolean isComplete() {
        return tidCount == 0 ? emptyCame : received == byTid;
    }

    /**
     * Looks at the header of a packet.
     *
     * @param bytes that came by TID
     * @param bad the chip has found something wrong, and most likely written nothing
     * @param checked the chip has checked the flow, and may have left out headers before this one
     */
    Effect take(PacketHeader in, int bytes, boolean bad, boolean checked) {
        if (isComplete()
                || ExpectedPsn.flow(in.psn) != flow
                || ExpectedPsn.generation(in.psn) != generation) {
            return Effect.NONE;
        }
        if (bad) {
            return Effect.GAP;
        }
        int ahead = ExpectedPsn.sequence(in.psn) - sequence & ExpectedPsn.SEQ_COUNT - 1;
        if (ahead >= HALF) {
            return Effect.NONE;
        }
        if (ahead > 0 && (!checked || tidCount == 0)) {
            return Effect.GAP;
        }
        if (tidCount == 0) {
            if (bytes != 0) {
                return Effect.GAP;
            }
            emptyCame = true;
        } else {
            int end = end(in, bytes, ahead);
            if (end < 0) {
                return Effect.GAP;
            }
            received = end;
        }
        sequence = ExpectedPsn.sequence(in.psn + 1);
        return isComplete() ? Effect.COMPLETE : Effect.ADVANCED;
    }

    /**
     * Where the packet ends in the window, if it can be where it says: behind {@code ahead} packets
     * that the chip took without telling, each of a dword to a page. -1 if it cannot.
     */
    private int end(PacketHeader in, int bytes, int ahead) {
        int index = (firstOffset + received) / PAGE_BYTES;
        int last = Math.min(tidCount - 1, index + ahead);
        while (index <= last && tids[index] != in.tid) {
            index++;
        }
        if (index > last) {
            return -1;
        }
        int start = index * PAGE_BYTES + in.tidOffset - firstOffset;
        boolean placed =
                ahead == 0
                        ? start == received
                        : start >= received + ahead * Integer.BYTES
                                && start - received <= ahead * PAGE_BYTES;
        boolean inside =
                bytes > 0
                        && bytes % Integer.BYTES == 0
                        && bytes <= PAGE_BYTES - in.tidOffset
                        && bytes <= byTid - start;
        return placed && inside ? start + bytes : -1;
    }
}
