package io.softpath.psm.sim;

import io.softpath.abi.packet.PacketCrc;
import io.softpath.abi.psm.EndpointId;
import io.softpath.psm.engine.DirectSettings;
import io.softpath.psm.engine.EngineSettings;
import io.softpath.psm.engine.PacketPort;
import io.softpath.psm.engine.Peer;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;

/** Endpoints, the links between them, and time, in one thread. */
public final class SimWorld implements AutoCloseable {
    public static final UUID JOB = new UUID(0x1234_5678_9ABC_DEF0L, 42);
    public static final int MTU = 2048;
    private static final double FALLS_ASLEEP = 0.1;

    /** Looks at every packet before it is taken. */
    public interface Arrival {
        void comes(SimNode to, SimPacket packet);
    }

    private final SplittableRandom random;
    private final SimLinks links;
    private final List<SimNode> nodes = new ArrayList<>();
    private final List<SimHost> hosts = new ArrayList<>();
    private final Arena arena = Arena.ofConfined();
    private final PacketCrc crc = new PacketCrc(4096);
    private long nowNs = 1_000_000_000L - 5; // so that sums overflow nothing, and look it
    private boolean checkedFlows = true;
    private int tidCount = 512;
    private boolean chipsGather = true;
    private int gathered;
    private SimNode running;
    private Arrival arrival = (to, packet) -> {};

    public SimWorld(long seed, Trouble trouble) {
        random = new SplittableRandom(seed);
        links = new SimLinks(random, trouble);
    }

    @Override
    public void close() {
        hosts.forEach(SimHost::close);
        arena.close();
    }

    public SimLinks links() {
        return links;
    }

    /** All endpoints by LID, from 1 on; some may be dead. */
    public List<SimNode> nodes() {
        return Collections.unmodifiableList(nodes);
    }

    public long nowNs() {
        return nowNs;
    }

    /** Whether chips of endpoints that are made from now on check flows. */
    public void checkedFlows(boolean checked) {
        checkedFlows = checked;
    }

    /** How many TIDs endpoints have that are made from now on. */
    public void tidCount(int count) {
        tidCount = count;
    }

    /** Whether chips send pinned memory by themselves. */
    public void chipsGather(boolean gather) {
        chipsGather = gather;
    }

    boolean chipsGather() {
        return chipsGather;
    }

    void gathers() {
        gathered++;
    }

    /** How often chips were told to send pinned memory. */
    public int gathered() {
        return gathered;
    }

    public void arrival(Arrival newArrival) {
        arrival = newArrival;
    }

    SimTids newTids(Hazard hazard) {
        return new SimTids(checkedFlows, tidCount, hazard, arena);
    }

    PacketCrc crc() {
        return crc;
    }

    SimNode at(int lid) {
        return nodes.get(lid - 1);
    }

    boolean isGone(EndpointId id, int runId) {
        for (SimNode node : nodes) {
            if (node.id().equals(id)) {
                return node.isDead() || runId != PacketPort.ANY_RUN && node.runId() - runId > 0;
            }
        }
        return true;
    }

    // Who is there.

    /** A host that is gone when the world is. */
    public SimHost host() {
        SimHost host = new SimHost();
        hosts.add(host);
        return host;
    }

    /** Has an endpoint live on a host with others, which share memory. */
    public SimNode addTo(SimHost host, EngineSettings settings, DirectSettings ways) {
        SimNode node = new SimNode(this, nodes.size() + 1, settings, host, ways);
        nodes.add(node);
        return node;
    }

    public SimNode add(EngineSettings settings) {
        return addTo(null, settings, DirectSettings.NONE);
    }

    public SimNode add() {
        return add(EngineSettings.defaults(JOB, "sim", nodes.size() + 77, MTU));
    }

    /** Another process comes to the place of one that is gone, or goes now. */
    public SimNode replace(SimNode old, EngineSettings settings) {
        if (!old.isDead()) {
            old.kill();
        }
        SimNode node = new SimNode(this, old.id().lid(), settings, old.host(), old.ways());
        nodes.set(old.id().lid() - 1, node);
        return node;
    }

    /** Nobody is there any more; who comes next has LID 1. */
    public void clear() {
        nodes.clear();
    }

    /** Whose code runs; null if nobody's. */
    public SimNode running() {
        return running;
    }

    /** The code of an endpoint's program runs, or nobody's any more. */
    public void runs(SimNode node) {
        running = node;
    }

    // Time.

    /** A little time passes. */
    public void step() {
        nowNs += 1 + random.nextLong(4_000);
        for (SimPacket p = links.arrived(nowNs); p != null; p = links.arrived(nowNs)) {
            SimNode to = at(p.lid());
            if (to.isPaused() && !to.isDead()) {
                links.putBack(p, nowNs);
            } else if (!to.isDead()) {
                arrive(to, p);
            }
        }
        for (int i = 0; i < nodes.size(); i++) {
            progress(nodes.get(i));
        }
        if (links.isEmpty()) {
            skip();
        }
    }

    private void arrive(SimNode to, SimPacket packet) {
        try {
            running = to;
            arrival.comes(to, packet);
            to.take(packet);
        } catch (SimKilled killed) {
            to.kill();
        } finally {
            running = null;
        }
    }

    private void progress(SimNode node) {
        try {
            running = node;
            if (node.isAsleep() && node.engine().wakeNs() - nowNs <= 0) {
                node.wake();
            }
            if (!node.isDead() && !node.isPaused() && !node.isAsleep()) {
                node.engine().progress(nowNs);
                if (links.happens(FALLS_ASLEEP)) {
                    node.fallAsleep();
                }
            }
        } catch (SimKilled killed) {
            node.kill();
        } finally {
            running = null;
        }
    }

    /** Nothing is under way: the next thing that happens is that somebody's time has come. */
    private void skip() {
        long next = Long.MAX_VALUE;
        for (SimNode node : nodes) {
            if (!node.isDead() && !node.isPaused()) {
                next = Math.min(next, node.wakeNs());
            }
        }
        if (next != Long.MAX_VALUE) {
            nowNs = Math.max(nowNs, next);
        }
    }

    /** Connects everybody with everybody, and waits for it. */
    public void connectAll() {
        for (SimNode node : nodes) {
            for (SimNode other : nodes) {
                if (other != node) {
                    node.engine().connections().connect(other.id(), nowNs);
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

    public static Peer peer(SimNode of, SimNode to) {
        return of.peer(to);
    }

    /** What to wait for. */
    public interface Condition {
        boolean holds();
    }

    /** Steps until something holds; a minute of the world's time at most. */
    public void await(String what, Condition condition) {
        long end = nowNs + 60_000_000_000L;
        while (!condition.holds()) {
            if (nowNs - end > 0) {
                throw new AssertionError("not within a minute: " + what);
            }
            step();
        }
    }
}
