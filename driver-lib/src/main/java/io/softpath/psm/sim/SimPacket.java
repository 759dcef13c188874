package io.softpath.psm.sim;

import io.softpath.abi.packet.IpathHeader;
import io.softpath.abi.packet.MessageHeader;

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
    /** Whether the chip places it, and has no eager buffer for it. */
    public boolean isByTid() {
        return IpathHeader.tid(MessageHeader.vcto(header, 0)) != IpathHeader.TID_EAGER;
    }

    SimPacket later(long newAt, long newNumber) {
        return new SimPacket(newAt, newNumber, from, lid, header, payload, overflow);
    }
}
