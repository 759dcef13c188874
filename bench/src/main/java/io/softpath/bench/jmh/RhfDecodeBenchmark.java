package io.softpath.bench.jmh;

import io.softpath.abi.packet.Rhf;

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

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * Decoding what a receiver needs of an RHF: type, length, eager buffer, errors, next sequence
 * number.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@State(Scope.Thread)
public class RhfDecodeBenchmark {
    private static final int WORDS = 1024;
    private static final long SEED = 0x5eedL;

    private final long[] words = new long[WORDS];
    private int next;

    /** Fills a table with entries as a busy queue has them, so that no branch is always taken. */
    @Setup(Level.Trial)
    public void fill() {
        SplittableRandom random = new SplittableRandom(SEED);
        int seq = Rhf.SEQ_FIRST;
        for (int i = 0; i < WORDS; i++) {
            boolean eager = random.nextInt(4) == 0;
            long errors = random.nextInt(100) == 0 ? Rhf.TIDERR : 0;
            words[i] =
                    Rhf.of(
                            eager ? 16 + random.nextInt(512) : 15,
                            Rhf.TYPE_EAGER,
                            eager ? random.nextInt(1024) : 0,
                            eager,
                            seq,
                            16,
                            errors);
            seq = Rhf.nextSeq(seq);
        }
    }

    /** One entry. */
    @Benchmark
    public int decode() {
        long rhf = words[next++ & WORDS - 1];
        int found = Rhf.rcvType(rhf) + Rhf.lengthBytes(rhf) + Rhf.nextSeq(Rhf.seq(rhf));
        if (Rhf.errors(rhf) != 0) {
            return -found;
        }
        return Rhf.usesEgrBuffer(rhf) ? found + Rhf.egrIndex(rhf) : found;
    }
}
