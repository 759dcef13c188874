package io.softpath.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.softpath.abi.Fidelity;
import io.softpath.abi.region.RegionKind;
import io.softpath.error.SoftpathException;
import io.softpath.linux.MemFd;
import io.softpath.linux.Protection;
import io.softpath.linux.Seals;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

class MapperTest {
    private static final long TOKEN = 0x20_1000;
    private static final int BYTES = 4 * 4096;

    private final Arena daemons = Arena.ofConfined();
    private final Arena users = Arena.ofShared();
    private final List<RegionFile> files = new ArrayList<>();

    @AfterEach
    void close() {
        files.forEach(RegionFile::close);
        daemons.close();
        if (users.scope().isAlive()) {
            users.close();
        }
    }

    private RegionFile create(RegionKind kind) {
        RegionFile file = RegionFile.create(kind, kind.fileName(0, 1), BYTES, daemons);
        files.add(file);
        return file;
    }

    private Mapping map(RegionFile file, RegionKind kind, long bytes) {
        return Mapper.map(file.file(), kind, TOKEN, bytes, BYTES, users);
    }

    @ParameterizedTest
    @EnumSource(RegionKind.class)
    void shouldAgreeWithTheAbiOnWhatAUserMay(RegionKind kind) {
        Protection protection = RegionRule.of(kind).protection();
        assertEquals(kind.access().readable(), protection != Protection.WRITE_ONLY);
        assertEquals(kind.access().writable(), protection != Protection.READ_ONLY);
        assertEquals(
                kind.readOnlyByKernel(), (RegionRule.of(kind).seals() & Seals.FUTURE_WRITE) != 0);
    }

    @Fidelity({1, 64})
    @ParameterizedTest
    @EnumSource(RegionKind.class)
    void shouldShowTheKernelWhatTheRuleWants(RegionKind kind) {
        Mapping mapping = map(create(kind), kind, BYTES);
        Vma vma = mapping.vma();
        assertEquals(List.of(), vma.violations(), vma.toString());
        assertEquals(mapping.lock().locked(), vma.vmFlags().contains("lo"), vma.toString());
        assertEquals(kind.fileName(0, 1), vma.file());
        assertEquals(TOKEN, vma.token());
        assertEquals(BYTES, vma.bytes());
        assertEquals(kind.access(), vma.access());
        assertEquals(0, vma.touchedPages());
        String permissions =
                switch (kind.access()) {
                    case READ_ONLY -> "r--s";
                    case WRITE_ONLY -> "-w-s";
                    case READ_WRITE -> "rw-s";
                };
        assertEquals(permissions, vma.permissions());
    }

    @ParameterizedTest
    @EnumSource(
            value = RegionKind.class,
            names = {"RCVEGRBUFS", "RCVHDRTAIL", "PIOAVAIL", "SENDBUFSTATUS"})
    void shouldShowTheDaemonsStoresAndRefuseTheUsers(RegionKind kind) {
        RegionFile file = create(kind);
        MemorySegment segment = map(file, kind, BYTES).segment();
        file.memory().set(JAVA_LONG, 4096, 42);
        assertEquals(42, segment.get(JAVA_LONG, 4096));
        assertThrows(IllegalArgumentException.class, () -> segment.set(JAVA_LONG, 0, 1));
    }

    @ParameterizedTest
    @EnumSource(
            value = RegionKind.class,
            names = {"UREGS", "RCVHDRQ", "SUBCTXT_UREGS", "SUBCTXT_RCVHDRQ", "SUBCTXT_RCVEGRBUFS"})
    void shouldShareStoresOfBothSidesWhereTheUserMayWrite(RegionKind kind) {
        RegionFile file = create(kind);
        MemorySegment segment = map(file, kind, BYTES).segment();
        segment.set(JAVA_LONG, 8, 7);
        assertEquals(7, file.memory().get(JAVA_LONG, 8));
    }

    @Test
    void shouldGiveNoReadableViewOfPioBuffers() {
        RegionFile file = create(RegionKind.PIOBUFS);
        Mapping mapping = map(file, RegionKind.PIOBUFS, BYTES);
        assertErrno("EPERM", mapping::segment);
        WriteOnlyMemory pio = mapping.writeOnly();
        WriteOnlyMemory second = pio.slice(4096, 4096);
        second.putLong(0, 0x0102030405060708L);
        second.putLongPlain(8, 2);
        second.putInt(16, 3);
        second.putIntPlain(20, 4);
        second.copyFrom(MemorySegment.ofArray(new byte[] {9, 8, 7}), 1, 24, 2);
        assertEquals(0x0102030405060708L, file.memory().get(JAVA_LONG, 4096));
        assertEquals(2, file.memory().get(JAVA_LONG, 4096 + 8));
        assertEquals(3 | 4L << 32, file.memory().get(JAVA_LONG, 4096 + 16));
        assertEquals(8 | 7L << 8, file.memory().get(JAVA_LONG, 4096 + 24));
        assertThrows(IndexOutOfBoundsException.class, () -> second.putInt(4096, 1));
        assertThrows(IndexOutOfBoundsException.class, () -> second.putLong(-8, 1));
        assertThrows(IllegalArgumentException.class, () -> second.putLong(4, 1));
        assertThrows(
                IndexOutOfBoundsException.class,
                () -> second.copyFrom(MemorySegment.ofArray(new byte[8]), 0, 4092, 8));
    }

