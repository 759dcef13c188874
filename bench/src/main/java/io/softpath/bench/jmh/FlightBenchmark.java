package io.softpath.bench.jmh;

import io.softpath.flight.FlightKind;
import io.softpath.flight.FlightOptions;
import io.softpath.flight.FlightRecorder;
import io.softpath.flight.JournalOptions;
import io.softpath.linux.DirectoryTree;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * What an event costs the thread that records it: the clock, and 72 bytes into a ring. Bursts that
 * fit the ring, with time in between for the recorder's thread to write them.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@State(Scope.Thread)
public class FlightBenchmark {
    private static final int BURST = 1000;

    private Path directory;
    private FlightRecorder recorder;

    /** Begins a journal. */
    @Setup(Level.Trial)
    public void open() throws IOException {
        directory = Files.createTempDirectory("softpath-flight-");
        recorder =
                FlightRecorder.start(
                        new FlightOptions(directory, JournalOptions.DEFAULT, false, 0),
                        "bench",
                        System.err::println);
    }

    /** Waits until the ring is empty. */
    @Setup(Level.Invocation)
    public void settle() {
        while (recorder.pendingBytes() != 0 && recorder.isRecording()) {
            Thread.onSpinWait();
        }
    }

    /** A burst of events. */
    @Benchmark
    @OperationsPerInvocation(BURST)
    public long record() {
        for (int i = 0; i < BURST; i++) {
            recorder.record(FlightKind.APP_NOTE, 0, 1, 2, i, 0, 0, 0, 0, 0);
        }
        return recorder.dropped();
    }

    /** Ends it, and insists that nothing was dropped. */
    @TearDown(Level.Trial)
    public void close() throws IOException {
        recorder.close();
        long dropped = recorder.dropped();
        boolean recording = recorder.isRecording();
        DirectoryTree.remove(directory);
        if (dropped != 0 || recording) {
            throw new IllegalStateException("dropped=" + dropped + " recording=" + recording);
        }
    }
}
