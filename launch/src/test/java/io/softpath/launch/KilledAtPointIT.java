package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.psm.EndpointId;
import io.softpath.driver.Device;
import io.softpath.error.SoftpathException;
import io.softpath.fault.FaultPoint;
import io.softpath.fault.Faults;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A user process is killed at each point that it passes: the daemon takes everything back, and who
 * was in the middle of something with it is told so.
 */
@ExtendWith(ChildOutput.class)
class KilledAtPointIT {
    private static final Duration LIFETIME = Duration.ofMinutes(9);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int MOST_ROUNDS = 40;

    private static ChildDaemon daemon;
    private static Device observer;
    private static Object baseline;

    private final UUID job = UUID.randomUUID();

    @BeforeAll
    static void start() {
        Path directory = ChildDaemon.newDirectory("rwx------");
        daemon =
                ChildDaemon.start(
                        ChildDaemon.jvm(
                                        directory,
                                        "--model",
                                        "IBA7322",
                                        "--set",
                                        "tids=64",
                                        "--link",
                                        "drop=2%,seed=7")
                                .lifetime(LIFETIME),
                        directory);
        observer = daemon.open();
    }

    @AfterAll
    static void stop() {
        if (observer != null) {
            observer.close();
        }
        if (daemon != null) {
            assertEquals(List.of(), daemon.complaints(), "complaints of the daemon");
            daemon.close();
        }
    }

    static Stream<FaultPoint> steps() {
        return FaultPoint.of(FaultPoint.Kind.STEP).stream()
                .filter(point -> point.side() == FaultPoint.Side.USER);
    }

    @ParameterizedTest
    @MethodSource("steps")
    void shouldTakeBackAllThatItHad(FaultPoint point) {
        try (Jvm victim = user(point + "=kill").start()) {
            goRound(victim);
            assertEquals(Jvm.EXIT_BY_SIGNAL + Jvm.SIGKILL, victim.exitCode(), "killed at " + point);
        }
        assertEverythingIsFree();
    }

    /** It comes back to where it was, and nobody has noticed. */
    @Test
    void shouldGoOnAfterAPauseAtAPoint() {
        String plan =
                "pio.half-written=stop:20ms@5;direct.claimed=stop:20ms@3;receive.taken=stop:20ms@9;"
                        + "tid.given=stop:20ms@1;pin.held=stop:20ms@1;close.begun=stop:20ms@1";
        try (Jvm user = user(plan).start()) {
            for (int round = 0; round < 3; round++) {
                assertTrue(steps(user).round(), "round=" + round);
                user.awaitLine("^round done$");
            }
            user.kill();
        }
        assertEverythingIsFree();
    }

    private Jvm.Builder user(String plan) {
        return Jvm.of(EveryStepUser.class)
                .environment(Faults.VARIABLE, plan)
                .arguments(
                        daemon.directory().toString(),
                        job.toString(),
                        Long.toString(PATIENCE.toSeconds()));
    }

    private EveryStep steps(Jvm other) {
        return new EveryStep(
                daemon.device(),
                job,
                new EveryStep.Meeting() {
                    @Override
                    public EndpointId swap(EndpointId own) {
                        long id = Long.parseLong(other.awaitLine("^id (\\d+)$").group(1));
                        other.println(Long.toString(own.value()));
                        return new EndpointId(id);
                    }

                    @Override
                    public boolean isOver() {
                        return !other.isAlive();
                    }
                },
                PATIENCE);
    }

    /** Does all with it that it does, until it is dead. */
    private void goRound(Jvm victim) {
        EveryStep steps = steps(victim);
        int rounds = 0;
        while (victim.isAlive() && rounds++ < MOST_ROUNDS) {
            try {
                if (!steps.round()) {
                    assertTrue(isKilled(victim), "a request fails, and the other one lives");
                }
            } catch (SoftpathException | AssertionError e) {
                if (!isKilled(victim)) {
                    throw e;
                }
            }
        }
        assertFalse(victim.isAlive(), "not killed in rounds=" + rounds);
    }

    /** Sooner or later: it may be about to. */
    private static boolean isKilled(Jvm victim) {
        try {
            return victim.exitCode(PATIENCE) == Jvm.EXIT_BY_SIGNAL + Jvm.SIGKILL;
        } catch (AssertionError e) {
            return false;
        }
    }

    private static void assertEverythingIsFree() {
        Await.until("all contexts to be free", () -> observer.inspect().contexts(0).isEmpty());
        Await.until("all TIDs to be free", () -> observer.inspect().tids(0).isEmpty());
        Await.until("all pins to go", () -> observer.inspect().pins(0).isEmpty());
        if (!daemon.canBeLookedInto()) {
            return;
        }
        if (baseline == null) {
            baseline = Holdings.of(daemon);
        }
        try {
            Await.until("baseline", () -> baseline.equals(Holdings.of(daemon)));
        } catch (AssertionError e) {
            assertEquals(baseline, Holdings.of(daemon), "what the daemon holds");
        }
    }
}
