package io.softpath.daemon;

import io.softpath.abi.control.AbiVersion;
import io.softpath.abi.register.ChipCounter;
import io.softpath.daemon.control.UnitDriver;
import io.softpath.linux.CurrentProcess;
import io.softpath.linux.Fd;
import io.softpath.stat.StatInfo;
import io.softpath.stat.StatWriter;

import org.agrona.concurrent.SystemEpochClock;

/** What one unit counts and what went wrong on it, in the file that tools map. */
final class UnitStatistics implements AutoCloseable {
    private final UnitDriver unit;
    private final StatWriter writer;
    private final long[] chipCounters;

    UnitStatistics(UnitDriver unit) {
        this.unit = unit;
        chipCounters = new long[ChipCounter.arrayLength(unit.model().contexts())];
        writer =
                StatWriter.create(
                        new StatInfo(
                                AbiVersion.DRIVER,
                                CurrentProcess.pid(),
                                unit.number(),
                                unit.model().name(),
                                unit.model().contexts(),
                                unit.identity().lid(),
                                unit.identity().guid(),
                                System.currentTimeMillis()),
                        SystemEpochClock.INSTANCE);
    }

    /** Copies the counters to where tools read them. */
    void publish() {
        unit.chip().copyCounters(chipCounters);
        writer.publish(chipCounters, unit.counters());
    }

    /** Adds to the distinct errors. */
    void record(Throwable error) {
        writer.record(error);
    }

    /** The file, for a tool. */
    Fd fd() {
        return writer.fd();
    }

    @Override
    public void close() {
        writer.close();
    }
}
