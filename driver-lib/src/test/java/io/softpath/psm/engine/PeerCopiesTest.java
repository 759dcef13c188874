package io.softpath.psm.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.softpath.abi.model.ChipModel;
import io.softpath.abi.psm.EndpointId;
import io.softpath.psm.sim.SimHost;
import io.softpath.psm.sim.SimNode;
import io.softpath.psm.sim.SimWorld;
import io.softpath.psm.sim.Trouble;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Memory of a peer is mapped as long as it is of use, and no longer. */
final class PeerCopiesTest {
    private static final int STEP_BYTES = 2 << 20;
    private static final int BYTES = 2 * STEP_BYTES;

    private final MemorySegment theirs = MemorySegment.ofArray(new byte[BYTES]);
    private final List<SendOp> ops = new ArrayList<>();
    private SimHost host;
    private PeerCopies copies;

    /** One that has matched, for copies to go to. */
    private Request receive;

    @BeforeEach
    void pinThreePieces() {
        SimWorld world = new SimWorld(1, Trouble.NONE);
        world.add();
        SimNode receiver = world.add();
        world.connectAll();
        host = world.host();
        EndpointId own = EndpointId.of(1, 1, 0, 0, ChipModel.Family.QLE72XX);
        EndpointId peer = EndpointId.of(1, 2, 0, 0, ChipModel.Family.QLE72XX);
        SimHost.Port port = host.port(own);
        SimHost.Port there = host.port(peer);
        for (int i = 0; i < 70; i++) {
            MemorySegment piece = i == 0 ? theirs : MemorySegment.ofArray(new byte[8]);
            there.pin(piece);
            there.grant(own, i);
        }
        EngineSettings settings = EngineSettings.defaults(SimWorld.JOB, "sim", 1, SimWorld.MTU);
        Requests requests = new Requests(100, new Alarm(0), new Thrown());
        Matching matching = new Matching(settings, new EngineCounters(), requests);
        copies = new PeerCopies(peer, port, matching);
        receive = requests.take(0, MemorySegment.ofArray(new byte[BYTES]), 0, BYTES, null, null);
        requests.runs(SimWorld.peer(receiver, world.nodes().getFirst()), receive);
        receive.messageLength = BYTES;
        receive.wanted = BYTES;
    }

    private void begin() {
        SendOp op = new SendOp();
        op.request = receive;
        op.buffer = copies.find(source(0), BYTES);
        op.length = BYTES;
        copies.add(op, source(0));
        ops.add(op);
    }

    private static long source(int handle) {
        return RingRecord.source(handle, 0);
    }

    @Test
    void shouldGiveBackWhatThePeerHasClosedWhenItIsCopied() {
        begin();
        assertEquals(1, host.mapped());
        assertNull(copies.step(), "half of it");
        copies.forget(0);
        assertEquals(1, host.mapped(), "it is being read");
        assertNull(copies.find(source(0), 8), "and nothing new is");
        assertSame(ops.getFirst(), copies.step());
        assertEquals(0, host.mapped());
        assertNotNull(copies.find(source(0), 8), "what has that handle now");
    }

    @Test
    void shouldKeepNoMoreThanABoundAndWhatItCopies() {
        begin();
        for (int handle = 1; handle < 64; handle++) {
            assertNotNull(copies.find(source(handle), 8));
        }
        assertEquals(64, host.mapped());
        assertNotNull(copies.find(source(64), 8));
        assertEquals(2, host.mapped(), "the one that is read, and the new one");
        copies.step();
        assertSame(ops.getFirst(), copies.step());
        copies.forget(0);
        copies.forget(64);
        assertEquals(0, host.mapped());
    }
}
