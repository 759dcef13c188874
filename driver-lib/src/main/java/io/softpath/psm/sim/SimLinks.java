package io.softpath.psm.sim;

import io.softpath.abi.psm.ConnectMessage;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;

/** The links between all endpoints, and what is under way on them. */
public final class SimLinks {
    private static final long LINK_NS = 2_000;
    private static final long JITTER_NS = 200_000;

    /** Decides which packets get through. */
    public interface Filter {
        boolean passes(int toLid, int subOpcode);
    }

    /** Decides between which endpoints packets get through. */
    public interface Cut {
        boolean passes(int fromLid, int toLid);
    }

    /** Looks at every packet that is sent, and may change it. */
    public interface Tap {
        void sees(int fromLid, int toLid, MemorySegment header, MemorySegment payload);
    }

    private final SplittableRandom random;
    private final PriorityQueue<SimPacket> inFlight =
            new PriorityQueue<>((a, b) ->
                    a.at() != b.at()
                            ? Long.compare(a.at(), b.at())
                            : Long.compare(a.number(), b.number()));
    private Trouble trouble;
    private Filter filter;
    private Cut cut;
    private Tap tap = (from, to, header, payload) -> {};
    private UnaryOperator<ConnectMessage> rewrite;
    private long packets;

    SimLinks(SplittableRandom random, Trouble trouble) {
        this.random = random;
        this.trouble = trouble;
    }

    public Trouble trouble() {
        return trouble;
    }

    /** From now on this goes wrong. */
    public void trouble(Trouble newTrouble) {
        trouble = newTrouble;
    }

    /** From now on only these packets get through; null: all. */
    public void filter(Filter newFilter) {
        filter = newFilter;
    }

    /** From now on packets get through only between these; null: all. */
    public void cut(Cut newCut) {
        cut = newCut;
    }

    public Tap tap() {
        return tap;
    }

    public void tap(Tap newTap) {
        tap = newTap;
    }

    /** What is done to each connect message before it is sent; null: nothing. */
    public void rewrite(UnaryOperator<ConnectMessage> newRewrite) {
        rewrite = newRewrite;
    }

    /** Packets that were put on a link, and copies of them. */
    public long packets() {
        return packets;
    }

    UnaryOperator<ConnectMessage> rewrite() {
        return rewrite;
    }

    boolean happens(double probability) {
        return probability > 0 && random.nextDouble() < probability;
    }

    boolean isBusy() {
        return happens(trouble.busy());
    }

    void send(
            SimNode from,
            SimNode to,
            int subOpcode,
            MemorySegment header,
            MemorySegment payload,
            long nowNs) {
        tap.sees(from.id().lid(), to.id().lid(), header, payload);
        if ((filter == null || filter.passes(to.id().lid(), subOpcode))
                && (cut == null || cut.passes(from.id().lid(), to.id().lid()))) {
            put(new SimPacket(nowNs + LINK_NS, 0, from, to.id().lid(), header, payload, false), to);
        }
    }

    private void put(SimPacket packet, SimNode to) {
        // A chip that checks nothing relies on links that keep the order, as InfiniBand's do.
        boolean inOrder = packet.isByTid() && !to.tids().checked;
        int copies = happens(trouble.drop()) ? 0 : happens(trouble.duplicate()) && !inOrder ? 2 : 1;
        MemorySegment header = packet.header();
        MemorySegment payload = packet.payload();
        for (int i = 0; i < copies; i++) {
            long at = packet.at();
            if (happens(trouble.reorder()) && !inOrder) {
                at += random.nextLong(JITTER_NS);
            }
            boolean overflow = payload.byteSize() > 0 && happens(trouble.overflow());
            boolean flip = happens(trouble.flips());
            inFlight.add(
                    new SimPacket(
                            at,
                            packets++,
                            packet.from(),
                            packet.lid(),
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

    /** The next packet that has arrived; null if none has. */
    SimPacket arrived(long nowNs) {
        return !inFlight.isEmpty() && inFlight.peek().at() - nowNs <= 0 ? inFlight.poll() : null;
    }

    /** Its receiver does not look at it yet. */
    void putBack(SimPacket packet, long nowNs) {
        inFlight.add(packet.later(nowNs + JITTER_NS, packets++));
    }

    boolean isEmpty() {
        return inFlight.isEmpty();
    }
}
