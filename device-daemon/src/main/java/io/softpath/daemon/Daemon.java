package io.softpath.daemon;

import io.softpath.daemon.chip.ChipIdentity;
import io.softpath.daemon.control.ControlServer;
import io.softpath.daemon.control.Quirk;
import io.softpath.daemon.control.UnitDriver;
import io.softpath.daemon.link.Fabric;
import io.softpath.daemon.link.FaultyLink;
import io.softpath.daemon.link.Link;
import io.softpath.daemon.region.MapRules;
import io.softpath.fault.FaultPoint;
import io.softpath.fault.Faults;
import io.softpath.flight.FlightRecorder;
import io.softpath.linux.CurrentProcess;
import io.softpath.linux.Fd;

import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.AgentTerminationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A daemon: its run directory, its units, their chips and the control channel, wired together.
 *
 * <p>All of it belongs to the thread that made it, which then calls {@link #run}, or {@link
 * #doWork} again and again. Only {@link #stop} may come from another thread.
 */
public final class Daemon implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);

    /** OUI of the maker, 00:11:75, as the upper bytes of a GUID. */
    private static final long GUID_BASE = 0x0011_7500_0000_0000L;

    private static final int FIRST_LID = 1;

    private final DaemonConfig config;
    private final RunDirectory directory;
    private final List<UnitDriver> units = new ArrayList<>();
    private final List<UnitStatistics> statistics = new ArrayList<>();
    private ControlServer control;
    private DutyCycle dutyCycle;
    private Link link;
    private FlightRecorder recorder;
    private long failures;

    private Daemon(DaemonConfig config, RunDirectory directory) {
        this.config = config;
        this.directory = directory;
    }

    /**
     * Takes the run directory, makes the units and opens their nodes; links are up.
     *
     * @throws io.softpath.error.SoftpathException EBUSY if another daemon has the directory, or
     *     what else is missing; nothing is left behind
     */
    public static Daemon start(DaemonConfig config) {
        int uid = CurrentProcess.uid();
        RunDirectory directory =
                RunDirectory.claim(
                        config.directory(), uid, RunDirectory.ownerLine(uid, config.units()));
        Daemon daemon = new Daemon(config, directory);
        boolean started = false;
        try {
            Faults.at(FaultPoint.DAEMON_CLAIMED);
            daemon.open();
            started = true;
            return daemon;
        } finally {
            if (!started) {
                daemon.close();
            }
        }
    }

    private void open() {
        if (config.flight() != null) {
            recorder = FlightRecorder.start(config.flight(), "daemon", LOG::warn);
        }
        Fabric fabric = new Fabric();
        link =
                config.link().isNone() && !Faults.ON
                        ? fabric
                        : new FaultyLink(fabric, config.link(), System::nanoTime);
        for (int unit = 0; unit < config.units(); unit++) {
            ChipIdentity identity = new ChipIdentity(unit, FIRST_LID + unit, GUID_BASE | unit);
            UnitDriver driver =
                    new UnitDriver(
                            config.model(),
                            identity,
                            link,
                            () -> ThreadLocalRandom.current().nextLong(),
                            config.options(),
                            System::nanoTime,
                            System::currentTimeMillis);
            units.add(driver);
            statistics.add(new UnitStatistics(driver));
            fabric.attach(driver.chip());
            if (recorder != null) {
                driver.chip().trace(new UnitFlight(recorder, unit));
            }
        }
        control =
                new ControlServer(
                        units,
                        rules(config.options().quirks()),
                        config.maxOpenFiles(),
                        this::statisticsFile,
                        e -> statistics.getFirst().record(e),
                        System::nanoTime,
                        System::currentTimeMillis);
        if (recorder != null) {
            control.trace(new ControlFlight(recorder));
        }
        dutyCycle = new DutyCycle(units, control, statistics, link);
        units.forEach(UnitDriver::linkUp);
        for (int unit = 0; unit < config.units(); unit++) {
            control.listen(directory.node(unit), unit, config.socketMode());
            Faults.at(FaultPoint.DAEMON_LISTENING);
        }
        control.listen(directory.anyNode(), -1, config.socketMode());
    }

    private Fd statisticsFile(int unit) {
        statistics.get(unit).publish();
        return statistics.get(unit).fd();
    }

    private static MapRules rules(Set<Quirk> quirks) {
        MapRules.Era era =
                quirks.contains(Quirk.MMAP_ERA_MAIL)
                        ? MapRules.Era.MAIL
                        : quirks.contains(Quirk.MMAP_ERA_REMAP)
                                ? MapRules.Era.REMAP
                                : MapRules.Era.LATE;
        return new MapRules(era, quirks.contains(Quirk.EVENT_PAGE_WRITABLE));
    }

    public DaemonConfig config() {
        return config;
    }

    public RunDirectory directory() {
        return directory;
    }

    /** The units, by number. */
    public List<UnitDriver> units() {
        return List.copyOf(units);
    }

    /** Connections open now. */
    public int openFiles() {
        return control.openFiles();
    }

    /**
     * One duty cycle, with a look at the sockets; for tests and for those who run the daemon in a
     * thread of their own.
     */
    public int doWork() {
        return dutyCycle.doWorkNow();
    }

    /**
     * Sleeps as the duty cycle does when there is nothing to do; returns the work done on waking.
     */
    int sleep() {
        return dutyCycle.sleep();
    }

    /** Runs on the calling thread until {@link #stop}. */
    public void run() {
        AgentRunner runner =
                new AgentRunner(
                        new DozeIdleStrategy(
                                dutyCycle::sleep,
                                Runtime.getRuntime().availableProcessors(),
                                control::openFiles),
                        this::failed,
                        null,
                        dutyCycle);
        try (Unmapper unmapper = new Unmapper()) {
            units.forEach(unit -> unit.unmapper(unmapper));
            runner.run();
        }
        if (!config.link().isNone()) {
            LOG.info("{}", link);
        }
    }

    /** A failure that comes back in each cycle is logged ever more rarely; all are counted. */
    private void failed(Throwable e) {
        if (e instanceof AgentTerminationException) {
            return; // the runner reports a stop that was asked for, too
        }
        statistics.getFirst().record(e);
        failures++;
        if (Long.bitCount(failures) == 1) {
            LOG.error("duty cycle failed, going on: failures={}", failures, e);
        }
    }

    /** Ends {@link #run} soon; any thread. */
    public void stop() {
        dutyCycle.stop();
    }

    /** Closes every connection and unit, and takes away what was made in the run directory. */
    @Override
    public void close() {
        if (control != null) {
            control.close();
        }
        Faults.at(FaultPoint.DAEMON_STOPPING);
        units.forEach(UnitDriver::close);
        statistics.forEach(UnitStatistics::close);
        if (recorder != null) {
            recorder.close();
        }
        directory.close();
    }
}
