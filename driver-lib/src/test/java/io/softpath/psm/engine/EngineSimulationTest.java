package io.softpath.psm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.Fidelity;
import io.softpath.abi.psm.ConnectMessage;
import io.softpath.abi.psm.PsmError;
import io.softpath.psm.sim.SimHost;
import io.softpath.psm.sim.SimNode;
import io.softpath.psm.sim.SimWorld;
import io.softpath.psm.sim.Trouble;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Two to sixteen endpoints that send each other messages of every class over links that lose,
 * duplicate and reorder packets, over receivers without room and senders without buffers, and, if
 * they live on the same host, through shared memory: every message arrives once, whole, in order,
 * and nothing is left.
 */
final class EngineSimulationTest {
    private static final int SEEDS = Integer.getInteger("softpath.psm.seeds", 500);
    private static final int CLASSES = 3;
    private static final int ROOM = 164_001;
    private static final long ANY = 0;
    private static final long EXACT = -1;
    private static final DirectSettings SHARING = new DirectSettings(true, true, true, 16_000);

    /** A message that was sent: from whom, the how manieth to this receiver. */
    private record Sent(int from, int number, long tag, byte[] bytes) {}

    /** One receive, and the place where it was posted among those alike. */
    private static final class Taken {
        final long tag;
        final long selector;
        final MemorySegment buffer;
        boolean done;
        Sent message;

        Taken(long tag, long selector, MemorySegment buffer) {
            this.tag = tag;
            this.selector = selector;
            this.buffer = buffer;
        }
    }

    /** What one endpoint expects and gets. */
    private static final class Inbox {
        final List<Sent> toCome = new ArrayList<>();
        final List<Taken> receives = new ArrayList<>();
        int received;

        /** Messages of those who live on. */
        int needed;

        int pendingSends;
    }

    private static final class Life {
        final SimWorld world;
        final SplittableRandom random;
        final List<Inbox> inboxes = new ArrayList<>();
        final int messages;
        final List<SimHost> hosts;

        /** Windows of messages that came by TID. */
        long byTid;

        /** Who is killed, after how many messages. */
        int victim = -1;

        int killAt;

        static Trouble trouble(long seed) {
            SplittableRandom random = new SplittableRandom(seed ^ 0xBAD);
            double worst = likePsm(seed) ? 0.01 : random.nextInt(4) * 0.066;
            return new Trouble(
                    random.nextDouble() * worst,
                    random.nextDouble() * worst,
                    random.nextDouble() * worst,
                    random.nextDouble() * worst / 2,
                    random.nextDouble() * 0.3,
                    0);
        }

        /** Endpoints say of themselves what PSM's library says; it does not bear as much. */
        static boolean likePsm(long seed) {
            return new SplittableRandom(seed ^ 0x505).nextInt(3) == 0;
        }

        Life(SimWorld world, long seed, boolean kill) {
            this.world = world;
            random = new SplittableRandom(seed ^ 0x5EED);
            world.checkedFlows(random.nextInt(3) > 0);
            world.tidCount(40 << random.nextInt(4));
            if (likePsm(seed)) {
                world.links().rewrite(EngineSimulationTest::asPsm);
            }
            int windowBytes = 4096 + random.nextInt(random.nextBoolean() ? 60_000 : 140_000);
            boolean tids = random.nextInt(8) > 0;
            boolean many = random.nextInt(16) == 0;
            int nodes = 2 + random.nextInt(many ? 15 : 5);
            messages = 10 + random.nextInt(many ? 10 : 40);
            int credits = 2 << random.nextInt(6);
            if (kill) {
                victim = random.nextInt(nodes);
                killAt = random.nextInt(messages * nodes);
            }
            hosts = List.of(world.host(), world.host());
            for (int i = 0; i < nodes; i++) {
                EngineSettings settings =
                        EngineSettings.of(SimWorld.JOB, "sim", i + 1)
                                .credits(credits)
                                .tids(tids && world.links().trouble().flips() == 0, windowBytes)
                                .checksum(world.links().trouble().flips() > 0)
                                .build();
                int host = random.nextInt(hosts.size() + 1);
                if (host < hosts.size()) {
                    world.addTo(hosts.get(host), settings, SHARING);
                } else {
                    world.add(settings);
                }
                inboxes.add(new Inbox());
            }
        }

