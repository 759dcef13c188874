package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.driver.Device;
import io.softpath.driver.DeviceOptions;
import io.softpath.error.SoftpathException;
import io.softpath.faults.plan.Plan;
import io.softpath.faults.plan.PlanFile;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Plans that happen to jobs, as somebody at a terminal has them happen. */
@ExtendWith(ChildOutput.class)
class FaultPlanIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir Path temp;

    private Jvm run(String plan, String... arguments) throws Exception {
        Path file = Files.writeString(temp.resolve("plan.yaml"), plan);
        List<String> all = new ArrayList<>(List.of("run", "--faults", file.toString()));
        all.addAll(List.of(arguments));
        return Shipped.jvm(temp).lifetime(PATIENCE).arguments(all.toArray(String[]::new)).start();
    }

    @Test
    void shouldKillTheRankThatThePlanSays() throws Exception {
        String plan = "faults: [{process: rank 1, fault: kill, at: direct.committed, passing: 3}]";
        try (Jvm job = run(plan, "-n", "2", "--private", "ring")) {
            assertEquals(Jvm.EXIT_BY_SIGNAL + Jvm.SIGKILL, job.exitCode(PATIENCE));
            assertTrue(
                    job.lines().stream()
                            .anyMatch(line -> line.matches("softpath run: rank 1 .*SIGKILL.*")),
                    job.lines()::toString);
        }
    }

    @Test
    void shouldLoseNothingWhileRanksPauseAndChipAndLinkBreak() throws Exception {
        String plan =
                """
                seed: 3
                link:
                  drop: 1%
                  down:
                    - {after: 100ms, for: 50ms}
                faults:
                  - {process: any rank, fault: stop, for: 20ms, after: 10ms..200ms, every: 50ms, times: 8}
                  - {process: every rank, fault: stop, for: 5ms, at: receive.taken, passing: 10..400, every: 100}
                  - {process: every rank, fault: EINTR, at: wait.poll, probability: 20%}
                  - {process: every rank, fault: EAGAIN, at: memory.lock, probability: 50%}
                  - {process: daemon, fault: EINTR, at: wait.epoll, probability: 20%}
                  - {process: daemon, fault: strike, at: chip.stuck-buffer, passing: 20..400, every: 100}
                  - {process: daemon, fault: strike, at: chip.lost-avail, probability: 20%}
                  - {process: daemon, fault: strike, at: chip.header-queue-full, passing: 50..60}
                  - {process: daemon, fault: strike, at: chip.eager-exhausted, passing: 50..60}
                  - {process: daemon, fault: strike, at: link.duplicate, probability: 1%}
                  - {process: daemon, fault: strike, for: 100us, at: link.delay, probability: 1%}
                  - {process: daemon, fault: ENOMEM, at: pin.pages, passing: 1..4}
                """;
        try (Jvm job = run(plan, "-n", "2", "ring", "300000")) {
            assertEquals(0, job.exitCode(PATIENCE), job.lines()::toString);
            assertTrue(
                    job.lines().stream().anyMatch(l -> l.contains("262144 bytes went round")),
                    job.lines()::toString);
        }
    }

    @Test
    void shouldStartTheDaemonAgainWhenThePlanHasKilledIt() throws Exception {
        Plan plan =
                PlanFile.parse(
                        "plan",
                        "{restart-daemon-after: 1ms, faults: [{process: daemon, fault: kill, at:"
                                + " daemon.before-answer}]}");
        Path directory = ChildDaemon.newDirectory("rwx------");
        DeviceOptions unit = DeviceOptions.fromEnvironment().withDirectory(directory);
        List<String> ends = new ArrayList<>();
        try (JobDaemon daemon = JobDaemon.start(directory, List.of(), plan, ends::add)) {
            long first = daemon.process().pid();
            try (Device device = Device.open(unit)) {
                assertThrows(SoftpathException.Lost.class, () -> device.inspect().units());
            }
            Await.until("another daemon", () -> daemon.process().pid() != first);
            try (Device device = Device.open(unit)) {
                assertEquals(1, device.inspect().units().size());
            }
            assertEquals(List.of(), ends);
        } finally {
            ChildDaemon.delete(directory);
        }
    }

    @Test
    void shouldSayWhereAPlanIsWrong() throws Exception {
        try (Jvm job = run("faults:\n  - {process: rank 0, fault: kil}", "ring")) {
            assertEquals(ExitCode.USAGE, job.exitCode(PATIENCE));
            job.awaitLine("plan.yaml:2:30: \"kil\" is no fault: did you mean \"kill\"");
        }
    }
}
