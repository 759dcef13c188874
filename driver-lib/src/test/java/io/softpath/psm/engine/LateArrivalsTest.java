package io.softpath.psm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.softpath.abi.packet.MessageHeader;
import io.softpath.abi.psm.PsmError;
import io.softpath.abi.psm.SubOpcode;
import io.softpath.psm.sim.SimHost;
import io.softpath.psm.sim.SimNode;
import io.softpath.psm.sim.SimWorld;
import io.softpath.psm.sim.Trouble;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

/** Messages to connect and to part that a link has kept for a while, or copied. */
final class LateArrivalsTest {
    private record Packet(MemorySegment header, MemorySegment payload) {}

    private final SimWorld world = new SimWorld(11, Trouble.NONE);
    private final SimNode first = world.add();
    private final SimNode second = world.add();

    /** The last of its kind that went to the first. */
    private final Map<Integer, Packet> toFirst = new HashMap<>();

    LateArrivalsTest() {
        world.links()
                .tap((from, to, header, payload) -> {
                    if (to == first.id().lid()) {
                        toFirst.put(
                                MessageHeader.subOpcode(header, 0),
                                new Packet(copy(header), copy(payload)));
                    }
                });
    }

    @AfterEach
    void close() {
        world.close();
    }

    private static MemorySegment copy(MemorySegment bytes) {
        return MemorySegment.ofArray(bytes.toArray(JAVA_BYTE));
    }

    private Packet last(int subOpcode) {
        Packet packet = toFirst.get(subOpcode);
        assertNotNull(packet, "sub-opcode=" + subOpcode + " was never sent");
        return packet;
    }

    private void comesToFirst(Packet packet) {
        MemorySegment payload = packet.payload();
        first.engine().intake().onPacket(packet.header(), 0, payload, 0, (int) payload.byteSize());
    }

    private Peer connect(SimNode from, SimNode to) {
        Peer peer = from.engine().connections().connect(to.id(), world.nowNs());
        world.await("connected", peer::isConnected);
        return peer;
    }

    private void part(SimNode from, SimNode to) {
        Peer peer = SimWorld.peer(from, to);
        from.engine().connections().disconnect(peer, world.nowNs());
        world.await("parted", () -> from.engine().connections().isSettled(peer));
    }

    private SimNode secondAnew() {
        return secondAnew(second.runId() + 1);
    }

    private SimNode secondAnew(int runId) {
        return world.replace(
                second, EngineSettings.defaults(SimWorld.JOB, "sim", runId, SimWorld.MTU));
    }

    @Test
    void shouldNotEndTheConnectionOfAProcessForARequestOfTheOneBeforeIt() {
        connect(second, first);
        Packet late = last(SubOpcode.CONNECT_REQUEST);
        SimNode next = secondAnew();
        connect(next, first);
        Peer peer = connect(first, next);
        comesToFirst(late);
        assertNull(peer.failure());
        assertTrue(peer.sendsToUs());
        carries(peer, next);
    }

    /** Here only an answer has said that there is a new process. */
    @Test
    void shouldNotEndTheConnectionToAProcessForARequestOfTheOneBeforeIt() {
        connect(second, first);
        Packet late = last(SubOpcode.CONNECT_REQUEST);
        connect(first, second);
        SimNode next = secondAnew();
        first.engine().fail(SimWorld.peer(first, second), PsmError.EPID_NETWORK_ERROR);
        Peer peer = connect(first, next);
        comesToFirst(late);
        assertNull(peer.failure());
        assertFalse(peer.sendsToUs(), "it has not asked");
    }

    /** Nor is the answer of one before it taken for one of whoever is there. */
    @Test
    void shouldNotEndTheConnectionOfAProcessForAnAnswerOfTheOneBeforeIt() {
        connect(first, second);
        Packet late = last(SubOpcode.CONNECT_REPLY);
        SimNode next = secondAnew();
        connect(next, first);
        Peer peer = first.engine().connections().connect(second.id(), world.nowNs());
        comesToFirst(late);
        assertNull(peer.failure());
        world.await("connected", peer::isConnected);
        carries(peer, next);
    }