    @Test
    void shouldGiveNoWriteOnlyViewOfOtherKinds() {
        Mapping mapping = map(create(RegionKind.UREGS), RegionKind.UREGS, BYTES);
        assertErrno("EPERM", mapping::writeOnly);
    }

    @Fidelity(6)
    @Test
    void shouldMapLessThanTheRegion() {
        RegionFile file = create(RegionKind.RCVEGRBUFS);
        Mapping mapping = map(file, RegionKind.RCVEGRBUFS, 4096);
        file.memory().set(JAVA_LONG, 0, 42);
        assertEquals(42, mapping.segment().get(JAVA_LONG, 0));
        assertEquals(4096, mapping.bytes());
        assertThrows(IndexOutOfBoundsException.class, () -> mapping.segment().get(JAVA_LONG, 4096));
    }

    @ParameterizedTest
    @EnumSource(RegionKind.class)
    void shouldRefuseMoreThanTheRegionWithTheErrnoOfTheKind(RegionKind kind) {
        RegionFile file = create(kind);
        SoftpathException refusal =
                assertThrows(SoftpathException.Refused.class, () -> map(file, kind, BYTES + 4096));
        assertEquals(kind.tooLong(), refusal.errno().number());
        assertErrno("EINVAL", () -> map(file, kind, 0));
    }

    @Test
    void shouldRefuseFilesThatAreWeakerThanTheRule() {
        int[] weaker = {
            0,
            Seals.SHRINK,
            Seals.SHRINK | Seals.GROW,
            Seals.GROW | Seals.SEAL | Seals.FUTURE_WRITE,
            Seals.SHRINK | Seals.GROW | Seals.SEAL
        };
        for (int seals : weaker) {
            try (MemFd file = MemFd.create("softpath-test", BYTES)) {
                if (seals != 0) {
                    file.seal(seals);
                }
                assertErrno(
                        "EPERM",
                        () -> Mapper.map(file, RegionKind.PIOAVAIL, TOKEN, BYTES, BYTES, users));
            }
        }
    }

    @Test
    void shouldRefuseAFileOfAnotherSizeThanPromised() {
        RegionFile file = create(RegionKind.UREGS);
        assertErrno(
                "EINVAL",
                () -> Mapper.map(file.file(), RegionKind.UREGS, TOKEN, 4096, BYTES - 4096, users));
        assertErrno(
                "EINVAL",
                () -> Mapper.map(file.file(), RegionKind.UREGS, TOKEN, 4096, BYTES + 4096, users));
    }

    @Test
    void shouldRefuseUseAfterTheArenaIsClosed() {
        Mapping pio = map(create(RegionKind.PIOBUFS), RegionKind.PIOBUFS, BYTES);
        Mapping registers = map(create(RegionKind.UREGS), RegionKind.UREGS, BYTES);
        WriteOnlyMemory kept = pio.writeOnly();
        MemorySegment segment = registers.segment();
        assertTrue(registers.isOpen());
        users.close();
        assertFalse(registers.isOpen());
        assertErrno("EBADF", registers::segment);
        assertErrno("EBADF", registers::vma);
        assertErrno("EBADF", pio::writeOnly);
        assertThrows(IllegalStateException.class, () -> kept.putLong(0, 1));
        assertThrows(IllegalStateException.class, () -> segment.get(JAVA_LONG, 0));
        assertEquals(BYTES, registers.bytes());
    }

    @Test
    void shouldCountTouchedPages() {
        RegionFile file = create(RegionKind.RCVEGRBUFS);
        Mapping mapping = map(file, RegionKind.RCVEGRBUFS, BYTES);
        file.memory().set(JAVA_LONG, 4096, 1);
        assertEquals(1, mapping.segment().get(JAVA_LONG, 4096));
        assertTrue(mapping.vma().touchedPages() >= 1);
        assertTrue(mapping.vma().touchedPages() <= BYTES / 4096);
        assertEquals(4096, file.file().allocatedBytes());
    }

    private static void assertErrno(String name, Executable executable) {
        SoftpathException refusal = assertThrows(SoftpathException.class, executable);
        assertEquals(name, refusal.errno().name(), refusal.getMessage());
    }
}
