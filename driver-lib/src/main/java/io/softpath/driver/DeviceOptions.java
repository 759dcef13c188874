package io.softpath.driver;

import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.flight.FlightOptions;
import io.softpath.linux.CurrentProcess;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;

/**
 * Which device to open.
 *
 * @param directory the daemon's run directory
 * @param unit the unit, or {@link #ANY_UNIT}
 * @param replyTimeout how long the daemon may take to answer
 */
public record DeviceOptions(Path directory, int unit, Duration replyTimeout) {
    /** Let the daemon choose a unit. */
    public static final int ANY_UNIT = -1;

    /** Where in a run directory journals are, if the environment names no other place. */
    public static final String FLIGHT_DIRECTORY = "flight";

    private static final Duration REPLY_TIMEOUT = Duration.ofSeconds(10);

    public DeviceOptions {
        Objects.requireNonNull(directory);
        if (unit < ANY_UNIT) {
            throw SoftpathException.of(
                    Errno.EINVAL, "device: unit=" + unit + " is below " + ANY_UNIT + " (any)");
        }
        if (replyTimeout.isNegative() || replyTimeout.isZero()) {
            throw SoftpathException.of(
                    Errno.EINVAL, "device: replyTimeout=" + replyTimeout + " must be above 0");
        }
    }

    /**
     * What the environment says: {@code SOFTPATH_DIR}, else {@code $XDG_RUNTIME_DIR/softpath}, else
     * {@code /tmp/softpath-<uid>}; {@code SOFTPATH_UNIT}, else any unit.
     */
    public static DeviceOptions fromEnvironment() {
        return fromEnvironment(System.getenv());
    }

    static DeviceOptions fromEnvironment(Map<String, String> environment) {
        return new DeviceOptions(directory(environment), unit(environment), REPLY_TIMEOUT);
    }

    /** Where those who record put their journals, by the environment. */
    public static Path flightDirectory(Map<String, String> environment) {
        String own = environment.get(FlightOptions.RECORD_DIR);
        return own != null && !own.isEmpty()
                ? Path.of(own)
                : directory(environment).resolve(FLIGHT_DIRECTORY);
    }

    public DeviceOptions withDirectory(Path newDirectory) {
        return new DeviceOptions(newDirectory, unit, replyTimeout);
    }

    public DeviceOptions withUnit(int newUnit) {
        return new DeviceOptions(directory, newUnit, replyTimeout);
    }

    public DeviceOptions withReplyTimeout(Duration newReplyTimeout) {
        return new DeviceOptions(directory, unit, newReplyTimeout);
    }

    /** The socket that stands for the device file. */
    public Path path() {
        return directory.resolve(unit == ANY_UNIT ? "ipath" : "ipath" + unit);
    }

    private static Path directory(Map<String, String> environment) {
        String own = environment.get("SOFTPATH_DIR");
        if (own != null && !own.isEmpty()) {
            return Path.of(own);
        }
        String runtime = environment.get("XDG_RUNTIME_DIR");
        if (runtime != null && !runtime.isEmpty()) {
            return Path.of(runtime, "softpath");
        }
        return Path.of("/tmp/softpath-" + CurrentProcess.uid());
    }

    private static int unit(Map<String, String> environment) {
        String unit = environment.get("SOFTPATH_UNIT");
        if (unit == null || unit.isEmpty()) {
            return ANY_UNIT;
        }
        try {
            return Integer.parseInt(unit);
        } catch (NumberFormatException e) {
            throw SoftpathException.of(
                    Errno.EINVAL, "device: SOFTPATH_UNIT=" + unit + " is not a number", e);
        }
    }
}
