package io.softpath.bench.jmh;

import io.softpath.abi.register.Access;
import io.softpath.abi.register.Register;

import org.agrona.concurrent.UnsafeBuffer;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;

/**
 * What safety costs: the same accesses through a memory segment, as the driver makes them, and
 * through Agrona's UnsafeBuffer. A segment refuses bad accesses with an exception where
 * UnsafeBuffer crashes the JVM; this benchmark says what is paid for that and would show it if a
 * new JDK changed the price.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@State(Scope.Thread)
public class MemoryAccessBenchmark {
    private static final int PAGE_BYTES = 4096;
    private static final int OFFSET = 64;
    private static final Register QWORD =
            new Register("qword", OFFSET, Access.READ_WRITE, "measured");

    /** How much is copied: a header, or the payload of the largest packet. */
    @State(Scope.Thread)
    public static class Copy {
        @Param({"56", "2048"})
        int bytes;
    }

    private Arena arena;
    private MemorySegment segment;
    private MemorySegment target;
    private UnsafeBuffer buffer;
    private UnsafeBuffer targetBuffer;
    private long value;

    /** Both views lie over the same memory, outside the heap, in a shared arena as mappings are. */
    @Setup(Level.Trial)
    @SuppressWarnings("MustBeClosedChecker") // unmap() closes it
    public void map() {
        arena = Arena.ofShared();
        segment = arena.allocate(PAGE_BYTES, PAGE_BYTES);
        target = arena.allocate(PAGE_BYTES, PAGE_BYTES);
        buffer = new UnsafeBuffer(segment.address(), PAGE_BYTES);
        targetBuffer = new UnsafeBuffer(target.address(), PAGE_BYTES);
    }

    /** Unmaps. */
    @TearDown(Level.Trial)
    public void unmap() {
        arena.close();
    }

    /** Release store and acquire load of one qword, as registers are accessed. */
    @Benchmark
    public long segmentReleaseAcquire() {
        QWORD.put(segment, ++value);
        return QWORD.get(segment);
    }

    /** The same through UnsafeBuffer. */
    @Benchmark
    public long unsafeReleaseAcquire() {
        buffer.putLongRelease(OFFSET, ++value);
        return buffer.getLongAcquire(OFFSET);
    }

    /** Copy of a header (56 bytes) or of a whole packet's payload. */
    @Benchmark
    public void segmentCopy(Copy copy) {
        MemorySegment.copy(segment, 0, target, 0, copy.bytes);
    }

    /** The same through UnsafeBuffer. */
    @Benchmark
    public void unsafeCopy(Copy copy) {
        targetBuffer.putBytes(0, buffer, 0, copy.bytes);
    }
}
