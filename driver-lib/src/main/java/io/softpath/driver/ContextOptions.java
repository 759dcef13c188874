package io.softpath.driver;

import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * How to use a context. The defaults are right for programs; most of this is for tests and
 * measurements.
 *
 * @param launch how to launch, or empty: {@link LaunchMode#INLINE} if the daemon grants it, else
 *     what the chip has
 * @param doorbell whether to let the chip sleep and ring it; without, an idle daemon takes short
 *     naps instead
 * @param gather whether to let the chip send from pinned memory by itself; without, or if the
 *     daemon does not grant it, expected data goes through send buffers
 * @param stallFailures how many sends in a row that find no buffer are a stall
 * @param stallReportInterval the least time between two reports
 * @param stallReport who is told of a stall
 */
public record ContextOptions(
        Optional<LaunchMode> launch,
        boolean doorbell,
        boolean gather,
        long stallFailures,
        Duration stallReportInterval,
        Consumer<String> stallReport) {
    /** Source: ips_spio.c, SPIO_MAX_CONSEC_SEND_FAIL. */
    private static final long STALL_FAILURES = 1 << 20;

    private static final Duration STALL_REPORT_INTERVAL = Duration.ofSeconds(20);

    public ContextOptions {
        Objects.requireNonNull(launch);
        Objects.requireNonNull(stallReportInterval);
        Objects.requireNonNull(stallReport);
        if (stallFailures < 1) {
            throw SoftpathException.of(
                    Errno.EINVAL, "context: stallFailures=" + stallFailures + " is below 1");
        }
    }

    public static ContextOptions defaults() {
        return new ContextOptions(
                Optional.empty(),
                true,
                true,
                STALL_FAILURES,
                STALL_REPORT_INTERVAL,
                ContextOptions::logWarning);
    }

    public ContextOptions withLaunch(LaunchMode mode) {
        return new ContextOptions(
                Optional.of(mode),
                doorbell,
                gather,
                stallFailures,
                stallReportInterval,
                stallReport);
    }

    public ContextOptions withDoorbell(boolean newDoorbell) {
        return new ContextOptions(
                launch, newDoorbell, gather, stallFailures, stallReportInterval, stallReport);
    }

    public ContextOptions withGather(boolean newGather) {
        return new ContextOptions(
                launch, doorbell, newGather, stallFailures, stallReportInterval, stallReport);
    }

    public ContextOptions withStallFailures(long failures) {
        return new ContextOptions(
                launch, doorbell, gather, failures, stallReportInterval, stallReport);
    }

    public ContextOptions withStallReport(Duration interval, Consumer<String> report) {
        return new ContextOptions(launch, doorbell, gather, stallFailures, interval, report);
    }

    private static void logWarning(String report) {
        System.getLogger("io.softpath.driver").log(System.Logger.Level.WARNING, report);
    }
}
