package io.softpath.psm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.softpath.abi.Fidelity;
import io.softpath.abi.psm.ConnectMessage;
import io.softpath.abi.psm.PsmError;
import io.softpath.abi.psm.SubOpcode;
import io.softpath.psm.sim.SimNode;
import io.softpath.psm.sim.SimWorld;
import io.softpath.psm.sim.Trouble;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

final class ConnectionsTest {
    private static final long MS = 1_000_000;

    private final SimWorld world = new SimWorld(7, Trouble.NONE);
    private final SimNode first = world.add();
    private final SimNode second = world.add();

    private Peer connect() {
        return first.engine().connections().connect(second.id(), world.nowNs());
    }

    @Test
    void shouldConnectOneWayAndCarryMessagesBothWaysWhenBothHaveAsked() {
        Peer peer = connect();
        world.await("settled", () -> first.engine().connections().isSettled(peer));
        assertTrue(peer.isConnected());
        assertEquals("sim", peer.host());
        assertNotNull(SimWorld.peer(second, first));
        assertFalse(SimWorld.peer(second, first).isConnected(), "the other way is its own affair");
        Peer back = second.engine().connections().connect(first.id(), world.nowNs());
        world.await("settled", () -> second.engine().connections().isSettled(back));
        assertTrue(back.isConnected());
    }

    @Test
    @Fidelity(66)
    void shouldSurviveFiveLostRequests() {
        List<Long> asked = new ArrayList<>();
        world.links()
                .filter((to, opcode) -> {
                    if (opcode == SubOpcode.CONNECT_REQUEST) {
                        asked.add(world.nowNs());
                    }
                    return asked.size() > 5;
                });
        Peer peer = connect();
        world.await("connected", peer::isConnected);
        assertEquals(6, asked.size());
        long[] intervals = {2, 4, 8, 16, 32};
        for (int i = 0; i < intervals.length; i++) {
            long waited = asked.get(i + 1) - asked.get(i);
            assertEquals(intervals[i], waited / MS, "ms before request " + (i + 2));
        }
    }

    @Test
    void shouldAskEveryHundredMillisecondsAtMost() {
        List<Long> asked = new ArrayList<>();
        world.links()
                .filter((to, opcode) -> {
                    asked.add(world.nowNs());
                    return false;
                });
        connect();
        long end = world.nowNs() + 2_000 * MS;
        world.await("two seconds", () -> world.nowNs() - end > 0);
        int last = asked.size() - 1;
        assertEquals(100, (asked.get(last) - asked.get(last - 1)) / MS);
    }

    @ParameterizedTest
    @Fidelity(66)
    @CsvSource({
        "job, EPID_INVALID_UUID_KEY",
        "connectVersion, EPID_INVALID_VERSION",
        "psmVersion, EPID_INVALID_VERSION",
        "endian, EPID_INVALID_NODE",
        "width, EPID_INVALID_NODE",
        "mtu, EPID_INVALID_CONNECT"
    })
    void shouldNameWhatIsWrong(String what, PsmError error) {
        world.links()
                .rewrite(m -> {
                    if (m.opcode() != SubOpcode.CONNECT_REQUEST) {
                        return m;
                    }
                    return new ConnectMessage(
                            m.opcode(),
                            what.equals("connectVersion") ? 0x0301 : m.connectVersion(),
                            what.equals("psmVersion") ? 0x0210 : m.psmVersion(),
                            m.hcaClass(),
                            m.serviceLevel(),
                            what.equals("job") ? new UUID(1, 2) : m.job(),
                            m.result(),
                            m.index(),
                            m.runId(),
                            m.pkey(),
                            switch (what) {
                                case "endian" -> m.features() ^ 3;
                                case "width" -> m.features() ^ 12;
                                default -> m.features();
                            },
                            m.headerBytes(),
                            what.equals("mtu") ? 63 : m.mtu(),
                            m.host(),
                            m.ownRunId(),
                            m.connection());
                });
        Peer peer = connect();
        world.await("settled", () -> first.engine().connections().isSettled(peer));
        assertFalse(peer.isConnected());
        assertEquals(error, first.engine().connections().outcome(peer));
        assertNull(SimWorld.peer(second, first), "a refused one is not remembered");
    }

