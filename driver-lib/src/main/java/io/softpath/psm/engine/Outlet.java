package io.softpath.psm.engine;

import io.softpath.abi.psm.EndpointId;
import io.softpath.abi.psm.MqClass;

import java.lang.foreign.MemorySegment;

/** Where the packets of an engine go out. */
final class Outlet {
    private final PacketPort port;
    private final EngineSettings settings;
    private final EngineCounters counters;
    private final PacketHeader header = new PacketHeader();

    Outlet(PacketPort port, EngineSettings settings, EngineCounters counters) {
        this.port = port;
        this.settings = settings;
        this.counters = counters;
    }

    int route(EndpointId to) {
        return port.route(to);
    }

    /** A header to fill in for the next packet; all else in it is 0. */
    PacketHeader header() {
        header.clear();
        return header;
    }

    boolean send(Peer to, PacketHeader with, MemorySegment payload, long offset, int length) {
        return send(to.route, with, payload, offset, length);
    }

    boolean send(int route, PacketHeader with, MemorySegment payload, long offset, int length) {
        if (!port.send(route, with, payload, offset, length)) {
            counters.noBuffer++;
            return false;
        }
        counters.packetsSent++;
        return true;
    }

    /** Whether the chip can send these bytes by itself, in packets of so many each. */
    boolean gathers(MemorySegment buffer, long offset, int length, int packetBytes) {
        return port.gathers(buffer, offset, length, packetBytes);
    }

    /** Has the chip make the packets of a window's run, which it {@link #gathers}. */
    boolean gather(PacketHeader with, TidSend window) {
        boolean sent =
                port.gather(
                        window.peer.route,
                        with,
                        window.tids(),
                        window.runTid(),
                        window.runTids(),
                        window.interval(),
                        window.request.buffer,
                        window.at(),
                        window.runBytes());
        if (sent) {
            counters.gathers++;
            counters.packetsSent += window.runPackets();
        } else {
            counters.noBuffer++;
        }
        return sent;
    }

    /** Who asks, for an ERR_CHK: PSM tells the host's address and the process, we the run. */
    long errChkData() {
        return MqClass.pair(0, Integer.reverseBytes(settings.runId()));
    }
}
