package io.softpath.bench.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
    void shouldAddUpHowOftenThreadsHaveWaited(@TempDir Path process) throws Exception {
        Files.createDirectories(process.resolve("task/1"));
        Files.createDirectories(process.resolve("task/2"));
        Files.createDirectories(process.resolve("task/ended"));
        Files.writeString(
                process.resolve("task/1/status"),
                "voluntary_ctxt_switches:\t7\nnonvoluntary_ctxt_switches:\t100\n");
        Files.writeString(process.resolve("task/2/status"), "voluntary_ctxt_switches:\t35\n");

        assertEquals(42, ProcessUsage.waits(process));
    }

    @Test
    void shouldLeaveOutWhatTheJvmNeedsForItself(@TempDir Path process) throws Exception {
        thread(process, "java", 1000, 1);
        thread(process, "psm-progress-0", 200, 10);
        thread(process, "C2 CompilerThre", 30_000, 100);
        thread(process, "VM Periodic Tas", 40_000, 1000);
        Files.createDirectories(process.resolve("task/ended"));

        assertEquals(1200, ProcessUsage.programCpuNs(process));
        assertEquals(11, ProcessUsage.programWaits(process));
    }

    private static void thread(Path process, String name, int ns, int waits) throws Exception {
        Path thread = Files.createDirectories(process.resolve("task").resolve(name));
        Files.writeString(thread.resolve("comm"), name + "\n");
        Files.writeString(thread.resolve("schedstat"), ns + " 0 1\n");
        Files.writeString(thread.resolve("status"), "voluntary_ctxt_switches:\t" + waits + "\n");
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
        assertTrue(ProcessUsage.waits(pid) > 0);
        assertTrue(ProcessUsage.programCpuNs(pid) > 0);
        assertTrue(ProcessUsage.programWaits(pid) > 0);
        assertTrue(ProcessUsage.residentBytes(pid) >= ProcessUsage.residentSharedBytes(pid));
        assertTrue(ProcessUsage.shareBytes(pid) > ProcessUsage.shareOfFilesBytes(pid));
    }
}
