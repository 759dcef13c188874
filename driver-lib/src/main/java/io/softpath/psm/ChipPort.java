package io.softpath.psm;

import io.softpath.abi.control.ContextRecord;
import io.softpath.abi.control.ControlRecord;
import io.softpath.abi.control.UnitRecord;
import io.softpath.abi.packet.Bth;
import io.softpath.abi.packet.GatherRecord;
import io.softpath.abi.packet.IpathHeader;
import io.softpath.abi.psm.EndpointId;
import io.softpath.driver.Address;
import io.softpath.driver.Context;
import io.softpath.driver.Destination;
import io.softpath.driver.Device;
import io.softpath.driver.PinnedRegion;
import io.softpath.driver.SendResult;
import io.softpath.psm.engine.EngineSettings;
import io.softpath.psm.engine.PacketHeader;
import io.softpath.psm.engine.PacketPort;
import io.softpath.psm.engine.TidPort;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Sends an engine's packets through the chip. */
final class ChipPort implements PacketPort {
    private final Device device;
    private final Context context;
    private final TidPort tids;
    private final PinnedBuffers pinned;
    private final boolean withCrc;
    private final int pkey;
    private final MemorySegment record = GatherRecord.allocate();
    private final List<Destination> routes = new ArrayList<>();

    /**
     * @param settings of the engine, which say what every packet has
     */
    ChipPort(Device device, Context context, PinnedBuffers pinned, EngineSettings settings) {
        withCrc = settings.checksum();
        pkey = settings.pkey() | Bth.PKEY_FULL_MEMBER;
        this.device = device;
        this.context = context;
        this.pinned = pinned;
        tids = new ChipTids(context, pinned);
    }

    @Override
    public TidPort tids() {
        return tids;
    }

    @Override
    public int route(EndpointId to) {
        routes.add(context.destination(new Address(to.lid(), to.context()), pkey));
        return routes.size() - 1;
    }

    @Override
    public boolean send(int route, PacketHeader h, MemorySegment payload, long offset, int length) {
        SendResult result =
                h.tid == IpathHeader.TID_EAGER
                        ? sendEager(routes.get(route), h, payload, offset, length)
                        : sendExpected(routes.get(route), h, payload, offset, length);
        return result == SendResult.SENT;
    }

    private SendResult sendExpected(
            Destination to, PacketHeader h, MemorySegment payload, long offset, int length) {
        return context.transmitExpected(
                to,
                h.psn,
                h.tid,
                h.tidOffset,
                h.pktFlags(),
                h.subOpcode,
                h.flags,
                h.lowIndex(),
                h.flowId,
                h.data0,
                h.data1,
                payload,
                offset,
                length);
    }

    private SendResult sendEager(
            Destination to, PacketHeader h, MemorySegment payload, long offset, int length) {
        return context.transmit(
                to,
                h.psn,
                h.pktFlags(),
                h.subOpcode,
                h.flags,
                h.lowIndex(),
                h.ackSeq,
                h.flowId,
                h.hdrDlen,
                h.mqHdr,
                h.data0,
                h.data1,
                payload,
                offset,
                length,
                withCrc);
    }

    @Override
    public boolean gathers(MemorySegment buffer, long offset, int length, int packetBytes) {
        if (!context.expected().gathers() || packetBytes != context.maxPayloadBytes()) {
            return false;
        }
        PinnedRegion region = pinned.find(buffer, offset, length);
        return region != null && PinnedBuffers.placeIn(region, buffer, offset) % Integer.BYTES == 0;
    }

    @Override
    public boolean gather(
            int route,
            PacketHeader h,
            int[] tids,
            int firstTid,
            int tidCount,
            int interval,
            MemorySegment buffer,
            long offset,
            int length) {
        PinnedRegion region = pinned.find(buffer, offset, length);
        GatherRecord.write(
                record,
                0,
                region.handle(),
                PinnedBuffers.placeIn(region, buffer, offset),
                length,
                h.tidOffset,
                tids,
                firstTid,
                tidCount,
                interval,
                h.flags);
        SendResult result =
                context.transmitGather(
                        routes.get(route),
                        h.psn,
                        h.pktFlags(),
                        h.subOpcode,
                        h.lowIndex(),
                        h.flowId,
                        h.data0,
                        h.data1,
                        record);
        return result == SendResult.SENT;
    }

    /**
     * The daemon knows who has which context, and since when: the kernel tells it when a process is
     * dead.
     */
    @Override
    public boolean isGone(int route, int runId) {
        Address to = routes.get(route).address();
        int unit = unitOf(to.lid());
        if (unit < 0) {
            return false; // not of this daemon: nobody can tell
        }
        for (ContextRecord each : device.inspect().contexts(unit)) {
            if (each.context() == to.context()) {
                return each.state() == ControlRecord.CONTEXT_ASSIGNED
                        || runId != ANY_RUN && RunId.isBefore(runId, each.since());
            }
        }
        return true;
    }

    private int unitOf(int lid) {
        for (UnitRecord unit : device.inspect().units()) {
            if (unit.lid() == lid) {
                return unit.unit();
            }
        }
        return -1;
    }
}
