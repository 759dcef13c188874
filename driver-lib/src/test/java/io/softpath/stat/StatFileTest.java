package io.softpath.stat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.Fidelity;
import io.softpath.abi.register.ChipCounter;
import io.softpath.abi.register.DriverCounter;
import io.softpath.error.SoftpathException;
import io.softpath.linux.EventFd;
import io.softpath.linux.Fd;
import io.softpath.linux.MappedMemory;
import io.softpath.linux.MemFd;
import io.softpath.linux.Protection;
import io.softpath.linux.Seals;

import org.agrona.concurrent.CachedEpochClock;
import org.agrona.concurrent.status.AtomicCounter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

class StatFileTest {
    private static final int CONTEXTS = 17;
    private static final StatInfo INFO =
            new StatInfo(0x1000d, 4711, 1, "IBA7220", CONTEXTS, 3, 0x0011_7500_00ff_0001L, 1000);

    private final CachedEpochClock clock = new CachedEpochClock();
    private final StatWriter writer = StatWriter.create(INFO, clock);
    private final long[] chip = new long[ChipCounter.arrayLength(CONTEXTS)];
    private final long[] driver = new long[DriverCounter.values().length];

    @AfterEach
    void close() {
        writer.close();
    }

    @Test
    void shouldTellWhatItIsAbout() {
        assertEquals(INFO, StatReader.open(writer.fd()).info());
    }

    @Fidelity(62)
    @Test
    void shouldShowCountersUnderTheNamesAndInTheOrderOfTheCatalogue() {
        for (int i = 0; i < chip.length; i++) {
            chip[i] = 1000L + i;
        }
        for (int i = 0; i < driver.length; i++) {
            driver[i] = 5000L + i;
        }
        clock.update(77);
        writer.publish(chip, driver);
        StatReader reader = StatReader.open(writer.fd());
        List<StatCounter> counters = reader.counters();
        assertEquals(chip.length + driver.length, counters.size());
        for (int i = 0; i < chip.length; i++) {
            StatCounter counter = counters.get(i);
            assertEquals(StatCounter.Group.CHIP, counter.group());
            assertEquals(ChipCounter.nameAt(i), counter.name());
            assertEquals(1000 + i, counter.value());
            assertFalse(counter.purpose().isEmpty());
        }
        for (int i = 0; i < driver.length; i++) {
            StatCounter counter = counters.get(chip.length + i);
            assertEquals(StatCounter.Group.DRIVER, counter.group());
            assertEquals(DriverCounter.values()[i].label(), counter.name());
            assertEquals(5000 + i, counter.value());
        }
        assertEquals(77, reader.publishTimeMs());
    }

    @Test
    void shouldGiveEachCounterOfTheCatalogueItsOwnName() {
        Set<String> names = new HashSet<>();
        for (StatCounter counter : StatReader.open(writer.fd()).counters()) {
            assertTrue(names.add(counter.group() + " " + counter.name()), counter.name());
        }
    }

    @Test
    void shouldShowWhatWasPublishedAfterTheReaderOpened() {
        StatReader reader = StatReader.open(writer.fd());
        chip[ChipCounter.TX_PKT.index()] = 42;
        writer.publish(chip, driver);
        assertEquals(42, reader.counters().get(ChipCounter.TX_PKT.index()).value());
    }

    @Test
    void shouldShowCountersOutsideTheCatalogue() {
        AtomicCounter sweeps = writer.newCounter("Sweeps");
        sweeps.increment();
        StatCounter last = StatReader.open(writer.fd()).counters().getLast();
        assertEquals(
                new StatCounter(
                        chip.length + driver.length,
                        StatCounter.Group.OTHER,
                        "Sweeps",
                        "",
                        false,
                        1),
                last);
    }

    @Test
    void shouldRefuseArraysOfTheWrongLength() {
        assertThrows(IllegalArgumentException.class, () -> writer.publish(driver, driver));
        assertThrows(IllegalArgumentException.class, () -> writer.publish(chip, chip));
    }

