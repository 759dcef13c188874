package io.softpath.bench.jmh;

import io.softpath.abi.packet.Pbc;
import io.softpath.fault.FaultPoint;
import io.softpath.fault.Faults;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.TimeUnit;

/**
 * What fault points cost where a packet is written into a PIO buffer: the same stores without
 * points, with the four that {@code PioSender} has there and no plan, with points on and nobody who
 * listens, and with a plan whose time never comes.
 *
 * <p>It is the smallest thing that has points, one line of a few stores, so that whatever they cost
 * is seen.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(5)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@State(Scope.Thread)
public class FaultPointBenchmark {
    private static final int BUFFER_BYTES = 4096;
    private static final int BUFFERS = 32;
    private static final int HEADER_QWORDS = 7;

    private Arena arena;
    private MemorySegment buffers;
    private int next;
    private int tag;

    /** Maps the buffers. */
    @Setup(Level.Trial)
    @SuppressWarnings("MustBeClosedChecker") // unmap() closes it
    public void map() {
        arena = Arena.ofShared();
        buffers = arena.allocate((long) BUFFERS * BUFFER_BYTES, BUFFER_BYTES);
    }

    /** Unmaps. */
    @TearDown(Level.Trial)
    public void unmap() {
        arena.close();
    }

    /** The stores alone. */
    @Benchmark
    public void withoutPoints() {
        long buffer = nextBuffer();
        writeHeader(buffer);
        Pbc.put(buffers, buffer, Pbc.withLaunchTag(Pbc.ofPayload(0), tag));
    }

    /** With points, in a process that has no plan: what every user has. */
    @Benchmark
    public void withPointsAndNoPlan() {
        writeWithPoints();
    }

    /** Points are on, and nobody listens: a simulator between two runs. */
    @Benchmark
    @Fork(value = 5, jvmArgsAppend = "-Dsoftpath.faults=on")
    public void withPointsOn() {
        writeWithPoints();
    }

    /** A plan with a rule for one of the four points. */
    @Benchmark
    @Fork(value = 5, jvmArgsAppend = "-Dsoftpath.faults=pio.triggered=kill@900000000000000000")
    public void withPointsAndAPlan() {
        writeWithPoints();
    }

    private void writeWithPoints() {
        long buffer = nextBuffer();
        Faults.at(FaultPoint.PIO_CLAIMED);
        writeHeader(buffer);
        Faults.at(FaultPoint.PIO_HALF_WRITTEN);
        Faults.at(FaultPoint.PIO_BEFORE_TRIGGER);
        Pbc.put(buffers, buffer, Pbc.withLaunchTag(Pbc.ofPayload(0), tag));
        Faults.at(FaultPoint.PIO_TRIGGERED);
    }

    private long nextBuffer() {
        next = next + 1 & BUFFERS - 1;
        tag = Pbc.nextLaunchTag(tag);
        return (long) next * BUFFER_BYTES;
    }

    private void writeHeader(long buffer) {
        for (int i = 1; i <= HEADER_QWORDS; i++) {
            buffers.set(ValueLayout.JAVA_LONG, buffer + (long) i * Long.BYTES, tag + i);
        }
    }
}
