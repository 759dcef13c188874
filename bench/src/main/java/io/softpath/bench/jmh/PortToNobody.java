package io.softpath.bench.jmh;

import io.softpath.abi.psm.EndpointId;
import io.softpath.psm.engine.PacketHeader;
import io.softpath.psm.engine.PacketPort;

import java.lang.foreign.MemorySegment;

/** The port of an engine that talks to itself alone: that goes through no port. */
public final class PortToNobody implements PacketPort {
    @Override
    public int route(EndpointId to) {
        return 0;
    }

    @Override
    public boolean send(
            int route, PacketHeader header, MemorySegment payload, long offset, int length) {
        throw new IllegalStateException("a packet to oneself");
    }

    @Override
    public boolean isGone(int route, int runId) {
        return false;
    }
}
