package io.softpath.bench.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.softpath.abi.model.ChipModel;
import io.softpath.abi.psm.EndpointId;
import io.softpath.bench.jmh.PortToNobody;
import io.softpath.psm.engine.EngineSettings;
import io.softpath.psm.engine.MessageEngine;
import io.softpath.psm.engine.Peer;
import io.softpath.psm.engine.Request;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

import java.lang.foreign.MemorySegment;
import java.util.UUID;

/**
 * A progress thread completes a receive; the program, which only looks at the request, sees its
 * bytes if it sees that it is complete.
 */
@JCStressTest
@Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "not complete yet")
@Outcome(id = "0, 7", expect = ACCEPTABLE, desc = "on its way")
@Outcome(id = "1, 7", expect = ACCEPTABLE, desc = "complete, with its bytes")
@Outcome(id = "1, 0", expect = FORBIDDEN, desc = "STALE: complete, without its bytes")
@State
public class RequestStress {
    private static final EndpointId OWN = EndpointId.of(1, 1, 0, 0, ChipModel.Family.QLE72XX);
    private static final EngineSettings SETTINGS =
            EngineSettings.of(new UUID(1, 2), "stress", 3).build();
    private static final MemorySegment OUT = MemorySegment.ofArray(new byte[] {7});

    private final byte[] in = new byte[1];
    private final MessageEngine engine = new MessageEngine(OWN, SETTINGS, new PortToNobody(), 0);
    private final Peer self = engine.connections().connect(OWN, 0);
    private final Request request =
            engine.receive(0, -1, MemorySegment.ofArray(in), 0, 1, null, null);

    @Actor
    public void progressThread() {
        engine.send(self, 0, OUT, 0, 1, false, null, null);
    }

    @Actor
    public void program(II_Result result) {
        result.r1 = request.isComplete() ? 1 : 0;
        result.r2 = in[0];
    }
}
