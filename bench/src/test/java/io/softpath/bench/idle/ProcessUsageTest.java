package io.softpath.bench.idle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.bench.process.BenchFailure;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;

class ProcessUsageTest {
    @Test
    void shouldAddUpTheCpuTimeOfAllThreads(@TempDir Path process) throws Exception {
        Files.createDirectories(process.resolve("task/1"));
        Files.createDirectories(process.resolve("task/2"));
        Files.createDirectories(process.resolve("task/ended"));
        Files.writeString(process.resolve("task/1/schedstat"), "1500 20 3\n");
        Files.writeString(process.resolve("task/2/schedstat"), "700 0 1\n");

        assertEquals(2200, ProcessUsage.cpuNs(process));
    }

    @Test
    void shouldAddUpHowOftenAllThreadsHaveGoneToSleep(@TempDir Path process) throws Exception {
        Files.createDirectories(process.resolve("task/1"));
        Files.createDirectories(process.resolve("task/2"));
        Files.createDirectories(process.resolve("task/ended"));
        String first = "voluntary_ctxt_switches:\t40\nnonvoluntary_ctxt_switches:\t7\n";
        Files.writeString(process.resolve("task/1/status"), first);
        Files.writeString(process.resolve("task/2/status"), "voluntary_ctxt_switches:\t2\n");

        assertEquals(42, ProcessUsage.sleeps(process));
    }

    @Test
    void shouldReadMemoryInBytes(@TempDir Path process) throws Exception {
        Files.writeString(
                process.resolve("status"),
                "Name:\tjava\nVmRSS:\t   90112 kB\nRssShmem:\t    1024 kB\n");

        assertEquals(90112 * 1024, ProcessUsage.statusBytes(process, "VmRSS"));
        assertEquals(1024 * 1024, ProcessUsage.statusBytes(process, "RssShmem"));
    }

    @Test
    void shouldFailWithTheProcessWhenItIsGone(@TempDir Path process) {
        var failure =
                assertThrows(BenchFailure.class, () -> ProcessUsage.cpuNs(process.resolve("none")));
        assertTrue(failure.getMessage().contains(process.toString()), failure.getMessage());
    }

    @Test
    void shouldFindThisProcess() {
        long pid = ProcessHandle.current().pid();

        assertTrue(ProcessUsage.cpuNs(pid) > 0);
        assertTrue(ProcessUsage.sleeps(pid) > 0);
        assertTrue(ProcessUsage.residentBytes(pid) >= ProcessUsage.residentSharedBytes(pid));
    }
}
