package io.softpath.linux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

class UnnamedFileTest {
    @TempDir private Path directory;

    @BeforeEach
    void needsAFileSystemThatHasThem() {
        try (UnnamedFile file = UnnamedFile.create(directory)) {
            assertEquals(0, file.channel().size());
        } catch (SoftpathException e) {
            assumeTrue(!e.errno().equals(Errno.EOPNOTSUPP), "no unnamed files in " + directory);
            throw e;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private List<Path> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }

    @Test
    void shouldBeSeenOnlyUnderTheNameThatItIsGiven() throws IOException {
        Path name = directory.resolve("name");
        try (UnnamedFile file = UnnamedFile.create(directory)) {
            file.channel().write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
            assertEquals(List.of(), names());
            file.link(name);
        }
        assertArrayEquals(new byte[] {1, 2, 3}, Files.readAllBytes(name));
        assertEquals(List.of(name), names());
    }

    @Test
    void shouldVanishWithoutAName() throws IOException {
        UnnamedFile file = UnnamedFile.create(directory);
        file.channel().write(ByteBuffer.wrap(new byte[] {1}));
        file.close();
        file.close();
        assertEquals(List.of(), names());
        assertThrows(SoftpathException.class, () -> file.link(directory.resolve("name")));
    }

    @Test
    void shouldLeaveANameThatIsTaken() throws IOException {
        Path name = Files.writeString(directory.resolve("name"), "old");
        try (UnnamedFile file = UnnamedFile.create(directory)) {
            SoftpathException e = assertThrows(SoftpathException.class, () -> file.link(name));
            assertEquals(Errno.EEXIST, e.errno());
        }
        assertEquals("old", Files.readString(name));
    }

    @Test
    void shouldRefuseADirectoryThatIsNotThere() {
        SoftpathException e =
                assertThrows(
                        SoftpathException.class,
                        () -> UnnamedFile.create(directory.resolve("missing")));
        assertEquals(Errno.ENOENT, e.errno());
    }
}
