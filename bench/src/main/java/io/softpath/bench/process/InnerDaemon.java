package io.softpath.bench.process;

import io.softpath.abi.model.ChipModel;
import io.softpath.daemon.Daemon;
import io.softpath.daemon.DaemonConfig;
import io.softpath.driver.Device;
import io.softpath.driver.DeviceOptions;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A daemon in a thread of this process, where it can be looked into; its code is the same. */
public final class InnerDaemon implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private final Path directory;
    private final CompletableFuture<Daemon> started = new CompletableFuture<>();
    private final Thread thread;

    private InnerDaemon(Path directory, ChipModel model) {
        this.directory = directory;
        thread = Thread.ofPlatform().name("daemon").start(() -> run(model));
    }

    /**
     * Starts one with a unit of a model.
     *
     * @param directory its run directory
     * @throws BenchFailure if it does not start
     */
    public static InnerDaemon start(Path directory, ChipModel model) {
        InnerDaemon inner = new InnerDaemon(directory, model);
        inner.daemon();
        return inner;
    }

    private void run(ChipModel model) {
        try (Daemon daemon = Daemon.start(DaemonConfig.of(directory).withModel(model))) {
            started.complete(daemon);
            daemon.run();
        } catch (RuntimeException e) {
            started.completeExceptionally(e);
            throw e;
        }
    }

    private Daemon daemon() {
        try {
            return started.get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new BenchFailure("no daemon started in this process", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchFailure("interrupted", e);
        }
    }

    /** The number that the JVM gave its thread. */
    public long threadId() {
        return thread.threadId();
    }

    /** Opens its device. */
    public Device open() {
        return Device.open(DeviceOptions.fromEnvironment().withDirectory(directory));
    }

    /** Ends it, and waits until it is gone. */
    @Override
    public void close() {
        daemon().stop();
        try {
            if (!thread.join(DEADLINE)) {
                throw new BenchFailure("the daemon in this process does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchFailure("interrupted", e);
        }
    }
}