    @Test
    void shouldLetInOnlyPeersOfItsPartition() {
        SimNode member = inPartition(0x1234);
        SimNode other = inPartition(0x4321);
        SimNode fellow = inPartition(0x1234);
        assertEquals(PsmError.EPID_INVALID_PKEY, outcome(first, member), "from the default one");
        assertEquals(PsmError.EPID_INVALID_PKEY, outcome(other, member));
        assertEquals(PsmError.OK, outcome(fellow, member));
        assertEquals(PsmError.OK, outcome(member, first), "the default one is everybody's");
    }

    private SimNode inPartition(int pkey) {
        return world.add(
                EngineSettings.of(SimWorld.JOB, "sim", world.nodes().size() + 77)
                        .mtuBytes(SimWorld.MTU)
                        .pkey(pkey)
                        .build());
    }

    private PsmError outcome(SimNode from, SimNode to) {
        Peer peer = from.engine().connections().connect(to.id(), world.nowNs());
        world.await("settled", () -> from.engine().connections().isSettled(peer));
        return from.engine().connections().outcome(peer);
    }

    @Test
    void shouldPart() {
        world.connectAll();
        Peer peer = SimWorld.peer(first, second);
        first.engine().connections().disconnect(peer, world.nowNs());
        world.await("parted", () -> first.engine().connections().isSettled(peer));
        assertFalse(peer.isConnected());
        assertEquals(PsmError.OK, first.engine().connections().outcome(peer));
    }

    /** Whoever is no more cannot answer; a paused one will. */
    @Test
    void shouldPartFromADeadPeerSoonAndWaitForAPausedOne() {
        world.connectAll();
        Peer peer = SimWorld.peer(first, second);
        second.pause(true);
        first.engine().connections().disconnect(peer, world.nowNs());
        long end = world.nowNs() + 10_000_000_000L;
        world.await("ten seconds", () -> world.nowNs() - end > 0);
        assertFalse(first.engine().connections().isSettled(peer));
        second.kill();
        long died = world.nowNs();
        world.await("parted", () -> first.engine().connections().isSettled(peer));
        assertTrue(world.nowNs() - died < 500_000_000, "after ns=" + (world.nowNs() - died));
        assertEquals(PsmError.EPID_NETWORK_ERROR, peer.failure());
    }

    /** There is somebody in its place, who says nothing. */
    @Test
    void shouldPartFromADeadPeerThoughAnotherProcessHasItsPlace() {
        world.connectAll();
        Peer peer = SimWorld.peer(first, second);
        secondAnew(second.runId() + 1).pause(true);
        first.engine().connections().disconnect(peer, world.nowNs());
        world.await("parted", () -> first.engine().connections().isSettled(peer));
        assertEquals(PsmError.EPID_NETWORK_ERROR, peer.failure());
    }

    /** The old process's packets must not be taken for the new one's. */
    @Test
    void shouldTellAnotherProcessInThePlaceOfAPeer() {
        world.connectAll();
        Peer old = SimWorld.peer(second, first);
        MemorySegment buffer = MemorySegment.ofArray(new byte[100_000]);
        Request waiting = second.engine().send(old, 1, buffer, 0, 100_000, false, null, null);
        SimNode reborn =
                world.replace(
                        first, EngineSettings.defaults(SimWorld.JOB, "sim", 4711, SimWorld.MTU));
        Peer peer = reborn.engine().connections().connect(second.id(), world.nowNs());
        world.await("connected", peer::isConnected);
        assertEquals(PsmError.EPID_NETWORK_ERROR, old.failure());
        assertTrue(waiting.isComplete());
        assertEquals(PsmError.EPID_NETWORK_ERROR, waiting.error());
    }

    private SimNode secondAnew(int runId) {
        return world.replace(
                second, EngineSettings.defaults(SimWorld.JOB, "sim", runId, SimWorld.MTU));
    }

    /** The one that has answered is dead before it asks: the next one asks in its place. */
    @Test
    void shouldNotTakeTheNextProcessForTheOneThatHasAnswered() {
        Peer peer = connect();
        world.await("connected", peer::isConnected);
        Request sent =
                first.engine()
                        .send(peer, 1, MemorySegment.ofArray(new byte[8]), 0, 8, true, null, null);
        SimNode next = secondAnew(4711);
        next.engine().connections().connect(first.id(), world.nowNs());
        world.await("told", sent::isComplete);
        assertEquals(PsmError.EPID_NETWORK_ERROR, peer.failure());
        assertEquals(PsmError.EPID_NETWORK_ERROR, sent.error());
        assertEquals(0, next.engine().unexpectedCount(), "nothing meant for another one");
    }

