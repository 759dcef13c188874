package io.softpath.psm.engine;

import io.softpath.abi.model.ChipModel;
import io.softpath.abi.packet.AckWord;
import io.softpath.abi.packet.Bth;
import io.softpath.abi.packet.ExpectedPsn;
import io.softpath.abi.packet.IpathHeader;
import io.softpath.abi.packet.Lrh;
import io.softpath.abi.packet.MessageHeader;
import io.softpath.abi.packet.PacketCrc;
import io.softpath.abi.psm.ConnectMessage;
import io.softpath.abi.psm.EndpointId;
import io.softpath.abi.psm.SubOpcode;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** Endpoints, the links between them, and time, in one thread. */
final class SimWorld implements AutoCloseable {
    /** What goes wrong on the way, each a probability. */
    record Trouble(double drop, double duplicate, double reorder, double overflow, double busy) {
        static final Trouble NONE = new Trouble(0, 0, 0, 0, 0);
    }

    static final UUID JOB = new UUID(0x1234_5678_9ABC_DEF0L, 42);
    static final int MTU = 2048;
    private static final long LINK_NS = 2_000;
    private static final long JITTER_NS = 200_000;
    private static final double FALLS_ASLEEP = 0.1;

    /** Decides which packets get through. */
    interface Filter {
        boolean passes(int toLid, int subOpcode);
    }

    /** Looks at every packet that is sent. */
    interface Tap {
        void sees(int fromLid, int toLid, MemorySegment header, MemorySegment payload);
    }

    Tap tap = (from, to, header, payload) -> {};

    /** Whether the chips of endpoints that are made check flows, and how many TIDs they have. */
    boolean checkedFlows = true;

    int tidCount = 512;

    /** Whether chips send pinned memory by themselves, and how often they were told to. */
    boolean chipsGather = true;

    int gathered;
    Filter filter;
    UnaryOperator<ConnectMessage> rewrite;
    final SplittableRandom random;
    final Trouble trouble;
    final List<Node> nodes = new ArrayList<>();
    private final List<SimHost> hosts = new ArrayList<>();
    long nowNs = 1_000_000_000L - 5; // so that sums overflow nothing, and look it
    private long packets;
    private final PacketCrc crc = new PacketCrc(4096);

    /** How probable it is that a packet comes with a wrong bit in header and payload. */
    double flips;

    private final PriorityQueue<Flight> inFlight =
            new PriorityQueue<>(
                    (a, b) -> a.at != b.at ? Long.compare(a.at, b.at) : Long.compare(a.n, b.n));

    SimWorld(long seed, Trouble trouble) {
        random = new SplittableRandom(seed);
        this.trouble = trouble;
    }

    /** Has this endpoint live on a host with others, which share memory. */
    Node addTo(SimHost host, EngineSettings settings, DirectSettings ways) {
        Node node = new Node(nodes.size() + 1, settings, host, ways);
        nodes.add(node);
        return node;
    }

    /** A host that is gone when the world is. */
    SimHost host() {
        SimHost host = new SimHost();
        hosts.add(host);
        return host;
    }

    @Override
    public void close() {
        hosts.forEach(SimHost::close);
    }

    private record Flight(
            long at,
            long n,
            int lid,
            MemorySegment header,
            MemorySegment payload,
            boolean overflow) {}

    /** An endpoint with a LID of its own. */
    final class Node implements PacketPort {
        final EndpointId id;
        final MessageEngine engine;
        final List<EndpointId> routes = new ArrayList<>();
        boolean dead;
        boolean paused;

        /** It waits until something comes, or until its time has come. */
        boolean asleep;

        final int runId;
        private final boolean checksum;
        final SimTids tids;

        /** What it sees of its host; null if it lives alone. */
        final SimHost.Port port;

        Node(int lid, EngineSettings settings) {
            this(lid, settings, null, DirectSettings.NONE);
        }

        Node(int lid, EngineSettings settings, SimHost host, DirectSettings ways) {
            tids = new SimTids(checkedFlows, tidCount);
            id = EndpointId.of(lid, 1 + lid % 4, 0, 0, ChipModel.Family.QLE72XX);
            runId = settings.runId();
            checksum = settings.checksum();
            port = host == null ? null : host.port(id);
            engine = new MessageEngine(id, settings, this, ways, port, nowNs);
        }

        /** The RHF tells the length without padding. */
        private int lengthOf(Flight flight) {
            int bytes = (int) flight.payload.byteSize();
            return checksum ? bytes - Bth.padBytes(MessageHeader.bth0(flight.header, 0)) : bytes;
        }

        /** As a program that has nothing to do; it does not sleep if there is something. */
        private void fallAsleep() {
            asleep = engine.wakeNs() - nowNs > 0 && engine.sleep(true);
            if (!asleep) {
                engine.sleep(false);
            }
        }