    /** A clock that was set back must not keep a process out for ever. */
    @Test
    void shouldBelieveWhoAsksAgainAndAgain() {
        connect(second, first);
        SimNode next = secondAnew(second.runId() - 5);
        long asked = world.nowNs();
        connect(next, first);
        assertTrue(world.nowNs() - asked < 1_000_000_000, "after ns=" + (world.nowNs() - asked));
        carries(connect(first, next), next);
    }

    @Test
    void shouldNotTakeALateCopyForANewConnection() {
        connect(second, first);
        Packet late = last(SubOpcode.CONNECT_REQUEST);
        connect(first, second);
        part(second, first);
        part(first, second);
        Peer peer = SimWorld.peer(first, second);
        assertTrue(first.engine().connections().isApart(peer));
        comesToFirst(late);
        assertTrue(first.engine().connections().isApart(peer), "it has not connected again");
        connect(second, first);
        assertFalse(first.engine().connections().isApart(peer), "now it has");
    }

    @Test
    void shouldNotPartForALateCopy() {
        connect(second, first);
        part(second, first);
        Packet late = last(SubOpcode.DISCONNECT_REQUEST);
        connect(second, first);
        Peer peer = SimWorld.peer(first, second);
        comesToFirst(late);
        assertTrue(peer.sendsToUs(), "it has connected since");
    }

    @Test
    void shouldNotPartForACopyFromTheProcessBefore() {
        connect(second, first);
        part(second, first);
        Packet late = last(SubOpcode.DISCONNECT_REQUEST);
        SimNode next = secondAnew();
        connect(next, first);
        comesToFirst(late);
        assertTrue(SimWorld.peer(first, next).sendsToUs());
    }

    /** A connection that was forgotten, and not parted from, is over as well. */
    @Test
    void shouldNotTakeUpAConnectionThatHasFailed() {
        connect(second, first);
        Packet late = last(SubOpcode.CONNECT_REQUEST);
        Peer peer = SimWorld.peer(first, second);
        first.engine().fail(peer, PsmError.EPID_NETWORK_ERROR);
        comesToFirst(late);
        assertTrue(first.engine().connections().isApart(SimWorld.peer(first, second)));
    }

    /** It answers a question that was put to the process before it. */
    @Test
    void shouldNotFailANewPeerForALateAnswerToAQuestion() {
        Peer old = connect(first, second);
        SimNode next = secondAnew();
        first.engine().send(old, 1, MemorySegment.ofArray(new byte[8]), 0, 8, false, null, null);
        world.await("told", () -> old.failure() != null);
        Packet late = last(SubOpcode.ERR_CHK_BAD);
        Peer peer = connect(first, next);
        comesToFirst(late);
        assertNull(peer.failure());
        carries(peer, next);
    }

    /** It has taken the memory, and has said that it listens; its answer is lost with it. */
    @Test
    void shouldNotShareMemoryWithAProcessThatIsDead() {
        SimHost host = world.host();
        SimNode here = onHost(host, 100);
        SimNode there = onHost(host, 101);
        world.links().filter((to, opcode) -> opcode != SubOpcode.CONNECT_REPLY);
        Peer peer = here.engine().connections().connect(there.id(), world.nowNs());
        world.await("accepted", () -> there.peer(here) != null && there.peer(here).sendsToUs());
        world.links().filter(null);
        SimNode next =
                world.replace(
                        there, EngineSettings.defaults(SimWorld.JOB, "sim", 102, SimWorld.MTU));
        world.await("connected", peer::isConnected);
        assertTrue(peer.isDirect(), "there is memory for the two");
        carries(here, peer, next);
    }

    private SimNode onHost(SimHost host, int runId) {
        return world.addTo(
                host,
                EngineSettings.defaults(SimWorld.JOB, "sim", runId, SimWorld.MTU),
                new DirectSettings(true, true, true, 4096));
    }

    private void carries(Peer peer, SimNode to) {
        carries(first, peer, to);
    }

    private void carries(SimNode from, Peer peer, SimNode to) {
        MemorySegment bytes = MemorySegment.ofArray(new byte[8]);
        from.wake();
        to.wake();
        Request taken = to.engine().receive(1, -1, bytes, 0, 8, null, null);
        Request sent = from.engine().send(peer, 1, bytes, 0, 8, true, null, null);
        world.await("arrived", () -> taken.isComplete() && sent.isComplete());
        assertEquals(PsmError.OK, sent.error());
        assertEquals(PsmError.OK, taken.error());
    }
}
