package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.model.ChipModel;
import io.softpath.abi.psm.EndpointId;
import io.softpath.daemon.Daemon;
import io.softpath.daemon.DaemonConfig;
import io.softpath.daemon.link.LinkTrouble;
import io.softpath.driver.DeviceOptions;
import io.softpath.fault.FaultHandler;
import io.softpath.fault.FaultPoint;
import io.softpath.fault.Faults;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Exchanger;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.Stream;

/** No point is there for nothing: two programs and their daemon pass each of them. */
class FaultPointsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int MOST_ROUNDS = 30;

    @TempDir Path directory;

    /** Counts passings, of calls and of what may break as well. */
    private static final class Counting implements FaultHandler {
        private final AtomicLongArray counts = new AtomicLongArray(FaultPoint.values().length);

        @Override
        public void passed(FaultPoint point) {
            counts.incrementAndGet(point.ordinal());
        }

        @Override
        public int errno(FaultPoint point) {
            passed(point);
            return 0;
        }

        @Override
        public long strikeNs(FaultPoint point) {
            passed(point);
            return Faults.NO;
        }

        List<FaultPoint> never() {
            return Stream.of(FaultPoint.values())
                    .filter(point -> counts.get(point.ordinal()) == 0)
                    .toList();
        }
    }

    @Test
    void shouldPassEveryPoint() throws Exception {
        Counting counting = new Counting();
        FaultHandler before = Faults.handler(counting);
        int rounds = 0;
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            DaemonConfig config =
                    DaemonConfig.of(directory.resolve("run"))
                            .withModel(ChipModel.IBA7322.toBuilder().tidCount(64).build())
                            .withLink(LinkTrouble.parse("drop=2%,seed=7"));
            CompletableFuture<Daemon> started = new CompletableFuture<>();
            Future<?> serving = threads.submit(() -> serve(config, started));
            Daemon daemon = started.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            Exchanger<EndpointId> exchanger = new Exchanger<>();
            UUID job = UUID.randomUUID();
            while (rounds < MOST_ROUNDS && !onlyAtTheEnd(counting.never())) {
                rounds++;
                Future<Boolean> one = threads.submit(() -> user(config, job, exchanger).round());
                Future<Boolean> other = threads.submit(() -> user(config, job, exchanger).round());
                assertTrue(one.get(PATIENCE.toSeconds() * 3, TimeUnit.SECONDS));
                assertTrue(other.get(PATIENCE.toSeconds() * 3, TimeUnit.SECONDS));
            }
            daemon.stop();
            serving.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } finally {
            Faults.handler(before);
        }
        assertEquals(List.of(), counting.never(), "points that nobody passed, rounds=" + rounds);
    }

    private static boolean onlyAtTheEnd(List<FaultPoint> never) {
        return never.equals(List.of(FaultPoint.DAEMON_STOPPING));
    }

    private static void serve(DaemonConfig config, CompletableFuture<Daemon> started) {
        try (Daemon daemon = Daemon.start(config)) {
            started.complete(daemon);
            daemon.run();
        } catch (RuntimeException e) {
            started.completeExceptionally(e);
            throw e;
        }
    }

    private static EveryStep user(DaemonConfig config, UUID job, Exchanger<EndpointId> exchanger) {
        return new EveryStep(
                DeviceOptions.fromEnvironment().withDirectory(config.directory()),
                job,
                own -> {
                    try {
                        return exchanger.exchange(own, PATIENCE.toSeconds(), TimeUnit.SECONDS);
                    } catch (Exception e) {
                        throw new IllegalStateException("the other does not come", e);
                    }
                },
                PATIENCE);
    }
}
