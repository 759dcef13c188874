package io.softpath.bench.chip;

import io.softpath.bench.process.Findings;
import io.softpath.daemon.Daemon;
import io.softpath.daemon.DaemonConfig;
import io.softpath.driver.Context;
import io.softpath.driver.Device;
import io.softpath.driver.DeviceOptions;

import java.nio.file.Path;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * What the daemon's thread allocates per packet. From outside nobody can see that, so the daemon
 * runs as a thread of the measuring process here; its code is the same. {@code DaemonInside
 * RUN_DIRECTORY}
 */
final class DaemonInside {
    private DaemonInside() {}

    public static void main(String[] arguments) throws InterruptedException {
        Path directory = Path.of(arguments[0]);
        BlockingQueue<Daemon> started = new ArrayBlockingQueue<>(1);
        Thread thread =
                Thread.ofPlatform()
                        .name("daemon")
                        .start(() -> {
                            try (Daemon daemon = Daemon.start(DaemonConfig.of(directory))) {
                                started.add(daemon);
                                daemon.run();
                            }
                        });
        Daemon daemon = started.take();
        try (Device device = Device.open(DeviceOptions.fromEnvironment().withDirectory(directory));
                Context context = device.openContext()) {
            RoundTrips trips = new RoundTrips(context, context.address(), false);
            trips.warmUpDaemon();
            Findings.print(System.out, ChipBench.DAEMON_ALLOC, trips.allocated(thread.threadId()));
        } finally {
            daemon.stop();
            thread.join();
        }
    }
}
