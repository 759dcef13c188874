package io.softpath.faults.sim;

import io.softpath.abi.packet.MessageHeader;
import io.softpath.abi.psm.SubOpcode;
import io.softpath.psm.sim.SimLinks;
import io.softpath.psm.sim.SimNode;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Plants one bug, or none: it strikes at every third chance. */
final class Sabotage {
    private static final int EVERY = 3;

    private final Bug bug;
    private int chances;

    /**
     * @param bug null: none
     */
    Sabotage(Bug bug) {
        this.bug = bug;
    }

    /** Whether this bug shows here and now. */
    boolean strikes(Bug here) {
        return here == bug && ++chances % EVERY == 0;
    }

    /** Packets that carry messages are spoilt on their way, where no checksum would tell. */
    SimLinks.Tap around(SimLinks.Tap tap) {
        return (from, to, header, payload) -> {
            spoil(header, payload);
            tap.sees(from, to, header, payload);
        };
    }

    private void spoil(MemorySegment header, MemorySegment payload) {
        int subOpcode = MessageHeader.subOpcode(header, 0);
        if (subOpcode != SubOpcode.MQ_HDR && subOpcode != SubOpcode.MQ_CTRL) {
            return;
        }
        if (subOpcode == SubOpcode.MQ_HDR && strikes(Bug.TORN_HEADER)) {
            MessageHeader.putData0(header, 0, MessageHeader.data0(header, 0) ^ 0xFF_0000L);
        }
        if (payload.byteSize() > 0 && strikes(Bug.CORRUPTED_PAYLOAD)) {
            byte b = payload.get(ValueLayout.JAVA_BYTE, 0);
            payload.set(ValueLayout.JAVA_BYTE, 0, (byte) (b ^ 0x10));
        }
    }

    /** A TID of a process goes missing. */
    void takeTid(SimNode node) {
        if (strikes(Bug.LEAKED_TID)) {
            node.tids().acquire(node.tids().pin(1), 0, 1, new int[1]);
        }
    }
}
