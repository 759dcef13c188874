package io.softpath.psm.sim;

import io.softpath.abi.direct.DirectLayout;
import io.softpath.abi.psm.EndpointId;
import io.softpath.psm.engine.DirectLink;
import io.softpath.psm.engine.DirectPort;

import org.agrona.concurrent.UnsafeBuffer;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the daemon of one host does: brings pairs of its endpoints together. */
public final class SimHost implements AutoCloseable {
    private final Arena arena = Arena.ofConfined();
    private final Map<List<EndpointId>, MemorySegment> waiting = new HashMap<>();
    private final Map<EndpointId, Port> ports = new HashMap<>();

    private int mapped;

    SimHost() {}

    /** Memory of peers that somebody living has mapped and not given back. */
    public int mapped() {
        return mapped;
    }

    /** Memory for a pair, with something before and behind it that nobody may touch. */
    public static MemorySegment memory(Arena arena) {
        return arena.allocate(DirectLayout.BYTES, 4096);
    }

    public static DirectLink link(int side, MemorySegment memory) {
        return new DirectLink(
                side,
                memory,
                (offset, bytes) -> new UnsafeBuffer(memory.asSlice(offset, bytes).asByteBuffer()));
    }

    /**
     * The port of an endpoint that comes to this host, perhaps to the place of one that is gone.
     */
    public Port port(EndpointId id) {
        return port(id, Hazard.NONE);
    }

    Port port(EndpointId id, Hazard hazard) {
        forget(id);
        Port port = new Port(id, hazard);
        ports.put(id, port);
        return port;
    }

    private void forget(EndpointId id) {
        waiting.keySet().removeIf(pair -> pair.contains(id));
    }

    @Override
    public void close() {
        arena.close();
    }

    /** What one endpoint sees of it. */
    public final class Port implements DirectPort {
        private final EndpointId own;
        private final List<MemorySegment> pinned = new ArrayList<>();
        private final List<List<EndpointId>> granted = new ArrayList<>();

        private final Hazard hazard;
        private int mine;

        private Port(EndpointId own, Hazard hazard) {
            this.own = own;
            this.hazard = hazard;
        }

        /** Its process is gone, and what it had mapped. */
        void leave() {
            forget(own);
            ports.remove(own, this);
            mapped -= mine;
            mine = 0;
        }

        /** From now on peers that are allowed to can read this. */
        public void pin(MemorySegment segment) {
            pinned.add(segment);
            granted.add(new ArrayList<>());
        }

        /** It is gone. */
        public void unpin(MemorySegment segment) {
            pinned.set(pinned.indexOf(segment), null);
        }

        @Override
        public DirectLink open(EndpointId peer) {
            if (!ports.containsKey(peer)) {
                return null;
            }
            MemorySegment other = waiting.remove(List.of(peer, own));
            DirectLink link =
                    other != null
                            ? link(1, other)
                            : link(
                                    0,
                                    waiting.computeIfAbsent(
                                            List.of(own, peer), pair -> memory(arena)));
            hazard.at(Hazard.Point.AFTER_SHARED_MEMORY);
            return link;
        }

        @Override
        public String refusal() {
            return "another host";
        }

        @Override
        public int handleOf(MemorySegment buffer, long offset, int length) {
            return pinned.indexOf(buffer);
        }

        @Override
        public long placeOf(MemorySegment buffer, long offset) {
            return offset;
        }

        @Override
        public boolean isOpen(int handle) {
            return pinned.get(handle) != null;
        }

        @Override
        public boolean grant(EndpointId peer, int handle) {
            granted.get(handle).add(peer);
            hazard.at(Hazard.Point.AFTER_GRANT);
            return true;
        }

        @Override
        public PeerBytes map(EndpointId peer, int handle) {
            Port port = ports.get(peer);
            if (port == null
                    || handle < 0
                    || handle >= port.pinned.size()
                    || port.pinned.get(handle) == null
                    || !port.granted.get(handle).contains(own)) {
                return null;
            }
            mapped++;
            mine++;
            hazard.at(Hazard.Point.AFTER_MAPPING);
            MemorySegment segment = port.pinned.get(handle).asReadOnly();
            return new PeerBytes() {
                @Override
                public MemorySegment segment() {
                    return segment;
                }

                @Override
                public void close() {
                    hazard.at(Hazard.Point.BEFORE_UNMAPPING);
                    mapped--;
                    mine--;
                }
            };
        }
    }
}
