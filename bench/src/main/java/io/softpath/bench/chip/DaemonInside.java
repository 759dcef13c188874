package io.softpath.bench.chip;

import io.softpath.abi.model.ChipModel;
import io.softpath.bench.process.Findings;
import io.softpath.bench.process.InnerDaemon;
import io.softpath.driver.Context;
import io.softpath.driver.Device;

import java.nio.file.Path;

/**
 * What the daemon's thread allocates per packet. From outside nobody can see that, so the daemon
 * runs as a thread of the measuring process here. {@code DaemonInside RUN_DIRECTORY}
 */
final class DaemonInside {
    private DaemonInside() {}

    public static void main(String[] arguments) {
        try (InnerDaemon daemon = InnerDaemon.start(Path.of(arguments[0]), ChipModel.IBA7220);
                Device device = daemon.open();
                Context context = device.openContext()) {
            RoundTrips trips = new RoundTrips(context, context.address(), false);
            trips.warmUpDaemon();
            Findings.print(System.out, ChipBench.DAEMON_ALLOC, trips.allocated(daemon.threadId()));
        }
    }
}