    /** Of an old connection, as the next one knows nobody who sends it anything. */
    @Test
    void shouldTakeNoMessageOfWhoHasNotConnected() {
        Peer peer = connect();
        world.await("connected", peer::isConnected);
        SimNode next = secondAnew(4711);
        world.links().filter((to, opcode) -> opcode != SubOpcode.CONNECT_REQUEST);
        next.engine().connections().connect(first.id(), world.nowNs());
        Request sent =
                first.engine()
                        .send(peer, 1, MemorySegment.ofArray(new byte[8]), 0, 8, true, null, null);
        world.await("a packet comes", () -> next.engine().counters().strays() > 0);
        assertEquals(0, next.engine().unexpectedCount());
        world.await("told", sent::isComplete);
        assertEquals(PsmError.EPID_NETWORK_ERROR, sent.error());
    }

    /**
     * A request that was sent before the sender learnt that we are another process says how we must
     * address an entry that it has forgotten since.
     */
    @Test
    void shouldAddressAPeerAsItSaysLast() {
        Peer old = second.engine().connections().connect(first.id(), world.nowNs());
        world.await("first knows", () -> SimWorld.peer(first, second) != null);
        assertFalse(old.isConnected());
        connect();
        SimNode next = secondAnew(4711);
        Peer peer = next.engine().connections().connect(first.id(), world.nowNs());
        world.await("connected", peer::isConnected);
        Peer back = first.engine().connections().connect(second.id(), world.nowNs());
        world.await("connected", back::isConnected);
        MemorySegment room = MemorySegment.ofArray(new byte[8]);
        Request taken = first.engine().receive(1, -1, room, 0, 8, null, null);
        Request sent = next.engine().send(peer, 1, room, 0, 8, false, null, null);
        world.await("arrived", () -> taken.isComplete() && sent.isComplete());
        assertEquals(PsmError.OK, sent.error());
        assertEquals(PsmError.OK, taken.error());
    }

    /** It has the number that the next process awaits, and comes from a peer that it knows. */
    @Test
    void shouldTakeNoPacketThatIsLateAndWasForThePlacesLastProcess() {
        Peer peer = connect();
        world.await("connected", peer::isConnected);
        List<MemorySegment> late = new ArrayList<>();
        world.links()
                .tap((from, to, header, payload) -> {
                    if (to == second.id().lid()) {
                        late.add(MemorySegment.ofArray(header.toArray(JAVA_BYTE)));
                    }
                });
        first.engine().send(peer, 1, MemorySegment.ofArray(new byte[8]), 0, 8, false, null, null);
        world.await("sent", () -> !late.isEmpty());
        SimNode next = secondAnew(4711);
        Peer there = next.engine().connections().connect(first.id(), world.nowNs());
        world.await("connected", there::isConnected);
        Peer back = first.engine().connections().connect(second.id(), world.nowNs());
        world.await("connected", back::isConnected);
        long strays = next.engine().counters().strays();
        next.engine().intake().onPacket(late.getFirst(), 0, MemorySegment.NULL, 0, 0);
        assertEquals(0, next.engine().unexpectedCount(), "meant for another one");
        assertEquals(strays + 1, next.engine().counters().strays());
    }

    @Test
    @Fidelity(72)
    void shouldDropDataOfAStrangerAndTellItSo() {
        world.connectAll();
        Peer peer = SimWorld.peer(second, first);
        world.replace(first, EngineSettings.defaults(SimWorld.JOB, "sim", 4711, SimWorld.MTU));
        Request lost =
                second.engine()
                        .send(
                                peer,
                                1,
                                MemorySegment.ofArray(new byte[64]),
                                0,
                                64,
                                false,
                                null,
                                null);
        world.await("told", lost::isComplete);
        assertEquals(PsmError.EPID_NETWORK_ERROR, lost.error());
        assertEquals(0, world.nodes().getFirst().engine().unexpectedCount());
        assertTrue(world.nodes().getFirst().engine().counters().strays() >= 2);
    }
}
