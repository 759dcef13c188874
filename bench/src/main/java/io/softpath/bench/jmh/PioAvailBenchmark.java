package io.softpath.bench.jmh;

import io.softpath.abi.packet.PioAvail;

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
import org.openjdk.jmh.annotations.Warmup;

import java.util.concurrent.TimeUnit;

/**
 * The sender's shadow of the PIO availability registers: taking the next free buffer, and believing
 * the chip's copy.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@State(Scope.Thread)
public class PioAvailBenchmark {
    private long shadow;
    private long chip;
    private int next;

    /** All buffers are free. */
    @Setup(Level.Iteration)
    public void free() {
        shadow = 0;
        chip = 0;
        next = 0;
    }

    /**
     * Takes the next free buffer; once in 32 times none is left and the chip's copy, where all are
     * free, is merged.
     */
    @Benchmark
    public int take() {
        if (next == PioAvail.BUFFERS_PER_QWORD) {
            chip = shadow & PioAvail.CHECK_MASK;
            shadow = PioAvail.refresh(shadow, chip);
            next = 0;
        }
        while (PioAvail.busy(shadow, next)) {
            next++;
        }
        shadow = PioAvail.take(shadow, next);
        return next++;
    }

    /** Merges a copy in which every second buffer's generation agrees. */
    @Benchmark
    public long refresh() {
        chip = ~chip;
        return PioAvail.refresh(shadow, chip);
    }
}