    @Test
    void shouldCountAnErrorThatHappensAgain() {
        StatReader reader = StatReader.open(writer.fd());
        assertEquals(List.of(), reader.errors());
        for (int i = 0; i < 3; i++) {
            clock.update(100 + i);
            writer.record(new IllegalStateException("chip on fire"));
        }
        writer.record(new IllegalArgumentException("other"));
        List<StatError> errors = reader.errors();
        assertEquals(2, errors.size());
        assertEquals(3, errors.getFirst().count());
        assertEquals(100, errors.getFirst().firstMs());
        assertEquals(102, errors.getFirst().lastMs());
        assertTrue(errors.getFirst().text().contains("chip on fire"));
        assertEquals(0, reader.errorsNotRecorded());
    }

    @Test
    void shouldCountErrorsThatFindNoRoom() {
        String text = "x".repeat(30_000);
        writer.record(new IllegalStateException(text + "1"));
        writer.record(new IllegalArgumentException(text + "2"));
        writer.record(new UnsupportedOperationException(text + "3"));
        StatReader reader = StatReader.open(writer.fd());
        assertEquals(3, reader.errors().size() + reader.errorsNotRecorded());
        assertTrue(reader.errorsNotRecorded() >= 1);
    }

    @Test
    void shouldKeepReadingAfterTheWriterIsClosed() {
        StatReader reader = StatReader.open(writer.fd());
        writer.close();
        assertEquals(chip.length + driver.length, reader.counters().size());
        assertErrno("EBADF", writer.fd());
        writer.publish(chip, driver);
        writer.record(new IllegalStateException("late"));
        assertEquals(1, reader.errors().size());
    }

    @Test
    void shouldRefuseWritableMappingOfTheFile() {
        SoftpathException refusal =
                assertThrows(
                        SoftpathException.class,
                        () ->
                                MappedMemory.mapWhileReachable(
                                        writer.fd(), 0, 4096, Protection.READ_WRITE));
        assertEquals("EPERM", refusal.errno().name());
    }

    @Test
    void shouldRefuseAForeignLayoutVersionNamingBoth() {
        try (MemFd file = MemFd.create("softpath-test", 8192)) {
            MemorySegment memory = prepare(file);
            StatLayout.putDword(memory, StatLayout.VERSION_OFFSET, StatLayout.VERSION + 1);
            SoftpathException refusal =
                    assertThrows(SoftpathException.class, () -> StatReader.open(file.fd()));
            assertEquals("ENODEV", refusal.errno().name());
            assertTrue(refusal.getMessage().contains("version=2 wanted=1"), refusal.getMessage());
        }
    }

    @Test
    void shouldRefuseWhatIsNotReadyOrNotStatistics() {
        try (MemFd file = MemFd.create("softpath-test", 8192)) {
            MemorySegment memory = prepare(file);
            assertErrno("EAGAIN", file.fd());
            StatLayout.putDword(memory, StatLayout.VERSION_OFFSET, StatLayout.VERSION);
            StatLayout.putSection(memory, StatLayout.ERRORS, 4096, 8192);
            assertErrno("EINVAL", file.fd());
            StatLayout.putSection(memory, StatLayout.ERRORS, -8, 8);
            assertErrno("EINVAL", file.fd());
            StatLayout.putQword(memory, StatLayout.MAGIC_OFFSET, 42);
            assertErrno("EINVAL", file.fd());
        }
        try (MemFd small = MemFd.create("softpath-test", 64)) {
            small.seal(Seals.SHRINK);
            assertErrno("EINVAL", small.fd());
        }
        try (EventFd event = EventFd.create("test")) {
            assertErrno("EINVAL", event.fd());
        }
    }

    @Test
    void shouldRefuseAFileThatCouldShrink() {
        try (MemFd file = MemFd.create("softpath-test", 8192)) {
            assertErrno("EPERM", file.fd());
        }
    }

    private static MemorySegment prepare(MemFd file) {
        MemorySegment memory =
                MappedMemory.mapWhileReachable(file.fd(), 0, 8192, Protection.READ_WRITE).segment();
        file.seal(Seals.SHRINK);
        StatLayout.putQword(memory, StatLayout.MAGIC_OFFSET, StatLayout.MAGIC);
        return memory;
    }

    private static void assertErrno(String name, Fd fd) {
        SoftpathException refusal =
                assertThrows(SoftpathException.class, () -> StatReader.open(fd));
        assertEquals(name, refusal.errno().name(), refusal.getMessage());
    }
}
