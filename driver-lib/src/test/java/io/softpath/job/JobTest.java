package io.softpath.job;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

@Timeout(30)
class JobTest {
    private final ExecutorService ranks = Executors.newVirtualThreadPerTaskExecutor();

    @TempDir Path directory;

    @AfterEach
    void stop() {
        ranks.shutdownNow();
    }

    @Test
    void shouldGiveEveryRankEverybodysBytesInRankOrder() throws Exception {
        try (JobServer server = JobServer.open(directory.resolve("job"), 4)) {
            List<Future<List<String>>> results = new ArrayList<>();
            for (int i = 3; i >= 0; i--) {
                int rank = i;
                results.add(
                        ranks.submit(() -> {
                            try (Job job = Job.connect(server.path(), rank, 4)) {
                                job.barrier();
                                return job.allGather("r" + rank);
                            }
                        }));
            }
            for (Future<List<String>> result : results) {
                assertEquals(List.of("r0", "r1", "r2", "r3"), get(result));
            }
            assertEquals(2, server.rounds());
            assertEquals("r2", new String(server.lastGather().orElseThrow().get(2), UTF_8));
            assertTrue(server.failure().isEmpty());
        }
        assertFalse(Files.exists(directory.resolve("job")));
    }

    @Test
    void shouldCarryLargeAndEmptyPartsInOneRound() throws Exception {
        byte[] large = new byte[3_000_000];
        large[2_999_999] = 7;
        try (JobServer server = JobServer.open(directory.resolve("job"), 2)) {
            Future<byte[][]> other = rank(server, 1, 2, job -> job.allGather(new byte[0]));
            Future<byte[][]> mine = rank(server, 0, 2, job -> job.allGather(large));
            assertArrayEquals(large, get(other)[0]);
            assertEquals(0, get(mine)[1].length);
        }
    }

    @Test
    void shouldFailWaitingRanksWhenOneEndsEarly() throws Exception {
        try (JobServer server = JobServer.open(directory.resolve("job"), 3)) {
            Future<byte[][]> first = rank(server, 0, 3, job -> job.allGather(new byte[1]));
            Future<byte[][]> second = rank(server, 1, 3, job -> job.allGather(new byte[1]));
            get(rank(server, 2, 3, job -> null));
            assertLost(first, "rank 2 ended while others wait for it");
            assertLost(second, "rank 2 ended while others wait for it");
        }
    }

    @Test
    void shouldLetRanksLeaveOneByOneWhenNobodyWaits() throws Exception {
        try (JobServer server = JobServer.open(directory.resolve("job"), 2)) {
            Future<byte[][]> first = rank(server, 0, 2, job -> job.allGather(new byte[1]));
            Future<byte[][]> second = rank(server, 1, 2, job -> job.allGather(new byte[1]));
            get(first);
            get(second);
            assertTrue(server.failure().isEmpty());
        }
    }

    @Test
    void shouldTellWhoWaitsThatTheLauncherEndedTheJob() throws Exception {
        JobServer server = JobServer.open(directory.resolve("job"), 2);
        try (Job job = Job.connect(server.path(), 0, 2)) {
            Future<byte[][]> waiting = ranks.submit(() -> job.allGather(new byte[1]));
            while (!server.toString().contains("joined=[true, false]")) {
                Thread.onSpinWait();
            }
            server.close();
            assertLost(waiting, "launcher");
        }
    }

    @Test
    void shouldRefuseARankTwice() {
        try (JobServer server = JobServer.open(directory.resolve("job"), 1);
                Job first = Job.connect(server.path(), 0, 1)) {
            first.barrier(); // it has joined; until then the other might be the one that may
            try (Job second = Job.connect(server.path(), 0, 1)) {
                SoftpathException refused =
                        assertThrows(SoftpathException.class, () -> second.allGather(new byte[1]));
                assertEquals(Errno.ENOTCONN, refused.errno());
                assertTrue(refused.getMessage().contains("rank=0"), refused::getMessage);
            }
        }
    }

    @Test
    void shouldBeAJobOfOneWithoutALauncher() {
        try (Job job = Job.fromEnvironment(Map.of())) {
            assertEquals(1, job.size());
            assertEquals(List.of("alone"), job.allGather("alone"));
        }
    }

    @Test
    void shouldRefuseAnEnvironmentThatMakesNoSense() {
        Map<String, String> environment =
                Map.of("SOFTPATH_JOB", "/nowhere", "SOFTPATH_RANK", "x", "SOFTPATH_SIZE", "2");
        SoftpathException refused =
                assertThrows(
                        SoftpathException.Refused.class, () -> Job.fromEnvironment(environment));
        assertEquals(Errno.EINVAL, refused.errno());
    }

    @Test
    void shouldBeRefusedAfterClose() {
        Job job = Job.solo();
        job.close();
        job.close();
        assertEquals(
                Errno.EBADF, assertThrows(SoftpathException.Refused.class, job::barrier).errno());
    }

    private interface Program {
        byte[][] run(Job job) throws Exception;
    }

    private Future<byte[][]> rank(JobServer server, int rank, int size, Program program) {
        Callable<byte[][]> task =
                () -> {
                    try (Job job = Job.connect(server.path(), rank, size)) {
                        return program.run(job);
                    }
                };
        return ranks.submit(task);
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.get(20, TimeUnit.SECONDS);
    }

    private static void assertLost(Future<?> future, String reason) {
        ExecutionException failed = assertThrows(ExecutionException.class, () -> get(future));
        SoftpathException lost = (SoftpathException) failed.getCause();
        assertEquals(Errno.ENOTCONN, lost.errno());
        assertTrue(lost.getMessage().contains(reason), lost::getMessage);
    }
}
