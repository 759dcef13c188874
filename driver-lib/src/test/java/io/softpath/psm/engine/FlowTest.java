package io.softpath.psm.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.Fidelity;
import io.softpath.abi.psm.PsmError;
import io.softpath.abi.psm.SubOpcode;
import io.softpath.psm.sim.SimNode;
import io.softpath.psm.sim.SimWorld;
import io.softpath.psm.sim.Trouble;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

final class FlowTest {
    private static final long MS = 1_000_000;

    private final SimWorld world = new SimWorld(3, Trouble.NONE);
    private final SimNode from = world.add();
    private final SimNode to = world.add();

    private Peer connected() {
        world.connectAll();
        return SimWorld.peer(from, to);
    }

    private Request send(Peer peer, int bytes) {
        return from.engine()
                .send(peer, 1, MemorySegment.ofArray(new byte[bytes]), 0, bytes, false, null, null);
    }

    @Test
    @Fidelity(70)
    void shouldHaveNoMoreThan64PacketsUnacknowledged() {
        Peer peer = connected();
        int[] sent = {0};
        world.links()
                .filter((lid, opcode) -> {
                    sent[0] += opcode == SubOpcode.MQ_HDR ? 1 : 0;
                    return false;
                });
        for (int i = 0; i < 200; i++) {
            send(peer, 1);
        }
        world.step();
        assertEquals(64, sent[0]);
        assertEquals(64, peer.flow.unacknowledged());
        world.links().filter(null);
        world.await("all arrived", peer.flow::isIdle);
        assertEquals(200, to.engine().unexpectedCount());
    }

    @Test
    @Fidelity(71)
    void shouldAskForALostLastPacketAfter8Then16Then32Milliseconds() {
        Peer peer = connected();
        List<Long> asked = new ArrayList<>();
        int[] data = {0};
        world.links()
                .filter((lid, opcode) -> {
                    if (opcode == SubOpcode.ERR_CHK) {
                        asked.add(world.nowNs());
                    }
                    data[0] += opcode == SubOpcode.MQ_HDR ? 1 : 0;
                    return false;
                });
        long start = world.nowNs();
        send(peer, 1);
        world.await("five questions", () -> asked.size() == 5);
        long[] expected = {8, 16, 32, 32, 32};
        long before = start;
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], (asked.get(i) - before + MS / 2) / MS, "question " + i);
            before = asked.get(i);
        }
        assertEquals(1, data[0], "no timer sends data again");
        world.links().filter(null);
        world.await("arrived", peer.flow::isIdle);
        assertEquals(1, to.engine().unexpectedCount());
    }

    @Test
    @Fidelity(69)
    void shouldGoBackOnceForAPacketThatIsMissing() {
        Peer peer = connected();
        int[] seen = {0};
        int[] naks = {0};
        world.links()
                .filter((lid, opcode) -> {
                    naks[0] += opcode == SubOpcode.NAK ? 1 : 0;
                    return opcode != SubOpcode.MQ_HDR || ++seen[0] != 3;
                });
        for (int i = 0; i < 10; i++) {
            send(peer, 8);
        }
        world.await("all arrived", peer.flow::isIdle);
        assertEquals(10, to.engine().unexpectedCount());
        assertEquals(1, naks[0], "one NAK until one arrives in order");
        assertEquals(10 + 8, seen[0], "everything from the third on again");
    }

    @Test
    void shouldSurviveTheEndOfThePacketNumbers() {
        Peer peer = connected();
        for (int i = 0; i < 70_000; i++) {
            Request request = send(peer, 0);
            from.engine().release(request);
            if (i % 50 == 0) {
                world.await("arrived", peer.flow::isIdle);
                Request r = to.engine().receive(0, 0, MemorySegment.NULL, 0, 0, null, null);
                while (r.isComplete()) {
                    to.engine().progress(world.nowNs());
                    to.engine().release(r);
                    r = to.engine().receive(0, 0, MemorySegment.NULL, 0, 0, null, null);
                }
                to.engine().cancel(r);
            }
        }
        assertEquals(0, to.engine().counters().outOfOrder());
    }

    @Test
    void shouldNotAcceptMoreThanThereIsRoomForAndGoOnWhenThereIs() {
        world.clear();
        SimNode sender = world.add();
        SimNode small =
                world.add(
                        EngineSettings.of(SimWorld.JOB, "sim", 9)
                                .maxRequests(100)
                                .maxUnexpectedBytes(64_000)
                                .build());
        world.connectAll();
        Peer peer = SimWorld.peer(sender, small);
        for (int i = 0; i < 5; i++) {
            sender.engine()
                    .send(
                            peer,
                            i,
                            MemorySegment.ofArray(new byte[30_000]),
                            0,
                            30_000,
                            false,
                            null,
                            null);
        }
        long end = world.nowNs() + 200 * MS;
        world.await("nothing moves", () -> world.nowNs() - end > 0);
        assertEquals(2, small.engine().unexpectedCount());
        for (int i = 0; i < 5; i++) {
            Request r =
                    small.engine()
                            .receive(
                                    i,
                                    -1,
                                    MemorySegment.ofArray(new byte[30_000]),
                                    0,
                                    30_000,
                                    null,
                                    null);
            world.await("message " + i, r::isComplete);
            assertEquals(PsmError.OK, r.error());
        }
    }

    @Test
    void shouldHandMessagesToItself() {
        Peer self = from.engine().connections().connect(from.id(), world.nowNs());
        assertTrue(self.isConnected());
        for (int bytes : new int[] {0, 8, 3_000, 100_000}) {
            for (boolean late : new boolean[] {false, true}) {
                byte[] in = new byte[bytes];
                byte[] out = new byte[bytes];
                Arrays.fill(out, (byte) 7);
                Request receive = late ? null : receive(in);
                Request send =
                        from.engine()
                                .send(
                                        self,
                                        1,
                                        MemorySegment.ofArray(out),
                                        0,
                                        bytes,
                                        late,
                                        null,
                                        null);
                assertEquals(!late, send.isComplete(), "a synchronous one waits");
                receive = late ? receive(in) : receive;
                assertTrue(send.isComplete());
                assertTrue(receive.isComplete());
                assertEquals(bytes, receive.messageLength());
                assertArrayEquals(out, in);
                from.engine().progress(world.nowNs());
                from.engine().release(send);
                from.engine().release(receive);
            }
        }
        assertEquals(0, from.engine().requestsInUse());
        assertEquals(0, from.engine().unexpectedBytes());
        assertEquals(0, from.engine().counters().packetsSent());
    }

    private Request receive(byte[] in) {
        return from.engine().receive(1, -1, MemorySegment.ofArray(in), 0, in.length, null, null);
    }

    @Test
    void shouldEndRequestsOfADeadPeerAndWaitForAPausedOne() {
        Peer peer = connected();
        Request waits = send(peer, 100_000);
        to.pause(true);
        long end = world.nowNs() + 5_000 * MS;
        world.await("five seconds", () -> world.nowNs() - end > 0);
        assertFalse(waits.isComplete(), "paused is not dead");
        to.pause(false);
        to.kill();
        long died = world.nowNs();
        world.await("told", waits::isComplete);
        assertEquals(PsmError.EPID_NETWORK_ERROR, waits.error());
        assertTrue(world.nowNs() - died < 500 * MS, "within half a second");
        assertEquals(PsmError.EPID_NETWORK_ERROR, peer.failure());
    }
}