        void live() {
            world.connectAll();
            int left = messages * inboxes.size();
            while (left > 0) {
                int from = random.nextInt(inboxes.size());
                if (random.nextInt(3) == 0) {
                    post(random.nextInt(inboxes.size()));
                }
                if (random.nextBoolean()) {
                    send(from);
                    left--;
                    if (victim >= 0 && left == killAt) {
                        world.nodes().get(victim).kill();
                    }
                }
                for (int i = random.nextInt(4); i > 0; i--) {
                    world.step();
                }
            }
            world.await("all received", this::finished);
            world.await("all acknowledged", () -> finished() && idle());
            for (int i = 0; i < inboxes.size(); i++) {
                if (i == victim) {
                    continue;
                }
                checkOrder(inboxes.get(i));
                MessageEngine engine = world.nodes().get(i).engine();
                assertEquals(0, engine.requestsInUse(), "requests");
                assertEquals(0, engine.unexpectedCount(), "unexpected messages");
                assertEquals(0, engine.referredCount(), "rendezvous requests");
                assertEquals(0, engine.unexpectedBytes(), "bytes of unexpected messages");
                assertEquals(0, engine.tidWindows(), "windows and who waits for some");
                assertEquals(0, world.nodes().get(i).tids().inUse(), "TIDs");
                assertEquals(0, world.nodes().get(i).tids().flowsTaken(), "flows");
                byTid += engine.counters().windows();
                assertEquals(0, engine.counters().malformed(), "malformed packets");
            }
            if (random.nextInt(4) == 0) {
                part();
            }
        }

        /** Who have parted from each other share nothing. */
        private void part() {
            List<SimNode> living = world.nodes().stream().filter(n -> !n.isDead()).toList();
            for (SimNode node : living) {
                node.wake();
                for (SimNode other : living) {
                    Peer peer = SimWorld.peer(node, other);
                    if (peer != null) {
                        node.engine().connections().disconnect(peer, world.nowNs());
                    }
                }
            }
            for (SimNode node : living) {
                for (SimNode other : living) {
                    Peer peer = SimWorld.peer(node, other);
                    world.await(
                            "parted",
                            () ->
                                    peer == null
                                            || peer.to == Peer.Way.NONE
                                                    && peer.from == Peer.Way.NONE);
                    assertTrue(peer == null || peer.ring == null, "shared memory");
                }
            }
            if (victim < 0) {
                hosts.forEach(host -> assertEquals(0, host.mapped(), "memory of peers"));
            }
        }

        private void send(int from) {
            int to = (from + 1 + random.nextInt(inboxes.size() - 1)) % inboxes.size();
            SimNode node = world.nodes().get(from);
            Peer peer = SimWorld.peer(node, world.nodes().get(to));
            if (node.isDead() || !peer.isConnected()) {
                return;
            }
            Inbox inbox = inboxes.get(to);
            int number = inbox.toCome.size();
            int length =
                    switch (random.nextInt(6)) {
                        case 0 -> 0;
                        case 1 -> random.nextInt(9);
                        case 2 -> random.nextInt(SimWorld.MTU + 1);
                        case 3 -> random.nextInt(3 * SimWorld.MTU);
                        case 4 -> random.nextInt(64_001);
                        default -> 64_000 + random.nextInt(100_000);
                    };
            byte[] bytes = new byte[length];
            new SplittableRandom(number * 31L + to).nextBytes(bytes);
            long tag = tag(from, random.nextInt(CLASSES), number);
            inbox.toCome.add(new Sent(from, number, tag, bytes));
            MemorySegment buffer =
                    random.nextBoolean()
                            ? MemorySegment.ofArray(bytes)
                            : inPinned(node, MemorySegment.ofArray(bytes));
            boolean pinned = node.port() != null && random.nextBoolean();
            if (pinned) {
                node.port().pin(buffer);
            }
            node.wake();
            Inbox own = inboxes.get(from);
            own.pendingSends++;
            if (from != victim) {
                inbox.needed++;
            }
            node.engine()
                    .send(
                            peer,
                            tag,
                            buffer,
                            0,
                            length,
                            random.nextInt(8) == 0,
                            r -> {
                                assertTrue(
                                        r.error() == PsmError.OK || to == victim,
                                        "a send to the living");
                                own.pendingSends--;
                                if (pinned) {
                                    node.port().unpin(buffer);
                                }
                                return false;
                            },
                            null);
        }

