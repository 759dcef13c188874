package io.softpath.stat;

import io.softpath.abi.register.ChipCounter;
import io.softpath.abi.register.DriverCounter;
import io.softpath.linux.Fd;
import io.softpath.linux.MappedMemory;
import io.softpath.memory.AgronaView;
import io.softpath.memory.RegionFile;

import org.agrona.concurrent.EpochClock;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.errors.DistinctErrorLog;
import org.agrona.concurrent.status.AtomicCounter;
import org.agrona.concurrent.status.CountersManager;
import org.agrona.concurrent.status.CountersReader;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The daemon's end of a unit's statistics: a file that nobody else can write, map writable or
 * resize.
 *
 * <p>{@link #publish} and {@link #newCounter}: one thread, the duty cycle. {@link #record} and a
 * counter made by {@link #newCounter}: any thread. After {@link #close} all of them still work and
 * are no longer seen by new readers.
 */
public final class StatWriter implements AutoCloseable {
    private static final int OTHER_COUNTERS = 32;

    private final RegionFile file;
    private final MemorySegment memory;
    private final EpochClock clock;
    private final CountersManager counters;
    private final UnsafeBuffer values;
    private final DistinctErrorLog errors;
    private final AtomicLong errorsNotRecorded = new AtomicLong();
    private final int chipCount;
    private final int driverCount;

    private StatWriter(RegionFile file, StatInfo info, int capacity, EpochClock clock) {
        this.file = file;
        this.memory = file.memory();
        this.clock = clock;
        this.chipCount = ChipCounter.arrayLength(info.contexts());
        this.driverCount = DriverCounter.values().length;
        int metadataBytes = capacity * CountersReader.METADATA_LENGTH;
        int valuesBytes = capacity * CountersReader.COUNTER_LENGTH;
        int metadataOffset = StatLayout.HEADER_BYTES;
        int valuesOffset = metadataOffset + metadataBytes;
        int errorsOffset = valuesOffset + valuesBytes;
        MappedMemory mapped = file.mapped();
        UnsafeBuffer metadata = AgronaView.of(mapped, metadataOffset, metadataBytes);
        this.values = AgronaView.of(mapped, valuesOffset, valuesBytes);
        this.counters = new CountersManager(metadata, values, StandardCharsets.UTF_8);
        this.errors =
                new DistinctErrorLog(
                        AgronaView.of(mapped, errorsOffset, StatLayout.ERRORS_BYTES),
                        clock,
                        StandardCharsets.UTF_8);
        StatLayout.putSection(memory, StatLayout.METADATA, metadataOffset, metadataBytes);
        StatLayout.putSection(memory, StatLayout.VALUES, valuesOffset, valuesBytes);
        StatLayout.putSection(memory, StatLayout.ERRORS, errorsOffset, StatLayout.ERRORS_BYTES);
        describe(info);
        allocateCatalogue();
        StatLayout.putQword(memory, StatLayout.PUBLISH_TIME, clock.time());
        StatLayout.putQword(memory, StatLayout.MAGIC_OFFSET, StatLayout.MAGIC);
        StatLayout.putDword(memory, StatLayout.VERSION_OFFSET, StatLayout.VERSION);
    }

    /**
     * Makes the file of a unit, with a counter for each name of the catalogue.
     *
     * @param clock milliseconds since 1970
     * @throws io.softpath.error.SoftpathException EMFILE, ENFILE, ENOMEM
     */
    public static StatWriter create(StatInfo info, EpochClock clock) {
        int needed =
                ChipCounter.arrayLength(info.contexts())
                        + DriverCounter.values().length
                        + OTHER_COUNTERS;
        int capacity = pageMultiple(needed);
        long bytes =
                StatLayout.HEADER_BYTES
                        + (long) capacity
                                * (CountersReader.METADATA_LENGTH + CountersReader.COUNTER_LENGTH)
                        + StatLayout.ERRORS_BYTES;
        RegionFile file = RegionFile.createReadOnly("softpath:u" + info.unit() + ":stat", bytes);
        try {
            return new StatWriter(file, info, capacity, clock);
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** So many counters that their values fill whole pages. */
    private static int pageMultiple(int counters) {
        int perPage = (int) MappedMemory.PAGE_BYTES / CountersReader.COUNTER_LENGTH;
        return (counters + perPage - 1) / perPage * perPage;
    }

    private void describe(StatInfo info) {
        StatLayout.putDword(memory, StatLayout.ABI_VERSION, info.abiVersion());
        StatLayout.putDword(memory, StatLayout.DAEMON_PID, info.daemonPid());
        StatLayout.putDword(memory, StatLayout.UNIT, info.unit());
        StatLayout.putDword(memory, StatLayout.LID, info.lid());
        StatLayout.putDword(memory, StatLayout.CONTEXTS, info.contexts());
        StatLayout.putQword(memory, StatLayout.GUID, info.guid());
        StatLayout.putQword(memory, StatLayout.START_TIME, info.startTimeMs());
        StatLayout.putModel(memory, info.model());
        StatLayout.putDword(memory, StatLayout.CHIP_COUNTERS, chipCount);
        StatLayout.putDword(memory, StatLayout.DRIVER_COUNTERS, driverCount);
    }

    private void allocateCatalogue() {
        for (int index = 0; index < chipCount; index++) {
            allocate(ChipCounter.nameAt(index), StatLayout.CHIP_TYPE, index);
        }
        for (DriverCounter counter : DriverCounter.values()) {
            allocate(counter.label(), StatLayout.DRIVER_TYPE, chipCount + counter.index());
        }
    }

    private void allocate(String name, int type, int expectedId) {
        int id = counters.allocate(name, type);
        if (id != expectedId) {
            throw new IllegalStateException(
                    "counter out of order: name=" + name + " id=" + id + " wanted=" + expectedId);
        }
    }

    /**
     * Publishes both arrays as they are now, each value with release. Allocates nothing.
     *
     * @param chip by {@link ChipCounter#index}; as long as {@link ChipCounter#arrayLength} of the
     *     unit's contexts
     * @param driver by {@link DriverCounter#index}
     */
    public void publish(long[] chip, long[] driver) {
        if (chip.length != chipCount || driver.length != driverCount) {
            throw new IllegalArgumentException(
                    "wrong number of counters: chip="
                            + chip.length
                            + " wanted="
                            + chipCount
                            + " driver="
                            + driver.length
                            + " wanted="
                            + driverCount);
        }
        for (int i = 0; i < chipCount; i++) {
            values.putLongRelease(CountersReader.counterOffset(i), chip[i]);
        }
        for (int i = 0; i < driverCount; i++) {
            values.putLongRelease(CountersReader.counterOffset(chipCount + i), driver[i]);
        }
        StatLayout.putQword(memory, StatLayout.PUBLISH_TIME, clock.time());
    }

    /** A counter outside the catalogue, for example of the duty cycle; there is room for 32. */
    public AtomicCounter newCounter(String name) {
        return counters.newCounter(name, StatLayout.OTHER_TYPE);
    }

    /**
     * Records an error; one that has been seen before only raises its count. Never throws for want
     * of room.
     */
    public void record(Throwable error) {
        if (!errors.record(error)) {
            StatLayout.putQword(
                    memory, StatLayout.ERRORS_NOT_RECORDED, errorsNotRecorded.incrementAndGet());
        }
    }

    /** What to hand to a tool. */
    public Fd fd() {
        return file.fd();
    }

    /** Gives the descriptor back; the memory lives on while a reader or this writer does. */
    @Override
    public void close() {
        file.close();
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
