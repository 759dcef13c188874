package io.softpath.psm.sim;

import io.softpath.abi.model.ChipModel;
import io.softpath.abi.packet.Bth;
import io.softpath.abi.packet.ExpectedPsn;
import io.softpath.abi.packet.IpathHeader;
import io.softpath.abi.packet.MessageHeader;
import io.softpath.abi.packet.PacketCrc;
import io.softpath.abi.psm.ConnectMessage;
import io.softpath.abi.psm.EndpointId;
import io.softpath.abi.psm.SubOpcode;
import io.softpath.psm.engine.DirectSettings;
import io.softpath.psm.engine.EngineSettings;
import io.softpath.psm.engine.MessageEngine;
import io.softpath.psm.engine.PacketHeader;
import io.softpath.psm.engine.PacketPort;
import io.softpath.psm.engine.Peer;
import io.softpath.psm.engine.TidPort;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** A simulated process: an endpoint with a LID of its own. */
public final class SimNode implements PacketPort {
    private final SimWorld world;
    private final EndpointId id;
    private final int runId;
    private final boolean checksum;
    private final SimTids tids;
    private final SimHost host;
    private final SimHost.Port port;
    private final DirectSettings ways;
    private final MessageEngine engine;
    private final List<EndpointId> routes = new ArrayList<>();
    private Hazard hazard = Hazard.NONE;
    private boolean dead;
    private long alarmNs = Long.MAX_VALUE;
    private boolean paused;

    /** It waits until something comes, or until its time has come. */
    private boolean asleep;

    SimNode(SimWorld world, int lid, EngineSettings settings, SimHost host, DirectSettings ways) {
        this.world = world;
        this.host = host;
        this.ways = ways;
        tids = world.newTids(this::at);
        id = EndpointId.of(lid, 1 + lid % 4, 0, 0, ChipModel.Family.QLE72XX);
        runId = settings.runId();
        checksum = settings.checksum();
        port = host == null ? null : host.port(id, this::at);
        engine = new MessageEngine(id, settings, this, ways, port, world.nowNs());
    }

    public EndpointId id() {
        return id;
    }

    /** Tells it from others that had its place. */
    public int runId() {
        return runId;
    }

    public MessageEngine engine() {
        return engine;
    }

    /** What it sees of its host; null if it lives alone. */
    public SimHost.Port port() {
        return port;
    }

    SimHost host() {
        return host;
    }

    DirectSettings ways() {
        return ways;
    }

    @Override
    public SimTids tids() {
        return tids;
    }

    /** Another endpoint, as this one knows it; null if it does not. */
    public Peer peer(SimNode other) {
        return engine.connections().at(other.id);
    }

    public boolean isDead() {
        return dead;
    }

    /** It is no more: its packets and its memory are, as far as others have them. */
    public void kill() {
        dead = true;
        if (port != null) {
            port.leave();
        }
    }

    public boolean isPaused() {
        return paused;
    }

    /** Stops it, as SIGSTOP does, or has it go on. */
    public void pause(boolean stopped) {
        paused = stopped;
    }

    /** From now on this may kill it. */
    public void hazard(Hazard newHazard) {
        hazard = newHazard;
    }

    private void at(Hazard.Point point) {
        hazard.at(point);
    }

    /** Its program wants to do something at a time, whatever its engine wants. */
    public void alarm(long timeNs) {
        alarmNs = timeNs;
    }

    /** When it has something to do even if nothing comes, or MAX_VALUE. */
    long wakeNs() {
        return Math.min(engine.wakeNs(), alarmNs);
    }

    public boolean isAsleep() {
        return asleep;
    }

    /** As a program that has nothing to do; it does not sleep if there is something. */
    void fallAsleep() {
        asleep = engine.wakeNs() - world.nowNs() > 0 && engine.sleep(true);
        if (!asleep) {
            engine.sleep(false);
        }
    }

    /** Somebody wants it to do something. */
    public void wake() {
        if (asleep) {
            asleep = false;
            engine.sleep(false);
        }
    }

    /** Something has come for it. */
    void take(SimPacket packet) {
        wake();
        if (packet.isByTid()) {
            place(packet);
        } else if (packet.overflow()) {
            engine.intake().onOverflow(packet.header(), 0);
        } else {
            engine.intake().onPacket(packet.header(), 0, packet.payload(), 0, lengthOf(packet));
        }
    }

    /** The RHF tells the length without padding. */
    private int lengthOf(SimPacket packet) {
        int bytes = (int) packet.payload().byteSize();
        return checksum ? bytes - Bth.padBytes(MessageHeader.bth0(packet.header(), 0)) : bytes;
    }

