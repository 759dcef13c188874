package io.softpath.psm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.direct.DirectLayout;
import io.softpath.psm.sim.SimHost;
import io.softpath.psm.sim.SimNode;
import io.softpath.psm.sim.SimWorld;
import io.softpath.psm.sim.Trouble;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** One endpoint that shares memory with many, of which one never stops talking. */
final class RingsTest {
    private static final int PEERS = 7;
    private static final DirectSettings SHARING = new DirectSettings(true, true, true, 16_000);
    private static final long TALK = 1;
    private static final long OTHER = 2;

    private final SimWorld world = new SimWorld(1, Trouble.NONE);
    private final List<SimNode> peers = new ArrayList<>();
    private SimNode hearer;

    private void start() {
        SimHost host = world.host();
        hearer = world.addTo(host, settings(1), SHARING);
        for (int i = 0; i < PEERS; i++) {
            peers.add(world.addTo(host, settings(2 + i), SHARING));
        }
        world.connectAll();
    }

    private static EngineSettings settings(int run) {
        return EngineSettings.defaults(SimWorld.JOB, "sim", run, SimWorld.MTU);
    }

    private void say(SimNode from, long tag) {
        MemorySegment bytes = MemorySegment.ofArray(new byte[8]);
        Peer to = SimWorld.peer(from, hearer);
        assertTrue(to.isDirect());
        from.engine().release(from.engine().send(to, tag, bytes, 0, 8, false, null, null));
    }

    @Test
    void shouldHearEverybodyWhileOneGoesOnTalking() {
        start();
        SimNode talker = peers.get(2);
        for (int i = 0; i < 100; i++) {
            say(talker, TALK);
            hearer.engine().look();
        }
        for (SimNode each : peers) {
            say(each, OTHER);
        }
        for (int i = 0; i < PEERS; i++) {
            say(talker, TALK);
            hearer.engine().look();
        }
        for (int i = 0; i < PEERS; i++) {
            assertEquals(8, hearer.engine().probe(OTHER, -1), "peers heard of: " + i);
            MemorySegment room = MemorySegment.ofArray(new byte[8]);
            Request receive = hearer.engine().receive(OTHER, -1, room, 0, 8, null, null);
            assertTrue(receive.isComplete());
            hearer.engine().release(receive);
        }
        assertEquals(-1, hearer.engine().probe(OTHER, -1));
    }

    /** Whoever was silent may be the one that talks now, and the other way round. */
    @Test
    void shouldFollowWhoeverTalks() {
        start();
        for (int i = 0; i < 1_000; i++) {
            say(peers.get(i / 50 % PEERS), TALK);
            int before = hearer.engine().unexpectedCount();
            for (int look = 0; hearer.engine().unexpectedCount() == before; look++) {
                assertTrue(look < PEERS, "looks in vain: " + look);
                hearer.engine().look();
            }
        }
    }

    /** It takes messages all the same, and must hear of them. */
    @Test
    void shouldWakeWhoHasNotConnectedBack() {
        SimHost host = world.host();
        hearer = world.addTo(host, settings(1), SHARING);
        SimNode talker = world.addTo(host, settings(2), SHARING);
        Peer to = talker.engine().connections().connect(hearer.id(), world.nowNs());
        world.await("connected", to::isConnected);
        world.await("asleep", hearer::isAsleep);
        say(talker, TALK);
        talker.wake();
        world.await("heard", () -> hearer.engine().probe(TALK, -1) == 8);
        assertFalse(SimWorld.peer(hearer, talker).isConnected());
    }

    /** Its program does something else then. */
    @Test
    void shouldWakeWhoIsSentAMessageThoughTheSenderNeverLooksAgain() {
        start();
        SimNode sender = peers.getFirst();
        world.await("asleep", hearer::isAsleep);
        MemorySegment bytes = MemorySegment.ofArray(new byte[8]);
        assertTrue(sender.engine().sendNow(SimWorld.peer(sender, hearer), TALK, bytes, 0, 8));
        sender.pause(true);
        world.await("heard", () -> hearer.engine().probe(TALK, -1) == 8);
    }

    /** A slot each; what comes when there is none left has a request, and those behind it too. */
    @Test
    void shouldSendWithoutARequestAsLongAsThereIsRoomAndKeepTheOrder() {
        start();
        SimNode sender = peers.getFirst();
        MessageEngine engine = sender.engine();
        Peer to = SimWorld.peer(sender, hearer);
        MemorySegment bytes = MemorySegment.ofArray(new byte[8]);
        int sent = 0;
        while (engine.sendNow(to, sent, bytes, 0, 8)) {
            sent++;
        }
        assertEquals(DirectLayout.SLOTS, sent);
        assertEquals(0, engine.requestsInUse());
        Request waits = engine.send(to, sent++, bytes, 0, 8, false, null, null);
        hearer.engine().look();
        assertFalse(engine.sendNow(to, sent, bytes, 0, 8), "one is waiting for room");
        sender.wake();
        world.await("room", waits::isComplete);
        engine.release(waits);
        assertTrue(engine.sendNow(to, sent++, bytes, 0, 8));
        hearer.wake();
        for (int i = 0; i < sent; i++) {
            Request receive = hearer.engine().receive(0, 0, bytes, 0, 8, null, null);
            world.await("message", receive::isComplete);
            assertEquals(i, receive.tag());
            hearer.engine().release(receive);
        }
        assertEquals(sent, engine.counters().messagesSent());
    }

    @Test
    void shouldSendWithoutARequestOnlyWhatItsPathCopiesAtOnce() {
        start();
        SimNode sender = peers.getFirst();
        MessageEngine engine = sender.engine();
        Peer to = SimWorld.peer(sender, hearer);
        MemorySegment bytes = MemorySegment.ofArray(new byte[20_000]);
        assertFalse(engine.sendNow(to, 1, bytes, 0, 16_001), "it waits for its receiver");
        assertThrows(
                IndexOutOfBoundsException.class, () -> engine.sendNow(to, 1, bytes, 19_993, 8));
        SimNode far = world.add(settings(99));
        Peer byChip = engine.connections().connect(far.id(), world.nowNs());
        assertFalse(engine.sendNow(byChip, 1, bytes, 0, 8), "not connected");
        sender.wake();
        world.await("connected", byChip::isConnected);
        assertFalse(engine.sendNow(byChip, 1, bytes, 0, 8), "packets may be lost");
        assertEquals(0, engine.counters().messagesSent());
    }
}
