package io.softpath.bench.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * What the kernel says that a process has used. Source: Linux, Documentation/filesystems/proc.rst.
 */
public final class ProcessUsage {
    private static final Path PROC = Path.of("/proc");
    private static final String WAITS = "voluntary_ctxt_switches";
    private static final long KIBIBYTE = 1024;

    /** What a JVM's threads are called that compile, collect and look after it. */
    private static final List<String> OF_THE_JVM =
            List.of("C1 ", "C2 ", "GC ", "G1 ", "VM ", "Monitor Deflati", "Service Thread");

    private ProcessUsage() {}

    /** CPU time of all threads that live, from schedstat: in ns, where stat counts in 10 ms. */
    public static long cpuNs(long pid) {
        return cpuNs(PROC.resolve(String.valueOf(pid)));
    }

    static long cpuNs(Path process) {
        return ofThreads(process, ProcessUsage::onCpuNs);
    }

    /**
     * How often threads that live have given up their CPU in order to wait: each time somebody or
     * some timer had to wake them.
     */
    public static long waits(long pid) {
        return waits(PROC.resolve(String.valueOf(pid)));
    }

    static long waits(Path process) {
        return ofThreads(process, ProcessUsage::waitsOfThread);
    }

    /** {@link #cpuNs} without what a JVM needs for itself: its compilers and collectors. */
    public static long programCpuNs(long pid) {
        return programCpuNs(PROC.resolve(String.valueOf(pid)));
    }

    static long programCpuNs(Path process) {
        return ofThreads(process, thread -> isOfJvm(thread) ? 0 : onCpuNs(thread));
    }

    /** {@link #waits} of the same threads. */
    public static long programWaits(long pid) {
        return programWaits(PROC.resolve(String.valueOf(pid)));
    }

    static long programWaits(Path process) {
        return ofThreads(process, thread -> isOfJvm(thread) ? 0 : waitsOfThread(thread));
    }

    private static boolean isOfJvm(Path thread) {
        try {
            String name = Files.readString(thread.resolve("comm"));
            return OF_THE_JVM.stream().anyMatch(name::startsWith);
        } catch (IOException _) {
            return true; // it has ended since it was listed
        }
    }

    private static long ofThreads(Path process, ToLongFunction<Path> used) {
        try (Stream<Path> threads = Files.list(process.resolve("task"))) {
            return threads.mapToLong(used).sum();
        } catch (IOException | UncheckedIOException e) {
            throw new BenchFailure("cannot read what " + process + " has used: " + e, e);
        }
    }

    private static long onCpuNs(Path thread) {
        try {
            return Long.parseLong(Files.readString(thread.resolve("schedstat")).split(" ", 2)[0]);
        } catch (IOException _) {
            return 0; // the thread has ended since it was listed
        }
    }

    private static long waitsOfThread(Path thread) {
        try {
            return number(Files.readAllLines(thread.resolve("status")), WAITS);
        } catch (IOException _) {
            return 0; // as above
        }
    }

    /** Memory of the process that is in RAM now, shared memory included. */
    public static long residentBytes(long pid) {
        return statusBytes(PROC.resolve(String.valueOf(pid)), "VmRSS");
    }

    /**
     * The part of {@link #residentBytes} that is shared memory: regions of contexts, touched by the
     * daemon.
     */
    public static long residentSharedBytes(long pid) {
        return statusBytes(PROC.resolve(String.valueOf(pid)), "RssShmem");
    }

    /** Memory of the process in RAM; of what others map too, its share. */
    public static long shareBytes(long pid) {
        return kibibytes(PROC.resolve(String.valueOf(pid)), "smaps_rollup", "Pss");
    }

    /** The part of {@link #shareBytes} that is memory files: regions of contexts, rings. */
    public static long shareOfFilesBytes(long pid) {
        return kibibytes(PROC.resolve(String.valueOf(pid)), "smaps_rollup", "Pss_Shmem");
    }

    static long statusBytes(Path process, String key) {
        return kibibytes(process, "status", key);
    }

    private static long kibibytes(Path process, String file, String key) {
        try {
            return number(Files.readAllLines(process.resolve(file)), key) * KIBIBYTE;
        } catch (IOException e) {
            throw new BenchFailure("cannot read the memory of " + process + ": " + e, e);
        }
    }

    private static long number(List<String> lines, String key) {
        for (String line : lines) {
            if (line.startsWith(key + ":")) {
                return Long.parseLong(line.substring(key.length() + 1).replace("kB", "").strip());
            }
        }
        throw new BenchFailure("the kernel does not say " + key + " among " + lines);
    }
}
