package io.softpath.psm.engine;

import io.softpath.abi.direct.DirectLayout;
import io.softpath.abi.psm.EndpointId;

import org.agrona.concurrent.UnsafeBuffer;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the daemon of one host does: brings pairs of its endpoints together. */
final class SimHost implements AutoCloseable {
    private final Arena arena = Arena.ofConfined();
    private final Map<List<EndpointId>, MemorySegment> waiting = new HashMap<>();
    private final Map<EndpointId, Port> ports = new HashMap<>();

    /** Memory of peers that somebody has mapped and not given back. */
    int mapped;

    /** Memory for a pair, with something before and behind it that nobody may touch. */
    static MemorySegment memory(Arena arena) {
        return arena.allocate(DirectLayout.BYTES, 4096);
    }

    static DirectLink link(int side, MemorySegment memory) {
        return new DirectLink(
                side,
                memory,
                (offset, bytes) -> new UnsafeBuffer(memory.asSlice(offset, bytes).asByteBuffer()));
    }

    /**
     * The port of an endpoint that comes to this host, perhaps to the place of one that is gone.
     */
    Port port(EndpointId id) {
        waiting.keySet().removeIf(pair -> pair.contains(id));
        Port port = new Port(id);
        ports.put(id, port);
        return port;
    }

    @Override
    public void close() {
        arena.close();
    }

    /** What one endpoint sees of it. */
    final class Port implements DirectPort {
        private final EndpointId own;
        private final List<MemorySegment> pinned = new ArrayList<>();
        private final List<List<EndpointId>> granted = new ArrayList<>();

        private Port(EndpointId own) {
            this.own = own;
        }

        /** From now on peers that are allowed to can read this. */
        void pin(MemorySegment segment) {
            pinned.add(segment);
            granted.add(new ArrayList<>());
        }

        /** It is gone. */
        void unpin(MemorySegment segment) {
            pinned.set(pinned.indexOf(segment), null);
        }

        @Override
        public DirectLink open(EndpointId peer) {
            if (!ports.containsKey(peer)) {
                return null;
            }
            MemorySegment other = waiting.remove(List.of(peer, own));
            return other != null
                    ? link(1, other)
                    : link(0, waiting.computeIfAbsent(List.of(own, peer), pair -> memory(arena)));
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
            return granted.get(handle).add(peer);
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
            MemorySegment segment = port.pinned.get(handle).asReadOnly();
            return new PeerBytes() {
                @Override
                public MemorySegment segment() {
                    return segment;
                }

                @Override
                public void close() {
                    mapped--;
                }
            };
        }
    }
}
