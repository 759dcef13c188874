package io.softpath.bench.idle;

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
        return ofThreads(
                process,
                thread ->
                        Long.parseLong(
                                Files.readString(thread.resolve("schedstat")).split(" ", 2)[0]));
    }

    /** How often threads that live have gone to sleep: each was woken as often. */
    static long sleeps(long pid) {
        return sleeps(PROC.resolve(String.valueOf(pid)));
    }

    static long sleeps(Path process) {
        return ofThreads(
                process, thread -> Long.parseLong(status(thread, "voluntary_ctxt_switches")));
    }

    /** Something that the kernel counts for each thread. */
    private interface Count {
        long of(Path thread) throws IOException;
    }

    private static long ofThreads(Path process, Count count) {
        try (Stream<Path> threads = Files.list(process.resolve("task"))) {
            long sum = 0;
            for (Path thread : threads.toList()) {
                sum += ofThread(thread, count);
            }
            return sum;
        } catch (IOException e) {
            throw new BenchFailure("cannot read the threads of " + process + ": " + e, e);
        }
    }

    private static long ofThread(Path thread, Count count) {
        try {
            return count.of(thread);
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
        try {
            return Long.parseLong(status(process, key).replace("kB", "").strip()) * KIBIBYTE;
        } catch (IOException e) {
            throw new BenchFailure("cannot read the memory of " + process + ": " + e, e);
        }
    }

    /** What the status of a process or thread says of something. */
    private static String status(Path task, String key) throws IOException {
        List<String> lines = Files.readAllLines(task.resolve("status"));
        return lines.stream()
                .filter(line -> line.startsWith(key + ":"))
                .findFirst()
                .map(line -> line.substring(key.length() + 1).strip())
                .orElseThrow(
                        () -> new BenchFailure("the kernel does not say " + key + ": " + task));
    }
}
