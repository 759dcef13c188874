package io.softpath.faults.fuzz;

import io.softpath.abi.model.ChipModel;
import io.softpath.abi.register.ChipCounter;
import io.softpath.abi.register.DriverCounter;
import io.softpath.daemon.Daemon;
import io.softpath.daemon.DaemonConfig;
import io.softpath.daemon.chip.Chip;
import io.softpath.daemon.control.DriverOptions;
import io.softpath.daemon.control.UnitDriver;

import java.nio.file.Path;
import java.util.List;

/** A daemon in the thread of those who attack it: it works when it is told to. */
final class InProcess implements Machine {
    /** Few enough that storms find it full. */
    private static final int MAX_OPEN_FILES = 28;

    /** Whoever waits for a link that is down is answered soon. */
    private static final long LINK_WAIT_MS = 2;

    private final Daemon daemon;
    private final ChipModel model;
    private final List<UnitDriver> units;
    private final int perUnit;

    InProcess(Path directory, ChipModel model, Plant plant) {
        this.model = model;
        daemon =
                Daemon.start(
                        new DaemonConfig(
                                directory,
                                UNITS,
                                model,
                                DaemonConfig.SOCKET_MODE,
                                MAX_OPEN_FILES,
                                new DriverOptions(
                                        0,
                                        LINK_WAIT_MS,
                                        DriverOptions.TID_WINDOW_MS,
                                        plant.quirks()),
                                plant.link(),
                                null));
        units = daemon.units();
        perUnit = ChipCounter.arrayLength(model.contexts());
    }

    @Override
    public ChipModel model() {
        return model;
    }

    @Override
    public Path node(int unit) {
        return daemon.directory().node(unit);
    }

    @Override
    public Path anyNode() {
        return daemon.directory().anyNode();
    }

    @Override
    public void work() {
        daemon.doWork();
    }

    @Override
    public void sweep() {
        for (UnitDriver unit : units) {
            unit.chip().sweep();
        }
    }

    @Override
    public long[] chipCounters() {
        long[] all = new long[UNITS * perUnit];
        long[] one = new long[perUnit];
        for (int unit = 0; unit < UNITS; unit++) {
            units.get(unit).chip().copyCounters(one);
            System.arraycopy(one, 0, all, unit * perUnit, perUnit);
        }
        return all;
    }

    long driverCounter(DriverCounter counter) {
        return units.stream().mapToLong(unit -> unit.counters()[counter.index()]).sum();
    }

    /** Nobody honest is on the last unit; the others must go on working. */
    void assertThawed() {
        for (int unit = 0; unit < PLAYGROUND; unit++) {
            Chip chip = units.get(unit).chip();
            if (chip.frozen() || !chip.linkIsUp()) {
                throw new Violation("unit=" + unit + " was frozen or unplugged by its clients");
            }
        }
    }

    int openFiles() {
        return daemon.openFiles();
    }

    @Override
    public void close() {
        daemon.close();
    }
}
