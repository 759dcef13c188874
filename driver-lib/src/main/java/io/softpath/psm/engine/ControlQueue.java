package io.softpath.psm.engine;

import io.softpath.abi.psm.SubOpcode;

import java.lang.foreign.MemorySegment;

/**
 * Control packets without a payload, sent with the next progress, or when there is a buffer.
 * Whoever has asked ten times gets one answer. What there is no room for is lost, as if on the way:
 * whoever needs it asks again. Source: psm, ips_proto.c, struct ips_ctrlq.
 */
final class ControlQueue {
    private static final int ENTRIES = 32;

    private final Outlet outlet;
    private final Entry[] entries = new Entry[ENTRIES];
    private int first;
    private int count;

    private static final class Entry {
        Peer peer;
        int subOpcode;
        int flowId;
        int psn;
        int ackSeq;
        long data0;
        long data1;
    }

    ControlQueue(Outlet outlet) {
        this.outlet = outlet;
        for (int i = 0; i < ENTRIES; i++) {
            entries[i] = new Entry();
        }
    }

    boolean isEmpty() {
        return count == 0;
    }

    void send(Peer peer, int subOpcode, int flowId, int psn, int ackSeq, long data0, long data1) {
        Entry entry = null;
        for (int i = 0; i < count && entry == null; i++) {
            Entry each = entries[(first + i) % ENTRIES];
            if (each.peer == peer
                    && each.subOpcode == subOpcode
                    && each.flowId == flowId
                    && each.data0 == data0) {
                entry = each;
            }
        }
        if (entry == null) {
            if (count == ENTRIES) {
                flush();
                if (count == ENTRIES) {
                    return;
                }
            }
            entry = entries[(first + count++) % ENTRIES];
        }
        entry.peer = peer;
        entry.subOpcode = subOpcode;
        entry.flowId = flowId;
        entry.psn = psn;
        entry.ackSeq = ackSeq;
        entry.data0 = data0;
        entry.data1 = data1;
    }

    /** Sends what it can; whether nothing to this peer is left. */
    boolean flush(Peer peer) {
        flush();
        for (int i = 0; i < count; i++) {
            if (entries[(first + i) % ENTRIES].peer == peer) {
                return false;
            }
        }
        return true;
    }

    void flush() {
        while (count > 0 && send(entries[first])) {
            entries[first].peer = null;
            first = (first + 1) % ENTRIES;
            count--;
        }
    }

    private boolean send(Entry entry) {
        Peer peer = entry.peer;
        if (peer.failure != null || isAnswer(entry.subOpcode) && !peer.sendsToUs()) {
            return true;
        }
        PacketHeader header = outlet.header();
        header.subOpcode = entry.subOpcode;
        header.peerIndex = peer.remoteIndex;
        header.flowId = entry.flowId;
        header.psn = entry.psn;
        header.ackSeq = entry.ackSeq;
        header.data0 = entry.data0;
        header.data1 = entry.data1;
        return outlet.send(peer, header, MemorySegment.NULL, 0, 0);
    }

    /** To one who sends. When it has parted from us it takes us for a stranger. */
    private static boolean isAnswer(int subOpcode) {
        return subOpcode == SubOpcode.ACK
                || subOpcode == SubOpcode.NAK
                || subOpcode == SubOpcode.TIDS_RELEASE_CONFIRM;
    }
}