        private MemorySegment inPinned(SimNode node, MemorySegment bytes) {
            long before = random.nextInt(random.nextBoolean() ? 8 : 4096);
            long length = bytes.byteSize();
            return node.tids().pin(before + length).asSlice(before, length).copyFrom(bytes);
        }

        /** Source and class are selected, the number never is. */
        private static long tag(int from, int kind, int number) {
            return (long) from << 56 | (long) kind << 48 | number;
        }

        private void post(int at) {
            boolean any = random.nextInt(3) == 0;
            int from = random.nextInt(inboxes.size());
            long tag = tag(from, random.nextInt(CLASSES), 0);
            post(at, tag, any ? ANY : EXACT << 48);
        }

        private void post(int at, long tag, long selector) {
            if (world.nodes().get(at).isDead()) {
                return;
            }
            world.nodes().get(at).wake();
            Inbox inbox = inboxes.get(at);
            SimNode node = world.nodes().get(at);
            MemorySegment buffer;
            if (random.nextBoolean()) {
                long before = random.nextInt(random.nextBoolean() ? 8 : 4096);
                buffer = node.tids().pin(before + ROOM).asSlice(before, ROOM);
            } else {
                buffer = MemorySegment.ofArray(new byte[ROOM]);
            }
            Taken taken = new Taken(tag, selector, buffer);
            inbox.receives.add(taken);
            node.engine()
                    .receive(
                            tag,
                            selector,
                            taken.buffer,
                            0,
                            (int) taken.buffer.byteSize(),
                            r -> {
                                check(inbox, taken, r);
                                return false;
                            },
                            taken);
        }

        private void check(Inbox inbox, Taken taken, Request r) {
            if (r.error() == PsmError.EPID_NETWORK_ERROR) {
                assertEquals(victim + 1, r.peer().id().lid(), "who is dead");
                return;
            }
            assertEquals(PsmError.OK, r.error());
            assertTrue(!taken.done, "complete twice");
            taken.done = true;
            int number = (int) (r.tag() & 0xFFFF_FFFFL);
            Sent sent = inbox.toCome.get(number);
            assertEquals(sent.tag(), r.tag());
            assertEquals(0, (r.tag() ^ taken.tag) & taken.selector, "a match");
            assertEquals(sent.bytes().length, r.messageLength());
            assertEquals(
                    -1,
                    taken.buffer
                            .asSlice(0, sent.bytes().length)
                            .mismatch(MemorySegment.ofArray(sent.bytes())),
                    "bytes of message " + number);
            assertEquals(0, taken.buffer.get(ValueLayout.JAVA_BYTE, sent.bytes().length));
            taken.message = sent;
            inbox.received += sent.from() == victim ? 0 : 1;
        }

        /**
         * Of two messages from one peer that both match two receives, the one that was sent first
         * is in the receive that was posted first.
         */
        private static void checkOrder(Inbox inbox) {
            List<Taken> done = inbox.receives.stream().filter(t -> t.done).toList();
            for (int i = 0; i < done.size(); i++) {
                for (int j = i + 1; j < done.size(); j++) {
                    Taken first = done.get(i);
                    Taken second = done.get(j);
                    boolean bothMatchBoth =
                            matches(first, second.message) && matches(second, first.message);
                    if (bothMatchBoth && first.message.from() == second.message.from()) {
                        assertTrue(
                                first.message.number() < second.message.number(),
                                "order of messages from " + first.message.from());
                    }
                }
            }
        }

