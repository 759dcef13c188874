package io.softpath.bench.jmh;

import org.agrona.BufferUtil;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
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

import java.util.concurrent.TimeUnit;

/**
 * A message into one of Agrona's rings and out again, for one writer and for many. One thread does
 * both, so no cache line moves: what is left is what a message costs those who pass it.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@State(Scope.Thread)
public class RingBenchmark {
    private static final int RING_BYTES = (1 << 16) + RingBufferDescriptor.TRAILER_LENGTH;
    private static final int CACHE_LINE = 64;
    private static final int TYPE = 1;

    /** Of a message. */
    @Param({"8", "64"})
    public int bytes;

    private long sum;
    private final UnsafeBuffer message = buffer(CACHE_LINE);
    private final RingBuffer one = new OneToOneRingBuffer(buffer(RING_BYTES));
    private final RingBuffer many = new ManyToOneRingBuffer(buffer(RING_BYTES));
    private final MessageHandler handler = (type, buffer, at, length) -> sum += buffer.getLong(at);

    private static UnsafeBuffer buffer(int size) {
        return new UnsafeBuffer(BufferUtil.allocateDirectAligned(size, CACHE_LINE));
    }

    /** Something that can be added up. */
    @Setup(Level.Trial)
    public void fill() {
        message.putLong(0, 1);
    }

    /** A ring for one writer. */
    @Benchmark
    public long oneToOne() {
        return pass(one);
    }

    /** A ring for many writers, of which there is one. */
    @Benchmark
    public long manyToOne() {
        return pass(many);
    }

    private long pass(RingBuffer ring) {
        boolean written = ring.write(TYPE, message, 0, bytes);
        int read = ring.read(handler, 1);
        if (read == 0) {
            read = ring.read(handler, 1); // it lies behind what fills the end of the ring
        }
        if (!written || read != 1) {
            throw new IllegalStateException("a message was lost: size=" + ring.size());
        }
        return sum;
    }
}
