package io.softpath.daemon.control;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.Fidelity;
import io.softpath.abi.control.BaseInfo;
import io.softpath.abi.control.Command;
import io.softpath.abi.control.ControlRecord;
import io.softpath.abi.control.TidInfo;
import io.softpath.abi.control.UserEvent;
import io.softpath.abi.packet.Pbc;
import io.softpath.abi.register.ChipCounter;
import io.softpath.abi.register.DriverCounter;
import io.softpath.abi.register.UserRegisters;
import io.softpath.daemon.DaemonTestBase;
import io.softpath.daemon.FakeClient;
import io.softpath.daemon.FakeSender;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

class CloseTest extends DaemonTestBase {
    private static final int LID = 1;

    private FakeClient started() {
        FakeClient client = FakeClient.open(daemon());
        client.features(ControlRecord.FEATURE_INLINE_TRIGGER | ControlRecord.FEATURE_DOORBELL);
        return client;
    }

    private static long descriptors() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            return files.count();
        }
    }

    private static long regionMappings() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
            return lines.filter(line -> line.contains("memfd:softpath:u0c")).count();
        }
    }

    @Test
    @Fidelity(56)
    void shouldHoldNoMoreAfterTwoHundredRoundsThanBefore() throws IOException {
        start();
        round();
        long descriptors = descriptors();
        long mappings = regionMappings();
        for (int i = 0; i < 200; i++) {
            round();
        }
        assertEquals(descriptors, descriptors(), "descriptors");
        assertEquals(mappings, regionMappings(), "mappings");
        assertEquals(0, daemon().openFiles());
        assertEquals(0, daemon().units().getFirst().counters()[DriverCounter.CTXTS_OPEN.index()]);
    }

    private void round() {
        FakeClient client = started();
        BaseInfo info = client.start();
        assertEquals(model().firstUserContext(), info.context());
        try (FakeSender memory = new FakeSender(client, model(), info)) {
            memory.send(LID, info.context());
            daemon().doWork();
            assertEquals(32, UserRegisters.RCVHDRTAIL.get(memory.registers()));
        }
        client.close();
    }

    @Test
    @Fidelity(56)
    void shouldFreeAContextInEveryPhaseAndDisturbNobody() {
        start();
        FakeClient peer = started();
        BaseInfo peerInfo = peer.start();
        try (FakeSender peerMemory = new FakeSender(peer, model(), peerInfo)) {
            int received = 0;
            for (Phase phase : PHASES) {
                FakeClient victim = started();
                phase.reach().accept(new Victim(victim, this, peerInfo.context()));
                received += phase.packetsToPeer();
                victim.socket().close();
                peerMemory.send(LID, peerInfo.context());
                received++;
                daemon().doWork();
                daemon().doWork();
                assertEquals(
                        received % model().rcvHdrCount() * 32L,
                        UserRegisters.RCVHDRTAIL.get(peerMemory.registers()),
                        phase.name() + ": the peer's packets");
                assertEquals(0, peerMemory.eventWord(), phase.name() + ": the peer's events");
                assertEquals(1, daemon().openFiles(), phase.name());
                long[] counters = daemon().units().getFirst().counters();
                assertEquals(
                        counters[DriverCounter.PAGE_LOCKS.index()],
                        counters[DriverCounter.PAGE_UNLOCKS.index()],
                        phase.name() + ": pages released");
                assertEquals(0, counters[DriverCounter.MEM_BYTES.index()], phase.name());
                try (FakeClient next = started()) {
                    assertEquals(
                            peerInfo.context() + 1,
                            next.start().context(),
                            phase.name() + ": context free again");
                    assertEquals(
                            6,
                            next.command(Command.SET_PART_KEY, 7).result(),
                            phase.name() + ": keys dropped");
                }
            }
        }
        peer.close();
    }

    /** A client about to be killed. */
    private record Victim(FakeClient client, CloseTest test, int peer) {
        FakeSender memory() {
            return new FakeSender(client, test.model(), client.start());
        }
    }

    /** How far the victim has come, and what it sent to the peer by then. */
    private record Phase(String name, Consumer<Victim> reach, int packetsToPeer) {}

    private static final List<Phase> PHASES =
            List.of(
                    new Phase("opened", v -> {}, 0),
                    new Phase("assigned", v -> v.client().assign(), 0),
                    new Phase("initialised", v -> v.client().start(), 0),
                    new Phase("with a key", CloseTest::takeKey, 0),
                    new Phase("with TIDs pinned", CloseTest::pin, 0),
                    new Phase("in poll", CloseTest::poll, 0),
                    new Phase("with a request unread", CloseTest::leaveRequest, 0),
                    new Phase("half written", v -> v.memory().write(LID, v.peer(), 0), 0),
                    new Phase("launched", v -> v.memory().send(LID, v.peer()), 1),
                    new Phase("with a bad buffer", CloseTest::launchBadly, 0));

    private static void takeKey(Victim victim) {
        victim.client().start();
        assertEquals(6, victim.client().command(Command.SET_PART_KEY, 7).result());
    }

    private static void pin(Victim victim) {
        FakeClient client = victim.client();
        client.start();
        client.memCreate(4 * 4096).file().close();
        assertEquals(0, client.memBind(1, 0x1_0000).result());
        assertEquals(36, client.tidUpdate(new TidInfo(4, 0x1_0000, 4096, 8192)).result());
        assertEquals(0, client.memFree(1).result());
    }

    private static void poll(Victim victim) {
        victim.client().start();
        assertEquals(0, victim.client().poll().result());
    }

    private static void leaveRequest(Victim victim) {
        victim.client().start();
        victim.client().sendCommand(Command.CTXT_INFO, 0);
    }

    private static void launchBadly(Victim victim) {
        FakeSender memory = victim.memory();
        memory.launch(memory.write(LID, victim.peer(), 0), Pbc.of(3));
        victim.test().daemon().doWork();
        assertEquals(UserEvent.DISARM_BUFS, memory.eventWord());
    }

    @Test
    void shouldFreeAllPioBuffersOfAClosedContext() {
        start();
        FakeClient client = started();
        BaseInfo info = client.start();
        FakeSender memory = new FakeSender(client, model(), info);
        client.admin(ControlRecord.ADMIN_HOLD_SENDS, 0, 0);
        for (int i = 0; i < info.piocnt(); i++) {
            memory.send(LID, info.context());
        }
        for (int i = 0; i < 100; i++) {
            daemon().doWork();
        }
        client.close();
        for (int i = 0; i < info.piocnt(); i++) {
            assertEquals(0, memory.availBits(i) & 2, "buffer " + i);
        }
        memory.close();
    }

    @Test
    @Fidelity({57, 58})
    void shouldShowANewOwnerFreshMemory() {
        start();
        FakeClient sender = started();
        FakeClient first = started();
        BaseInfo senderInfo = sender.start();
        BaseInfo firstInfo = first.start();
        FakeSender memory = new FakeSender(sender, model(), senderInfo);
        FakeSender old = new FakeSender(first, model(), firstInfo);
        memory.send(LID, firstInfo.context());
        daemon().doWork();
        byte[] before = old.headerQueue().toArray(ValueLayout.JAVA_BYTE);
        first.close();
        memory.send(LID, firstInfo.context());
        daemon().doWork();
        assertEquals(
                1,
                daemon().units().getFirst().chip().counter(ChipCounter.RX_PKT_DROPPED)
                        + daemon().units().getFirst().chip().counter(ChipCounter.RX_QP_BAD_CTXT));
        FakeClient second = started();
        BaseInfo secondInfo = second.start();
        assertEquals(firstInfo.context(), secondInfo.context());
        try (FakeSender fresh = new FakeSender(second, model(), secondInfo)) {
            assertArrayEquals(
                    new byte[before.length], fresh.headerQueue().toArray(ValueLayout.JAVA_BYTE));
            memory.send(LID, secondInfo.context());
            daemon().doWork();
            assertEquals(32, UserRegisters.RCVHDRTAIL.get(fresh.registers()));
        }
        assertArrayEquals(
                before,
                old.headerQueue().toArray(ValueLayout.JAVA_BYTE),
                "the old owner's mapping is dead");
        memory.close();
        old.close();
        sender.close();
        second.close();
    }

    @Test
    void shouldCloseEverybodyWhenTheDaemonStops() {
        start();
        FakeClient client = client();
        client.start();
        Path directory = daemon().directory().path();
        daemon().close();
        assertEquals(-1, client.tryReceive().kind());
        assertTrue(!Files.exists(directory));
        start();
    }
}