    /** Its chip has a packet by TID; one that has overflown is spoilt. */
    private void place(SimPacket packet) {
        MemorySegment header = packet.header();
        int vcto = MessageHeader.vcto(header, 0);
        int length = (int) packet.payload().byteSize();
        if (packet.overflow()) {
            engine.intake().onExpected(header, 0, length, true);
            return;
        }
        boolean suppress = (MessageHeader.pktFlags(header, 0) & IpathHeader.HDRSUPP) != 0;
        switch (tids.place(
                Bth.psn(MessageHeader.bth2(header, 0)),
                IpathHeader.tid(vcto),
                IpathHeader.offsetDwords(vcto) * Integer.BYTES,
                packet.payload(),
                suppress)) {
            case PLACED -> engine.intake().onExpected(header, 0, length, false);
            case BAD -> engine.intake().onExpected(header, 0, length, true);
            case PLACED_WITHOUT_HEADER, DROPPED -> {}
        }
    }

    // What its engine sends.

    @Override
    public int route(EndpointId to) {
        routes.add(to);
        return routes.size() - 1;
    }

    @Override
    public boolean isGone(int route, int knownRunId) {
        return world.isGone(routes.get(route), knownRunId);
    }

    @Override
    public boolean send(int route, PacketHeader h, MemorySegment payload, long offset, int length) {
        if (world.links().isBusy()) {
            return false;
        }
        at(Hazard.Point.BEFORE_PACKET);
        launch(route, h, payload, offset, length);
        at(Hazard.Point.AFTER_PACKET);
        return true;
    }

    private void launch(int route, PacketHeader h, MemorySegment payload, long offset, int length) {
        checkExpected(h, length);
        int to = routes.get(route).lid();
        MemorySegment header = SimPacket.header(id, to, h);
        int pad = -length & 3;
        byte[] copy = new byte[checksum ? length + pad + PacketCrc.BYTES : length];
        MemorySegment.copy(payload, ValueLayout.JAVA_BYTE, offset, copy, 0, length);
        MemorySegment bytes = MemorySegment.ofArray(copy);
        var rewrite = world.links().rewrite();
        if (rewrite != null && SubOpcode.isConnection(h.subOpcode)) {
            rewrite.apply(ConnectMessage.read(h.subOpcode, bytes, 0, length)).write(bytes, 0);
        }
        if (checksum) {
            MessageHeader.putBth0(header, 0, Bth.bth0(Bth.OPCODE_PSM, pad, Bth.DEFAULT_PKEY));
            PacketCrc.put(bytes, length + pad, world.crc().of(header, 0, bytes, 0, length + pad));
        }
        world.links().send(this, world.at(to), h.subOpcode, header, bytes, world.nowNs());
    }

    @Override
    public boolean gathers(MemorySegment buffer, long offset, int length, int packetBytes) {
        return world.chipsGather()
                && packetBytes == SimWorld.MTU
                && tids.isPinned(buffer, offset, length)
                && (buffer.address() + offset) % Integer.BYTES == 0;
    }

    /** As the chip does it: packets are full, but none crosses a page. */
    @Override
    public boolean gather(
            int route,
            PacketHeader h,
            int[] namedTids,
            int firstTid,
            int namedCount,
            int interval,
            MemorySegment buffer,
            long offset,
            int length) {
        if (world.links().isBusy()) {
            return false;
        }
        world.gathers();
        int lastFlags = h.flags;
        int index = firstTid;
        int at = 0;
        for (int packet = 1; at < length; packet++) {
            int inPage = TidPort.PAGE_BYTES - h.tidOffset;
            int bytes = Math.min(length - at, Math.min(inPage, SimWorld.MTU));
            boolean last = at + bytes == length;
            h.tid = namedTids[index];
            h.flags = last ? lastFlags : 0;
            h.suppressed = !last && packet % interval != 0;
            launch(route, h, buffer, offset + at, bytes);
            at(Hazard.Point.WITHIN_GATHER);
            at += bytes;
            index += bytes == inPage ? 1 : 0;
            h.tidOffset = bytes == inPage ? 0 : h.tidOffset + bytes;
            h.psn = ExpectedPsn.plus(h.psn, 1);
        }
        if (index - firstTid + (h.tidOffset > 0 ? 1 : 0) != namedCount) {
            throw new AssertionError("tids=" + namedCount + " used=" + (index - firstTid));
        }
        return true;
    }

    /** A chip sends nothing else, whatever a peer has asked for. */
    private static void checkExpected(PacketHeader h, int length) {
        boolean good =
                h.tid == IpathHeader.TID_EAGER
                        || h.tid < 512
                                && length > 0
                                && (length | h.tidOffset) % Integer.BYTES == 0
                                && h.tidOffset + length <= TidPort.PAGE_BYTES;
        if (!good) {
            throw new AssertionError(
                    "no packet: tid=" + h.tid + " offset=" + h.tidOffset + " length=" + length);
        }
    }
}
