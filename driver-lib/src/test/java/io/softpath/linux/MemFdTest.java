package io.softpath.linux;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.softpath.error.SoftpathException;

import org.junit.jupiter.api.Test;

import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

class MemFdTest {
    @Test
    void shouldHaveTheSizeItWasCreatedWith() {
        try (MemFd file = MemFd.create("softpath-test", 8192)) {
            assertEquals(8192, file.bytes());
            assertEquals(0, file.allocatedBytes());
        }
    }

    @Test
    void shouldUseMemoryOnlyForTouchedPages() {
        try (MemFd file = MemFd.create("softpath-test", 1 << 20);
                Arena arena = Arena.ofConfined()) {
            var memory = MappedMemory.map(file.fd(), 0, 1 << 20, true, arena).segment();
            memory.set(JAVA_BYTE, 5 * 4096, (byte) 1);
            assertEquals(4096, file.allocatedBytes());
        }
    }

    @Test
    void shouldReportSealsWhenTheyWereAdded() {
        try (MemFd file = MemFd.create("softpath-test", 4096)) {
            assertEquals(0, file.seals() & (Seals.SHRINK | Seals.GROW));
            file.seal(Seals.SHRINK | Seals.GROW);
            assertEquals(
                    Seals.SHRINK | Seals.GROW,
                    file.seals() & ~Seals.EXEC,
                    Seals.names(file.seals()));
        }
    }

    @Test
    void shouldRefuseMoreSealsWhenSealedForGood() {
        try (MemFd file = MemFd.create("softpath-test", 4096)) {
            file.seal(Seals.SEAL);
            Refusals.assertRefused("EPERM", () -> file.seal(Seals.GROW));
        }
    }

    @Test
    void shouldRefuseWriteSealWhileMappedWritable() {
        try (MemFd file = MemFd.create("softpath-test", 4096);
                Arena arena = Arena.ofConfined()) {
            MappedMemory.map(file.fd(), 0, 4096, true, arena);
            Refusals.assertRefused("EBUSY", () -> file.seal(Seals.WRITE));
        }
    }

    @Test
    void shouldRefuseEmptyFileAndBadName() {
        Refusals.assertRefused("EINVAL", () -> MemFd.create("softpath-test", 0));
        Refusals.assertRefused("EINVAL", () -> MemFd.create("softpath-test", -1));
        Refusals.assertRefused("EINVAL", () -> MemFd.create("soft\0path", 4096));
        Refusals.assertRefused("EINVAL", () -> MemFd.create("x".repeat(250), 4096));
    }

    @Test
    void shouldKeepMode() {
        try (MemFd file = MemFd.create("softpath-test", 4096)) {
            file.mode(0440);
            assertEquals(0440, file.mode());
        }
    }

    @Test
    void shouldRefuseEveryCallAfterClose() {
        MemFd file = MemFd.create("softpath-test", 4096);
        file.close();
        assertDoesNotThrow(file::close);
        assertFalse(file.fd().isOpen());
        Refusals.assertRefused("EBADF", file::seals);
        Refusals.assertRefused("EBADF", file::bytes);
        Refusals.assertRefused("EBADF", () -> file.seal(Seals.GROW));
        Refusals.assertRefused("EBADF", () -> file.mode(0600));
        Refusals.assertRefused("EBADF", () -> file.fd().number());
    }

    @Test
    void shouldNameCallErrnoAndObjectWhenRefused() {
        try (MemFd file = MemFd.create("softpath-test", 4096)) {
            file.seal(Seals.SEAL);
            SoftpathException refusal =
                    assertThrows(SoftpathException.Refused.class, () -> file.seal(Seals.GROW));
            assertTrue(refusal.getMessage().contains("F_ADD_SEALS"), refusal.getMessage());
            assertTrue(refusal.getMessage().contains("EPERM"), refusal.getMessage());
            assertTrue(refusal.getMessage().contains("memfd:softpath-test"), refusal.getMessage());
            assertTrue(refusal.getMessage().contains("GROW"), refusal.getMessage());
        }
    }

    @Test
    void shouldRefuseSealsOfWhatIsNoMemfd() {
        try (EventFd event = EventFd.create("test")) {
            Refusals.assertRefused("EINVAL", () -> MemFd.received(event.fd()).seals());
        }
    }

    @Test
    void shouldBeReadableByFileChannelOfItsNumber() throws Exception {
        try (MemFd file = MemFd.create("softpath-test", 4096);
                FileChannel channel =
                        FileChannel.open(Path.of("/proc/self/fd/" + file.fd().number()))) {
            assertEquals(4096, channel.size());
        }
    }

    @Test
    void shouldNameSeals() {
        assertEquals("none", Seals.names(0));
        assertEquals("SEAL|SHRINK|FUTURE_WRITE", Seals.names(0x13));
        assertEquals("SEAL|0x40", Seals.names(0x41));
    }
}
