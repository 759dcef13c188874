package io.softpath.bench.process;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

class CpuPairTest {
    @Test
    void shouldReadTheKernelsLists() {
        assertEquals(List.of(0, 1, 2, 5), CpuPair.list("0-2,5\n"));
        assertEquals(List.of(7), CpuPair.list("7"));
        assertEquals(List.of(), CpuPair.list(""));
    }

    @Test
    void shouldFindTheCpusThatThisProcessMayUse(@TempDir Path directory) throws Exception {
        Path status = directory.resolve("status");
        Files.writeString(status, "Name:\tjava\nCpus_allowed:\tc\nCpus_allowed_list:\t2-3\n");

        assertEquals(List.of(2, 3), CpuPair.allowed(status));
    }

    @Test
    void shouldPreferAnotherCoreToAnotherThreadOfTheSame(@TempDir Path cpus) throws Exception {
        Path topology = Files.createDirectories(cpus.resolve("cpu0/topology"));
        Files.writeString(topology.resolve("thread_siblings_list"), "0-1\n");

        assertEquals(Optional.of(new CpuPair(0, 2)), CpuPair.choose(List.of(0, 1, 2, 3), cpus));
        assertEquals(Optional.of(new CpuPair(0, 1)), CpuPair.choose(List.of(0, 1), cpus));
        assertEquals(Optional.of(new CpuPair(4, 5)), CpuPair.choose(List.of(4, 5), cpus));
        assertEquals(Optional.empty(), CpuPair.choose(List.of(0), cpus));
    }

    @Test
    void shouldTakeOneCpuOfEachCoreFirst(@TempDir Path cpus) throws Exception {
        for (int cpu = 0; cpu < 4; cpu++) {
            Path topology = Files.createDirectories(cpus.resolve("cpu" + cpu + "/topology"));
            String siblings = cpu < 2 ? "0-1\n" : "2-3\n";
            Files.writeString(topology.resolve("thread_siblings_list"), siblings);
        }

        assertEquals(List.of(0, 2, 1, 3), CpuPair.apart(List.of(0, 1, 2, 3), cpus));
        assertEquals(List.of(1, 2, 3), CpuPair.apart(List.of(1, 2, 3), cpus));
    }
}
