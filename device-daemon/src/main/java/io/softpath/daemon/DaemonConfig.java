package io.softpath.daemon;

import io.softpath.abi.model.ChipModel;
import io.softpath.daemon.control.DriverOptions;
import io.softpath.daemon.link.LinkTrouble;
import io.softpath.flight.FlightOptions;

import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Everything that can be chosen about a daemon.
 *
 * @param directory the run directory
 * @param units how many units, each a chip with its own LID
 * @param model their chip model
 * @param socketMode who may open a unit
 * @param maxOpenFiles connections at a time
 * @param options what can be chosen about the driver's half
 * @param link what goes wrong on the way from chip to chip
 * @param flight what is recorded and where; null for nothing
 */
public record DaemonConfig(
        Path directory,
        int units,
        ChipModel model,
        Set<PosixFilePermission> socketMode,
        int maxOpenFiles,
        DriverOptions options,
        LinkTrouble link,
        FlightOptions flight) {
    /** One byte of unit number is what tools show; the lock is memory. */
    public static final int MAX_UNITS = 16;

    public static final Set<PosixFilePermission> SOCKET_MODE =
            PosixFilePermissions.fromString("rw-rw----");
    public static final int MAX_OPEN_FILES = 512;

    /**
     * @throws IllegalArgumentException naming the value and the bound
     */
    public DaemonConfig {
        if (units < 1 || units > MAX_UNITS) {
            throw new IllegalArgumentException(
                    "units=" + units + " is out of range, choose 1.." + MAX_UNITS);
        }
        if (maxOpenFiles < 1) {
            throw new IllegalArgumentException(
                    "max-open-files=" + maxOpenFiles + " must be at least 1");
        }
        socketMode = Set.copyOf(socketMode);
    }

    /** One unit of the default model with the default options. */
    public static DaemonConfig of(Path directory) {
        return new DaemonConfig(
                directory,
                1,
                ChipModel.IBA7220,
                SOCKET_MODE,
                MAX_OPEN_FILES,
                DriverOptions.DEFAULT,
                LinkTrouble.NONE,
                null);
    }

    public DaemonConfig withUnits(int count) {
        return new DaemonConfig(
                directory, count, model, socketMode, maxOpenFiles, options, link, flight);
    }

    public DaemonConfig withModel(ChipModel chosen) {
        return new DaemonConfig(
                directory, units, chosen, socketMode, maxOpenFiles, options, link, flight);
    }

    public DaemonConfig withOptions(DriverOptions chosen) {
        return new DaemonConfig(
                directory, units, model, socketMode, maxOpenFiles, chosen, link, flight);
    }

    public DaemonConfig withLink(LinkTrouble chosen) {
        return new DaemonConfig(
                directory, units, model, socketMode, maxOpenFiles, options, chosen, flight);
    }

    public DaemonConfig withFlight(FlightOptions chosen) {
        return new DaemonConfig(
                directory, units, model, socketMode, maxOpenFiles, options, link, chosen);
    }
}
