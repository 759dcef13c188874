package io.softpath.bench.jmh;

import io.softpath.abi.model.ChipModel;
import io.softpath.abi.psm.EndpointId;
import io.softpath.psm.engine.EngineSettings;
import io.softpath.psm.engine.MessageEngine;
import io.softpath.psm.engine.Peer;
import io.softpath.psm.engine.Request;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * How a message finds its receive among many that are posted: 8 bytes to oneself, which go through
 * no packet, and the receive posted again. A few are looked at one by one, many are found by tag.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@State(Scope.Thread)
public class MatchBenchmark {
    private static final EndpointId OWN = EndpointId.of(1, 1, 0, 0, ChipModel.Family.QLE72XX);
    private static final EngineSettings SETTINGS =
            EngineSettings.of(new UUID(1, 2), "jmh", 3).build();
    private static final int BYTES = 8;
    private static final long ALL_BITS = -1;

    /** The tag of a message that none of the receives takes. */
    private static final long OTHER = -1;

    /** Receives that wait, each for a tag of its own. */
    @Param({"1", "10", "100", "1000", "10000"})
    public int posted;

    private final MemorySegment from = Arena.ofAuto().allocate(BYTES, BYTES);
    private final MemorySegment to = Arena.ofAuto().allocate(BYTES, BYTES);
    private MessageEngine engine;
    private Peer self;
    private Request[] receives;
    private int first;

    /** An engine that knows only itself. */
    @Setup(Level.Trial)
    public void post() {
        engine = new MessageEngine(OWN, SETTINGS, new PortToNobody(), 0);
        self = engine.connections().connect(OWN, 0);
        receives = new Request[posted];
        for (int tag = 0; tag < posted; tag++) {
            receives[tag] = receive(tag);
        }
    }

    /** For the receive that was posted first, thus is found at once. */
    @Benchmark
    public void first() {
        int tag = first;
        first = first + 1 == posted ? 0 : first + 1;
        passTo(tag);
    }

    /** For the receive that was posted last: behind all others. */
    @Benchmark
    public void last() {
        passTo(posted - 1);
    }

    /** For none of them; a receive that is posted when it has come takes it. */
    @Benchmark
    public void none() {
        Request send = send(OTHER);
        finish(receive(OTHER), send);
    }

    private void passTo(int tag) {
        finish(receives[tag], send(tag));
        receives[tag] = receive(tag);
    }

    private Request send(long tag) {
        return engine.send(self, tag, from, 0, BYTES, false, null, null);
    }

    private Request receive(long tag) {
        return engine.receive(tag, ALL_BITS, to, 0, BYTES, null, null);
    }

    private void finish(Request receive, Request send) {
        if (!receive.isComplete() || !send.isComplete()) {
            throw new IllegalStateException("not complete: tag=" + receive.tag());
        }
        engine.release(receive);
        engine.release(send);
    }
}