        private static boolean matches(Taken taken, Sent message) {
            return ((message.tag() ^ taken.tag) & taken.selector) == 0;
        }

        /** Whoever waits for what nobody sends gives up, and takes whatever comes. */
        private boolean finished() {
            boolean all = true;
            for (int i = 0; i < inboxes.size(); i++) {
                if (i == victim) {
                    continue;
                }
                Inbox inbox = inboxes.get(i);
                MessageEngine engine = world.nodes().get(i).engine();
                if (inbox.received == inbox.needed && engine.unexpectedCount() == 0) {
                    engine.cancelAll();
                } else {
                    all = false;
                    if (engine.unexpectedCount() > 0) {
                        post(i, 0, ANY);
                    }
                }
            }
            return all;
        }

        private boolean idle() {
            for (int i = 0; i < inboxes.size(); i++) {
                if (i == victim) {
                    continue;
                }
                if (inboxes.get(i).pendingSends != 0
                        || world.nodes().get(i).engine().requestsInUse() != 0
                        || world.nodes().get(i).engine().unexpectedCount() != 0) {
                    return false;
                }
                for (SimNode other : world.nodes()) {
                    Peer peer = SimWorld.peer(world.nodes().get(i), other);
                    if (peer != null && !world.nodes().get(i).engine().isIdle(peer)) {
                        return false;
                    }
                }
            }
            return true;
        }
    }

    @Test
    @Fidelity({69, 70})
    void shouldDeliverEveryMessageOnceWholeAndInOrder() {
        lives(false, 0);
    }

    /** No chip sees it. */
    @Test
    void shouldLoseNothingToBitsThatFlipIfPacketsHaveAChecksum() {
        lives(false, 0.02);
    }

    /** Who is dead may be so at any step of any message. */
    @Test
    void shouldEndWhatADeadPeerHasToDoWithAndNothingElse() {
        lives(true, 0);
    }

    /** As if PSM's library had sent it: an RTS of its has but one answer. */
    static ConnectMessage asPsm(ConnectMessage m) {
        return new ConnectMessage(
                m.opcode(),
                m.connectVersion(),
                m.psmVersion(),
                m.hcaClass(),
                m.serviceLevel(),
                m.job(),
                m.result(),
                m.index(),
                m.runId(),
                m.pkey(),
                m.features() & ~ConnectMessage.FEATURE_SOFTPATH,
                m.headerBytes(),
                m.mtu(),
                m.host(),
                m.ownRunId(),
                m.connection());
    }

    private static void lives(boolean kill, double flips) {
        long first = Long.getLong("softpath.psm.seed", new SplittableRandom().nextLong());
        System.out.println("seed=" + first + " seeds=" + SEEDS);
        long byTid = 0;
        long gathered = 0;
        long found = 0;
        for (int i = 0; i < SEEDS; i++) {
            long seed = first + i;
            try (SimWorld world = new SimWorld(seed, Life.trouble(seed))) {
                world.links().trouble(world.links().trouble().withFlips(flips));
                Life life = new Life(world, seed, kill);
                life.live();
                byTid += life.byTid;
                gathered += world.gathered();
                for (SimNode node : world.nodes()) {
                    found += node.engine().counters().badChecksum();
                }
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed=" + seed, e);
            }
        }
        System.out.println("windows by TID: " + byTid + ", sent by chips: " + gathered);
        assertTrue(byTid > SEEDS || flips > 0, "windows by TID: " + byTid);
        assertTrue(gathered > SEEDS / 2 || flips > 0, "sent by chips: " + gathered);
        assertEquals(flips > 0, found > 0, "bits that flipped were found");
    }
}
