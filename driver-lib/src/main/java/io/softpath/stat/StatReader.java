package io.softpath.stat;

import io.softpath.abi.register.ChipCounter;
import io.softpath.abi.register.DriverCounter;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.linux.Fd;
import io.softpath.linux.MappedMemory;
import io.softpath.linux.MemFd;
import io.softpath.linux.Protection;
import io.softpath.linux.Seals;
import io.softpath.memory.AgronaView;

import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.errors.ErrorLogReader;
import org.agrona.concurrent.status.CountersReader;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A tool's end of a unit's statistics. It maps the file read-only, and each question is answered
 * from a copy, so nothing it does can disturb the daemon. Any thread.
 */
public final class StatReader {
    private final MemorySegment file;
    private final StatInfo info;
    private final int chipCount;

    private StatReader(MemorySegment file) {
        this.file = file;
        this.chipCount = StatLayout.dword(file, StatLayout.CHIP_COUNTERS);
        this.info =
                new StatInfo(
                        StatLayout.dword(file, StatLayout.ABI_VERSION),
                        StatLayout.dword(file, StatLayout.DAEMON_PID),
                        StatLayout.dword(file, StatLayout.UNIT),
                        StatLayout.model(file),
                        StatLayout.dword(file, StatLayout.CONTEXTS),
                        StatLayout.dword(file, StatLayout.LID),
                        StatLayout.qword(file, StatLayout.GUID),
                        StatLayout.qword(file, StatLayout.START_TIME));
    }

    /**
     * Maps a statistics file; the descriptor may be closed at once.
     *
     * @throws SoftpathException EINVAL: not a statistics file; EPERM: it could shrink under the
     *     reader; ENODEV: another layout version; EAGAIN: its daemon has not finished it yet
     */
    public static StatReader open(Fd fd) {
        MemFd received = MemFd.received(fd);
        int seals = received.seals();
        if ((seals & Seals.SHRINK) == 0) {
            throw SoftpathException.of(
                    Errno.EPERM,
                    "statistics file can shrink: seals=" + Seals.names(seals) + " wanted=SHRINK");
        }
        long bytes = received.bytes();
        if (bytes < StatLayout.HEADER_BYTES) {
            throw notStatistics("bytes=" + bytes + " bound=" + StatLayout.HEADER_BYTES);
        }
        MemorySegment file =
                MappedMemory.mapWhileReachable(fd, 0, bytes, Protection.READ_ONLY).segment();
        checkVersion(file);
        checkSection(file, StatLayout.METADATA);
        checkSection(file, StatLayout.VALUES);
        checkSection(file, StatLayout.ERRORS);
        return new StatReader(file);
    }

    private static void checkVersion(MemorySegment file) {
        int version = StatLayout.dword(file, StatLayout.VERSION_OFFSET);
        long magic = StatLayout.qword(file, StatLayout.MAGIC_OFFSET);
        if (magic != StatLayout.MAGIC && (magic != 0 || version != 0)) {
            throw notStatistics("magic=0x" + Long.toHexString(magic));
        }
        if (version == 0) {
            throw SoftpathException.of(Errno.EAGAIN, "statistics file is not ready yet: version=0");
        }
        if (version != StatLayout.VERSION) {
            throw SoftpathException.of(
                    Errno.ENODEV,
                    "statistics file has another layout: version="
                            + version
                            + " wanted="
                            + StatLayout.VERSION
                            + " remedy=\"use the tools of the daemon's release\"");
        }
    }

    private static void checkSection(MemorySegment file, int field) {
        long offset = StatLayout.dword(file, field);
        long bytes = StatLayout.dword(file, field + Integer.BYTES);
        if (offset < 0 || bytes < 0 || offset % 8 != 0 || offset + bytes > file.byteSize()) {
            throw notStatistics("section=" + field + " offset=" + offset + " bytes=" + bytes);
        }
    }

    private static SoftpathException notStatistics(String what) {
        return SoftpathException.of(Errno.EINVAL, "not a statistics file: " + what);
    }

    public StatInfo info() {
        return info;
    }

    /** When the daemon last published its counters, ms since 1970. */
    public long publishTimeMs() {
        return StatLayout.qword(file, StatLayout.PUBLISH_TIME);
    }

    /** Errors that found no room in the file. */
    public long errorsNotRecorded() {
        return StatLayout.qword(file, StatLayout.ERRORS_NOT_RECORDED);
    }

    /** All counters as they are now, in the order of the file. */
    public List<StatCounter> counters() {
        UnsafeBuffer metadata = section(StatLayout.METADATA);
        CountersReader reader =
                new CountersReader(metadata, section(StatLayout.VALUES), StandardCharsets.UTF_8);
        List<StatCounter> counters = new ArrayList<>();
        reader.forEach((id, type, key, name) ->
                counters.add(counter(id, type, name, reader.getCounterValue(id))));
        return counters;
    }

    private StatCounter counter(int id, int type, String name, long value) {
        int driverIndex = id - chipCount;
        if (type == StatLayout.CHIP_TYPE && id < chipCount) {
            ChipCounter counter = ChipCounter.at(id);
            return new StatCounter(
                    id, StatCounter.Group.CHIP, name, counter.purpose(), counter.error(), value);
        }
        DriverCounter[] driver = DriverCounter.values();
        if (type == StatLayout.DRIVER_TYPE && driverIndex >= 0 && driverIndex < driver.length) {
            DriverCounter counter = driver[driverIndex];
            return new StatCounter(
                    id, StatCounter.Group.DRIVER, name, counter.purpose(), counter.error(), value);
        }
        return new StatCounter(id, StatCounter.Group.OTHER, name, "", false, value);
    }

    /** The distinct errors as they are now, in the order in which each first happened. */
    public List<StatError> errors() {
        List<StatError> errors = new ArrayList<>();
        ErrorLogReader.read(
                section(StatLayout.ERRORS),
                (count, firstMs, lastMs, text) ->
                        errors.add(new StatError(count, firstMs, lastMs, text)));
        return errors;
    }

    private UnsafeBuffer section(int field) {
        return AgronaView.snapshot(
                file, StatLayout.dword(file, field), StatLayout.dword(file, field + Integer.BYTES));
    }
}
