package io.softpath.bench.chip;

import io.softpath.bench.process.BenchFailure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the kernel says that a process has used. Source: Linux, Documentation/filesystems/proc.rst.
 */
final class ProcessUsage {
    private static final Path PROC = Path.of("/proc");
    private static final long KIBIBYTE = 1024;

    private ProcessUsage() {}

    /** CPU time of all threads that live, from schedstat: in ns, where stat counts in 10 ms. */
    static long cpuNs(long pid) {
        return cpuNs(PROC.resolve(String.valueOf(pid)));
    }

    static long cpuNs(Path process) {
        try (Stream<Path> threads = Files.list(process.resolve("task"))) {
            long sum = 0;
            for (Path thread : threads.toList()) {
                sum += onCpuNs(thread);
            }
            return sum;
        } catch (IOException e) {
            throw new BenchFailure("cannot read the CPU time of " + process + ": " + e, e);
        }
    }

    private static long onCpuNs(Path thread) {
        try {
            return Long.parseLong(Files.readString(thread.resolve("schedstat")).split(" ", 2)[0]);
        } catch (IOException _) {
            return 0; // the thread has ended since it was listed
        }
    }

    /** Memory of the process that is in RAM now, shared memory included. */
    static long residentBytes(long pid) {
        return statusBytes(PROC.resolve(String.valueOf(pid)), "VmRSS");
    }

    /**
     * The part of {@link #residentBytes} that is shared memory: regions of contexts, touched by the
     * daemon.
     */
    static long residentSharedBytes(long pid) {
        return statusBytes(PROC.resolve(String.valueOf(pid)), "RssShmem");
    }

    static long statusBytes(Path process, String key) {
        List<String> lines;
        try {
            lines = Files.readAllLines(process.resolve("status"));
        } catch (IOException e) {
            throw new BenchFailure("cannot read the memory of " + process + ": " + e, e);
        }
        for (String line : lines) {
            if (line.startsWith(key + ":")) {
                String kibibytes = line.substring(key.length() + 1).replace("kB", "").strip();
                return Long.parseLong(kibibytes) * KIBIBYTE;
            }
        }
        throw new BenchFailure("the kernel does not say " + key + ": process=" + process);
    }
}
