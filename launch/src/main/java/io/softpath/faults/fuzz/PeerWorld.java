package io.softpath.faults.fuzz;

import io.softpath.abi.direct.DirectLayout;
import io.softpath.abi.model.ChipModel;
import io.softpath.abi.psm.EndpointId;
import io.softpath.psm.engine.DirectLink;
import io.softpath.psm.engine.DirectPort;
import io.softpath.psm.engine.DirectSettings;
import io.softpath.psm.engine.EngineSettings;
import io.softpath.psm.engine.MessageEngine;
import io.softpath.psm.engine.PacketHeader;
import io.softpath.psm.engine.PacketPort;
import io.softpath.psm.engine.Peer;
import io.softpath.psm.sim.SimPacket;

import org.agrona.concurrent.UnsafeBuffer;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BooleanSupplier;

/**
 * Endpoints of one host in one thread: the library's engines, a wire that loses nothing, and memory
 * shared by pairs, which one of them may write as it likes.
 */
final class PeerWorld implements AutoCloseable {
    static final int MTU = 2048;

    private static final UUID JOB = new UUID(0x5EED, 7);
    private static final long STEP_NS = 2_000;
    private static final long PATIENCE_STEPS = 3_000_000;

    private final Arena arena = Arena.ofConfined();
    private final List<Node> nodes = new ArrayList<>();
    private final Deque<Packet> wire = new ArrayDeque<>();
    private final Map<List<EndpointId>, MemorySegment> waiting = new HashMap<>();
    private final Map<List<EndpointId>, MemorySegment> pairs = new HashMap<>();
    private long nowNs = 1_000_000_000L;

    /** Changes packets on their way. */
    @FunctionalInterface
    interface Tap {
        void sees(int fromLid, int toLid, MemorySegment header, MemorySegment payload);
    }

    private Tap tap = (from, to, header, payload) -> {};

    private record Packet(int lid, MemorySegment header, MemorySegment payload) {}

    void tap(Tap seeing) {
        tap = seeing;
    }

    /** One endpoint; what it is on its own host, and what it can ask for. */
    final class Node implements PacketPort, DirectPort {
        final EndpointId id;
        final MessageEngine engine;
        private final List<EndpointId> routes = new ArrayList<>();
        private boolean dead;

        private Node(int lid, DirectSettings ways) {
            id = EndpointId.of(lid, 1 + lid % 4, 0, 0, ChipModel.Family.QLE72XX);
            EngineSettings settings = EngineSettings.defaults(JOB, "here", lid, MTU);
            engine = new MessageEngine(id, settings, this, ways, this, nowNs);
        }

        /** It says nothing any more, and hears nothing. */
        void die() {
            dead = true;
        }

        Peer peer(Node other) {
            return engine.connections().at(other.id);
        }

        @Override
        public int route(EndpointId to) {
            routes.add(to);
            return routes.size() - 1;
        }

        @Override
        public boolean isGone(int route, int runId) {
            return nodes.get(routes.get(route).lid() - 1).dead;
        }

        @Override
        public boolean send(
                int route, PacketHeader h, MemorySegment payload, long offset, int length) {
            int to = routes.get(route).lid();
            MemorySegment header = SimPacket.header(id, to, h);
            byte[] copy = new byte[length];
            MemorySegment.copy(payload, ValueLayout.JAVA_BYTE, offset, copy, 0, length);
            MemorySegment bytes = MemorySegment.ofArray(copy);
            tap.sees(id.lid(), to, header, bytes);
            wire.add(new Packet(to, header, bytes));
            return true;
        }

        @Override
        public DirectLink open(EndpointId peer) {
            MemorySegment theirs = waiting.remove(List.of(peer, id));
            if (theirs != null) {
                return link(1, theirs);
            }
            MemorySegment ours =
                    waiting.computeIfAbsent(
                            List.of(id, peer), pair -> arena.allocate(DirectLayout.BYTES, 4096));
            pairs.put(List.of(id, peer), ours);
            return link(0, ours);
        }

        @Override
        public String refusal() {
            return "another host";
        }

        @Override
        public int handleOf(MemorySegment buffer, long offset, int length) {
            return -1;
        }

        @Override
        public long placeOf(MemorySegment buffer, long offset) {
            return offset;
        }

        @Override
        public boolean isOpen(int handle) {
            return false;
        }

        @Override
        public boolean grant(EndpointId peer, int handle) {
            return false;
        }

        @Override
        public PeerBytes map(EndpointId peer, int handle) {
            return null;
        }
    }

    private static DirectLink link(int side, MemorySegment memory) {
        return new DirectLink(
                side,
                memory,
                (offset, bytes) -> new UnsafeBuffer(memory.asSlice(offset, bytes).asByteBuffer()));
    }

    Node add(DirectSettings ways) {
        Node node = new Node(nodes.size() + 1, ways);
        nodes.add(node);
        return node;
    }

    /** The memory of a pair, and whether the first of the two has side 0 of it. */
    MemorySegment memory(Node one, Node other) {
        MemorySegment memory = pairs.get(List.of(one.id, other.id));
        return memory != null ? memory : pairs.get(List.of(other.id, one.id));
    }

    /** Which side of that memory an endpoint writes. */
    int side(Node one, Node other) {
        return pairs.containsKey(List.of(one.id, other.id)) ? 0 : 1;
    }

    void connectAll() {
        for (Node node : nodes) {
            for (Node other : nodes) {
                if (other.id.lid() != node.id.lid()) {
                    node.engine.connections().connect(other.id, nowNs);
                }
            }
        }
        await("all are connected", () -> nodes.stream().allMatch(this::isConnected));
    }

    private boolean isConnected(Node node) {
        return nodes.stream()
                .filter(other -> other.id.lid() != node.id.lid())
                .allMatch(other -> node.peer(other).isConnected());
    }

    /** A little time passes, and everybody works. */
    void step() {
        nowNs += STEP_NS;
        for (int i = wire.size(); i > 0; i--) {
            Packet packet = wire.poll();
            Node to = nodes.get(packet.lid - 1);
            if (!to.dead) {
                int length = (int) packet.payload.byteSize();
                to.engine.intake().onPacket(packet.header, 0, packet.payload, 0, length);
            }
        }
        for (Node node : nodes) {
            if (!node.dead) {
                node.engine.progress(nowNs);
            }
        }
    }

    void await(String what, BooleanSupplier condition) {
        for (long steps = 0; !condition.getAsBoolean(); steps++) {
            if (steps == PATIENCE_STEPS) {
                throw new Violation("not within steps=" + PATIENCE_STEPS + ": " + what);
            }
            step();
        }
    }

    long nowNs() {
        return nowNs;
    }

    @Override
    public void close() {
        arena.close();
    }
}