        void wake() {
            if (asleep) {
                asleep = false;
                engine.sleep(false);
            }
        }

        @Override
        public TidPort tids() {
            return tids;
        }

        @Override
        public int route(EndpointId to) {
            routes.add(to);
            return routes.size() - 1;
        }

        @Override
        public boolean isGone(int route) {
            EndpointId to = routes.get(route);
            return nodes.stream().noneMatch(n -> n.id.equals(to) && !n.dead);
        }

        @Override
        public boolean send(
                int route, PacketHeader h, MemorySegment payload, long offset, int length) {
            if (happens(trouble.busy)) {
                return false;
            }
            launch(route, h, payload, offset, length);
            return true;
        }

        private void launch(
                int route, PacketHeader h, MemorySegment payload, long offset, int length) {
            MemorySegment header = MemorySegment.ofArray(new long[MessageHeader.BYTES / 8]);
            int to = routes.get(route).lid();
            MessageHeader.putLrh(header, 0, Lrh.of(0, 0, to, 15, id.lid()));
            MessageHeader.putBth2(header, 0, h.psn);
            MessageHeader.putVcto(
                    header,
                    0,
                    IpathHeader.vcto(IpathHeader.VERSION, 0, h.tid, h.tidOffset / Integer.BYTES));
            MessageHeader.putPktFlags(header, 0, h.pktFlags());
            MessageHeader.putSubOpcode(header, 0, h.subOpcode);
            MessageHeader.putFlags(header, 0, h.flags);
            MessageHeader.putCommidx(header, 0, h.lowIndex());
            MessageHeader.putAck(header, 0, AckWord.of(h.ackSeq, id.context(), 0));
            MessageHeader.putFlowId(header, 0, h.flowId);
            MessageHeader.putHdrDlen(header, 0, h.hdrDlen);
            MessageHeader.putMqHdr(header, 0, h.mqHdr);
            MessageHeader.putData0(header, 0, h.data0);
            MessageHeader.putData1(header, 0, h.data1);
            int pad = -length & 3;
            int more = checksum ? pad + PacketCrc.BYTES : 0;
            byte[] copy = new byte[length + more];
            MemorySegment.copy(payload, ValueLayout.JAVA_BYTE, offset, copy, 0, length);
            MemorySegment bytes = MemorySegment.ofArray(copy);
            if (rewrite != null && SubOpcode.isConnection(h.subOpcode)) {
                rewrite.apply(ConnectMessage.read(h.subOpcode, bytes, 0, length)).write(bytes, 0);
            }
            if (checksum) {
                MessageHeader.putBth0(header, 0, Bth.bth0(Bth.OPCODE_PSM, pad, Bth.DEFAULT_PKEY));
                int value = crc.of(header, 0, bytes, 0, length + pad);
                PacketCrc.put(bytes, length + pad, value);
            }
            checkExpected(h, length);
            tap.sees(id.lid(), to, header, bytes);
            if (filter == null || filter.passes(to, h.subOpcode)) {
                put(to, header, bytes);
            }
        }

