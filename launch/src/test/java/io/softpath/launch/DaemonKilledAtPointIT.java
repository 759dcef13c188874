package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.psm.EndpointId;
import io.softpath.driver.DeviceOptions;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.fault.FaultPoint;
import io.softpath.fault.Faults;

import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionService;
import java.util.concurrent.Exchanger;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The daemon is killed at each point that it passes: its users are told, and the next daemon serves
 * from the same directory.
 */
@ExtendWith(ChildOutput.class)
class DaemonKilledAtPointIT {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int MOST_ROUNDS = 10;
    private static final String[] OPTIONS = {"--model", "IBA7322", "--set", "tids=64"};

    static Stream<FaultPoint> steps() {
        return FaultPoint.of(FaultPoint.Kind.STEP).stream()
                .filter(point -> point.side() == FaultPoint.Side.DAEMON);
    }

    @ParameterizedTest
    @MethodSource("steps")
    void shouldTellItsUsersAndLeaveNothingInTheWayOfTheNext(FaultPoint point) throws Exception {
        Path directory = ChildDaemon.newDirectory("rwx------");
        try (Jvm daemon =
                ChildDaemon.jvm(directory, OPTIONS)
                        .environment(Faults.VARIABLE, point + "=kill@" + passing(point))
                        .start()) {
            switch (point) {
                case DAEMON_CLAIMED, DAEMON_LISTENING -> {} // it is never ready
                case DAEMON_STOPPING -> {
                    daemon.awaitLine("^softpath daemon ready: ");
                    daemon.signal(Jvm.SIGTERM);
                }
                default -> {
                    daemon.awaitLine("^softpath daemon ready: ");
                    useUntilItIsDead(directory, daemon);
                }
            }
            int killed = Jvm.EXIT_BY_SIGNAL + Jvm.SIGKILL;
            assertEquals(killed, daemon.exitCode(PATIENCE), "killed at " + point);
        }
        try (ChildDaemon next = ChildDaemon.start(directory, OPTIONS)) {
            assertEquals(List.of("good", "good"), round(directory), "with the next daemon");
            assertEquals(List.of(), next.complaints());
        }
    }

    /** The avail page is copied before anybody can look at it. */
    private static int passing(FaultPoint point) {
        return point == FaultPoint.CHIP_AVAIL_COPYING ? 100 : 1;
    }

    private static void useUntilItIsDead(Path directory, Jvm daemon) throws Exception {
        int rounds = 0;
        List<String> ends = List.of("good", "good");
        while (ends.equals(List.of("good", "good")) && rounds++ < MOST_ROUNDS) {
            ends = round(directory);
        }
        Await.until("the daemon dies", () -> !daemon.isAlive());
        assertTrue(ends.contains("lost"), "how its users ended: " + ends);
        assertTrue(List.of("lost", "alone").containsAll(ends), "how its users ended: " + ends);
    }

    /** One round of two users: each was good, lost its daemon, or waited for the other in vain. */
    private static List<String> round(Path directory) throws Exception {
        Exchanger<EndpointId> exchanger = new Exchanger<>();
        UUID job = UUID.randomUUID();
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            CompletionService<String> ended = new ExecutorCompletionService<>(threads);
            for (int user = 0; user < 2; user++) {
                ended.submit(() -> user(directory, job, exchanger));
            }
            List<String> ends = new ArrayList<>();
            for (int user = 0; user < 2; user++) {
                Future<String> end = ended.poll(3 * PATIENCE.toSeconds(), TimeUnit.SECONDS);
                assertNotNull(end, "a user hangs");
                ends.add(end.get());
                if (!ends.getFirst().equals("good")) {
                    threads.shutdownNow(); // the other may wait for this one
                }
            }
            return ends;
        }
    }

    private static String user(Path directory, UUID job, Exchanger<EndpointId> exchanger) {
        EveryStep steps =
                new EveryStep(
                        DeviceOptions.fromEnvironment().withDirectory(directory),
                        job,
                        own -> {
                            try {
                                return exchanger.exchange(own);
                            } catch (InterruptedException e) {
                                throw new CancellationException("the other does not come");
                            }
                        },
                        PATIENCE);
        try {
            return steps.round() ? "good" : "failed";
        } catch (SoftpathException.Lost e) {
            return "lost";
        } catch (SoftpathException e) {
            // Of a daemon that has died, or of nobody in that directory.
            return e.errno().equals(Errno.ENOTCONN) || e.errno().equals(Errno.ENXIO)
                    ? "lost"
                    : "refused: " + e.getMessage();
        } catch (CancellationException e) {
            return "alone";
        }
    }
}
