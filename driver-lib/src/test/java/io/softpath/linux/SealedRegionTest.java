package io.softpath.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * What a user can do with the descriptor of a region that only the chip may write: with raw calls,
 * without the library.
 */
class SealedRegionTest {
    private static final int EPERM = 1;
    private static final int EACCES = 13;
    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_SHARED = 1;
    private static final int MADV_REMOVE = 9;
    private static final int FALLOC_PUNCH_HOLE_KEEP_SIZE = 3;
    private static final int O_RDWR = 2;
    private static final int BYTES = 8192;
    private static final MethodHandle FALLOCATE = NativeCalls.function("fallocate");
    private static final MethodHandle MPROTECT = NativeCalls.function("mprotect");
    private static final MethodHandle OPEN = NativeCalls.function("open");
    private static final MethodHandle PWRITE = NativeCalls.function("pwrite");

    private final Arena arena = Arena.ofConfined();
    private MemFd file;
    private MemorySegment chips;
    private MemorySegment users;
    private int number;

    @BeforeEach
    void sealRegion() {
        file = MemFd.create("softpath-test:sealed", BYTES);
        chips = MappedMemory.map(file.fd(), 0, BYTES, true, arena).segment();
        file.mode(0444);
        file.seal(Seals.SHRINK | Seals.GROW | Seals.FUTURE_WRITE | Seals.SEAL);
        users = MappedMemory.map(file.fd(), 0, BYTES, false, arena).segment();
        number = file.fd().number();
    }

    @AfterEach
    void close() {
        file.close();
        arena.close();
    }

    @Test
    void shouldShowStoresOfTheChip() {
        chips.set(JAVA_LONG, 4096, 42);
        assertEquals(42, users.get(JAVA_LONG, 4096));
    }

    @Test
    void shouldRefuseWritableMapping() {
        long result =
                NativeCalls.callLong(
                        NativeCalls.MMAP, 0, BYTES, PROT_READ_WRITE, MAP_SHARED, number, 0);
        Refusals.assertErrno(EPERM, result);
        Refusals.assertRefused("EPERM", () -> MappedMemory.map(file.fd(), 0, BYTES, true, arena));
    }

    @Test
    void shouldRefuseMakingTheMappingWritable() {
        Refusals.assertErrno(
                EACCES, NativeCalls.callInt(MPROTECT, users.address(), BYTES, PROT_READ_WRITE));
        assertFalse(Smaps.at(users.address()).orElseThrow().has("mw"));
    }

    @Test
    void shouldRefuseWritingHolesAndTruncation() {
        chips.set(JAVA_LONG, 0, 42);
        assertEquals(
                -EPERM,
                NativeCalls.callLong(PWRITE, number, chips.address(), 8, 0, 0, 0),
                "pwrite");
        assertEquals(
                -EPERM,
                NativeCalls.callInt(FALLOCATE, number, FALLOC_PUNCH_HOLE_KEEP_SIZE, 0, 4096, 0, 0),
                "punch hole");
        assertEquals(
                -EACCES,
                NativeCalls.callInt(NativeCalls.MADVISE, users.address(), BYTES, MADV_REMOVE),
                "MADV_REMOVE");
        assertEquals(-EPERM, NativeCalls.callInt(NativeCalls.FTRUNCATE, number, 4096, 0), "shrink");
        assertEquals(
                -EPERM, NativeCalls.callInt(NativeCalls.FTRUNCATE, number, 1 << 20, 0), "grow");
        Refusals.assertRefused("EPERM", () -> file.seal(Seals.WRITE));
        assertEquals(42, users.get(JAVA_LONG, 0));
        assertEquals(BYTES, file.bytes());
    }

    @Test
    void shouldRefuseWritableMappingOfReopenedFile() {
        MemorySegment path = arena.allocateFrom("/proc/self/fd/" + number);
        int reopened = NativeCalls.callInt(OPEN, path.address(), O_RDWR, 0);
        if (reopened < 0) { // without CAP_DAC_OVERRIDE mode 0444 refuses already
            Refusals.assertErrno(EACCES, reopened);
            return;
        }
        try (Fd again = Fd.own(reopened, "reopened")) {
            Refusals.assertRefused("EPERM", () -> MappedMemory.map(again, 0, BYTES, true, arena));
        }
    }

    @Test
    void shouldThrowWhenStoringToTheReadOnlySegment() {
        assertThrows(IllegalArgumentException.class, () -> users.set(JAVA_LONG, 0, 1));
        assertThrows(IllegalArgumentException.class, () -> users.fill((byte) 1));
    }
}
