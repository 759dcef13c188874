package io.softpath.bench.jmh;

import io.softpath.abi.model.ChipModel;
import io.softpath.bench.process.InnerDaemon;
import io.softpath.bench.process.TemporaryDirectory;
import io.softpath.driver.Context;
import io.softpath.driver.ContextOptions;
import io.softpath.driver.Device;
import io.softpath.driver.PinnedRegion;
import io.softpath.driver.expected.Expected;

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

import java.util.concurrent.TimeUnit;

/**
 * TIDs for a window of pinned memory and back again, thus TID_UPDATE and TID_FREE: two requests to
 * a daemon, which runs in a thread of this process.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@State(Scope.Thread)
public class TidBenchmark {
    private static final int PAGE_BYTES = 4096;

    /** Of the window. */
    @Param({"1", "32", "256"})
    public int pages;

    private TemporaryDirectory directory;
    private InnerDaemon daemon;
    private Device device;
    private Context context;
    private PinnedRegion memory;
    private Expected expected;

    /** A daemon, a context, pinned memory whose TIDs are not kept. */
    @Setup(Level.Trial)
    @SuppressWarnings("MustBeClosedChecker") // close() closes it
    public void open() {
        directory = TemporaryDirectory.make();
        daemon = InnerDaemon.start(directory.path(), ChipModel.IBA7322);
        device = daemon.open();
        context = device.openContext(ContextOptions.defaults());
        memory = context.pin((long) pages * PAGE_BYTES);
        expected = context.expected();
        expected.caching(false);
    }

    /** The window is granted to nobody. */
    @Benchmark
    public void updateAndFree() {
        expected.open(memory, 0, pages * PAGE_BYTES).close();
    }

    /** Ends the daemon. */
    @TearDown(Level.Trial)
    public void close() {
        memory.close();
        context.close();
        device.close();
        daemon.close();
        directory.close();
    }
}
