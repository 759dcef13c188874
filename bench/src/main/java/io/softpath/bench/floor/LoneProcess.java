package io.softpath.bench.floor;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.softpath.bench.process.Copies;
import io.softpath.bench.process.Findings;
import io.softpath.bench.process.Pattern;
import io.softpath.bench.process.Timed;

import org.HdrHistogram.Histogram;

import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** What one thread can do, whoever else is there: {@code LoneProcess MEASURED_MS}. */
final class LoneProcess {
    /** System calls in one batch. */
    static final int BATCH_CALLS = 1_000;

    private static final int PAGE_BYTES = 4096;
    private static final MethodHandle GETPPID = getppid();

    private LoneProcess() {}

    public static void main(String[] arguments) throws Throwable {
        long measuredNs = Long.parseLong(arguments[0]) * 1_000_000;
        calls(measuredNs);
        Findings.print(System.out, FloorBench.SYSCALL, calls(measuredNs));
        copies(measuredNs / 4, System.out);
    }

    /** The C library asks the kernel each time, and the kernel has it at hand. */
    @SuppressWarnings("restricted")
    private static MethodHandle getppid() {
        Linker linker = Linker.nativeLinker();
        MemorySegment address = linker.defaultLookup().findOrThrow("getppid");
        return linker.downcallHandle(address, FunctionDescriptor.of(JAVA_INT));
    }

    private static Histogram calls(long measuredNs) throws Throwable {
        long parent = ProcessHandle.current().parent().orElseThrow().pid();
        Histogram histogram = Findings.newHistogram();
        long end = System.nanoTime() + measuredNs;
        long begin;
        do {
            begin = System.nanoTime();
            int found = 0;
            for (int i = 0; i < BATCH_CALLS; i++) {
                found = (int) GETPPID.invokeExact();
            }
            Findings.record(histogram, System.nanoTime() - begin);
            if (found != parent) {
                throw new IllegalStateException("getppid=" + found + " parent=" + parent);
            }
        } while (begin - end < 0);
        return histogram;
    }

    private static void copies(long measuredNs, PrintStream out) {
        try (Arena arena = Arena.ofConfined()) {
            int most = FloorBench.COPY_BYTES.getLast();
            MemorySegment from = arena.allocate(most, PAGE_BYTES);
            MemorySegment to = arena.allocate(most, PAGE_BYTES);
            Pattern.fill(from);
            for (int bytes : FloorBench.COPY_BYTES) {
                Timed copies = Copies.run(from, to, bytes, measuredNs);
                Findings.print(out, FloorBench.memcpy(bytes), copies.bandwidth(bytes));
                Findings.print(out, FloorBench.count(bytes), (double) copies.count());
            }
        }
    }
}