        @Override
        public boolean gathers(MemorySegment buffer, long offset, int length, int packetBytes) {
            return chipsGather
                    && packetBytes == MTU
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
            if (happens(trouble.busy)) {
                return false;
            }
            gathered++;
            int lastFlags = h.flags;
            int index = firstTid;
            int at = 0;
            for (int packet = 1; at < length; packet++) {
                int inPage = TidPort.PAGE_BYTES - h.tidOffset;
                int bytes = Math.min(length - at, Math.min(inPage, MTU));
                boolean last = at + bytes == length;
                h.tid = namedTids[index];
                h.flags = last ? lastFlags : 0;
                h.suppressed = !last && packet % interval != 0;
                launch(route, h, buffer, offset + at, bytes);
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
    }

    Node add(EngineSettings settings) {
        Node node = new Node(nodes.size() + 1, settings);
        nodes.add(node);
        return node;
    }

    Node add() {
        return add(EngineSettings.defaults(JOB, "sim", nodes.size() + 77, MTU));
    }

    /** Another process comes to the place of one that is gone. */
    Node replace(Node old, EngineSettings settings) {
        old.dead = true;
        Node node = new Node(old.id.lid(), settings);
        nodes.set(old.id.lid() - 1, node);
        return node;
    }

    private boolean happens(double probability) {
        return probability > 0 && random.nextDouble() < probability;
    }

    private void put(int lid, MemorySegment header, MemorySegment payload) {
        // A chip that checks nothing relies on links that keep the order, as InfiniBand's do.
        boolean inOrder = isByTid(header) && !nodes.get(lid - 1).tids.checked;
        int copies = happens(trouble.drop) ? 0 : happens(trouble.duplicate) && !inOrder ? 2 : 1;
        for (int i = 0; i < copies; i++) {
            long at = nowNs + LINK_NS;
            if (happens(trouble.reorder) && !inOrder) {
                at += random.nextLong(JITTER_NS);
            }
            boolean overflow = payload.byteSize() > 0 && happens(trouble.overflow);
            boolean flip = happens(flips);
            inFlight.add(
                    new Flight(
                            at,
                            packets++,
                            lid,
                            flip ? flipped(header) : header,
                            flip && payload.byteSize() > 0 ? flipped(payload) : payload,
                            overflow));
        }
    }

    private MemorySegment flipped(MemorySegment segment) {
        MemorySegment copy = MemorySegment.ofArray(segment.toArray(ValueLayout.JAVA_BYTE));
        long bit = random.nextLong(8 * copy.byteSize());
        long at = bit / 8;
        byte b = copy.get(ValueLayout.JAVA_BYTE, at);
        copy.set(ValueLayout.JAVA_BYTE, at, (byte) (b ^ 1 << bit % 8));
        return copy;
    }

    /** A little time passes. */
    void step() {
        nowNs += 1 + random.nextLong(4_000);
        while (!inFlight.isEmpty() && inFlight.peek().at - nowNs <= 0) {
            Flight flight = inFlight.poll();
            Node to = nodes.get(flight.lid - 1);
            if (to.dead) {
                continue;
            }
            if (to.paused) {
                inFlight.add(
                        new Flight(
                                nowNs + JITTER_NS,
                                packets++,
                                flight.lid,
                                flight.header,
                                flight.payload,
                                flight.overflow));
                continue;
            }
            to.wake();
            if (isByTid(flight.header)) {
                place(to, flight);
            } else if (flight.overflow) {
                to.engine.intake().onOverflow(flight.header, 0);
            } else {
                to.engine
                        .intake()
                        .onPacket(flight.header, 0, flight.payload, 0, to.lengthOf(flight));
            }
        }
        for (Node node : nodes) {
            if (node.asleep && node.engine.wakeNs() - nowNs <= 0) {
                node.wake();
            }
            if (!node.dead && !node.paused && !node.asleep) {
                node.engine.progress(nowNs);
                if (happens(FALLS_ASLEEP)) {
                    node.fallAsleep();
                }
            }
        }
        if (inFlight.isEmpty()) {
            skip();
        }
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

    private static boolean isByTid(MemorySegment header) {
        return IpathHeader.tid(MessageHeader.vcto(header, 0)) != IpathHeader.TID_EAGER;
    }

    /** The chip of an endpoint has a packet by TID; one that has overflown is spoilt. */
    private void place(Node to, Flight flight) {
        int vcto = MessageHeader.vcto(flight.header, 0);
        int length = (int) flight.payload.byteSize();
        if (flight.overflow) {
            to.engine.intake().onExpected(flight.header, 0, length, true);
            return;
        }
        boolean suppress = (MessageHeader.pktFlags(flight.header, 0) & IpathHeader.HDRSUPP) != 0;
        switch (to.tids.place(
                Bth.psn(MessageHeader.bth2(flight.header, 0)),
                IpathHeader.tid(vcto),
                IpathHeader.offsetDwords(vcto) * Integer.BYTES,
                flight.payload,
                suppress)) {
            case PLACED -> to.engine.intake().onExpected(flight.header, 0, length, false);
            case BAD -> to.engine.intake().onExpected(flight.header, 0, length, true);
            case PLACED_WITHOUT_HEADER, DROPPED -> {}
        }
    }

    /** Nothing is under way: the next thing that happens is that somebody's time has come. */
    private void skip() {
        long next = Long.MAX_VALUE;
        for (Node node : nodes) {
            if (!node.dead && !node.paused) {
                next = Math.min(next, node.engine.wakeNs());
            }
        }
        if (next != Long.MAX_VALUE) {
            nowNs = Math.max(nowNs, next);
        }
    }

    /** Connects everybody with everybody, and waits for it. */
    void connectAll() {
        for (Node node : nodes) {
            for (Node other : nodes) {
                if (other != node) {
                    node.engine.connections().connect(other.id, nowNs);
                }
            }
        }
        await(
                "connected",
                () ->
                        nodes.stream()
                                .allMatch(n ->
                                        nodes.stream()
                                                .filter(o -> o != n)
                                                .allMatch(o -> peer(n, o).isConnected())));
    }

    static Peer peer(Node of, Node to) {
        return of.engine.connections().at(to.id);
    }

    interface Condition {
        boolean holds();
    }

    /** Steps until something holds; a minute of the world's time at most. */
    void await(String what, Condition condition) {
        long end = nowNs + 60_000_000_000L;
        while (!condition.holds()) {
            if (nowNs - end > 0) {
                throw new AssertionError("not within a minute: " + what);
            }
            step();
        }
    }
}
