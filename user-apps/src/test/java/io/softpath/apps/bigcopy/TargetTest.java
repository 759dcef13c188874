package io.softpath.apps.bigcopy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** With and without files that have no name. */
class TargetTest {
    private static final byte[] NEW = {1, 2, 3};

    @TempDir private Path directory;

    private Options to(String name, String... more) {
        List<String> words = new ArrayList<>(List.of(more));
        words.addAll(List.of("--size", "3", directory.resolve(name).toString()));
        return Options.parse(words.toArray(String[]::new));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldGetItsNameWhenItIsWhole(boolean unnamed) throws IOException {
        try (Target target = Target.create(to("file"), unnamed)) {
            target.write(ByteBuffer.wrap(NEW));
            assertFalse(names().contains("file"));
            target.commit(true);
        }
        assertEquals(List.of("file"), names());
        assertArrayEquals(NEW, Files.readAllBytes(directory.resolve("file")));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldLeaveNothingOfAFileThatIsNotWhole(boolean unnamed) throws IOException {
        Target target = Target.create(to("file"), unnamed);
        target.write(ByteBuffer.wrap(NEW));
        target.close();
        target.close();
        assertEquals(List.of(), names());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldReplaceOnlyWithForceAndKeepThePermissions(boolean unnamed) throws IOException {
        Path old = Files.writeString(directory.resolve("file"), "old");
        Files.setPosixFilePermissions(old, PosixFilePermissions.fromString("rw-------"));
        assertThrows(Refusal.class, () -> Target.check(to("file")));
        Options force = to("file", "--force");
        Target.check(force);
        try (Target target = Target.create(force, unnamed)) {
            target.write(ByteBuffer.wrap(NEW));
            assertEquals("old", Files.readString(old));
            target.commit(false);
        }
        assertArrayEquals(NEW, Files.readAllBytes(old));
        assertEquals(
                "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(old)));
        assertEquals(List.of("file"), names());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldNotReplaceWhatCameMeanwhile(boolean unnamed) throws IOException {
        Options options = to("file");
        Target.check(options);
        try (Target target = Target.create(options, unnamed)) {
            target.write(ByteBuffer.wrap(NEW));
            Files.writeString(directory.resolve("file"), "theirs");
            IOException e = assertThrows(IOException.class, () -> target.commit(false));
            assertTrue(e.getMessage().contains("--force"), e.getMessage());
        }
        assertEquals("theirs", Files.readString(directory.resolve("file")));
        assertEquals(List.of("file"), names());
    }

    @Test
    void shouldReplaceWhatALinkPointsAt() throws IOException {
        Path old = Files.writeString(directory.resolve("old"), "old");
        Files.createSymbolicLink(directory.resolve("link"), old);
        Options force = to("link", "--force");
        Target.check(force);
        try (Target target = Target.create(force)) {
            target.write(ByteBuffer.wrap(NEW));
            target.commit(false);
        }
        assertTrue(Files.isSymbolicLink(directory.resolve("link")));
        assertArrayEquals(NEW, Files.readAllBytes(old));
    }

    @Test
    void shouldRefuseWhatIsNoPlaceForAFile() throws IOException {
        Files.createDirectory(directory.resolve("folder"));
        Files.createSymbolicLink(directory.resolve("dangling"), directory.resolve("nothing"));
        Path same = Files.writeString(directory.resolve("same"), "same");
        Files.createSymbolicLink(directory.resolve("other"), same);
        for (String name : List.of("folder", "dangling", "missing/file")) {
            assertThrows(Refusal.class, () -> Target.check(to(name, "--force")), name);
        }
        Options itself =
                Options.parse("--force", same.toString(), directory.resolve("other").toString());
        Refusal e = assertThrows(Refusal.class, () -> Target.check(itself));
        assertTrue(e.getMessage().contains("same file"), e.getMessage());
        Options device = Options.parse("--force", "--size", "1", "/dev/null");
        assertThrows(Refusal.class, () -> Target.check(device));
    }

    @Test
    void shouldTakeEverythingWhereNothingIsWanted() throws IOException {
        Options options = Options.parse("--size", "3");
        Target.check(options);
        try (Target target = Target.create(options)) {
            assertFalse(target.isFile());
            target.write(ByteBuffer.wrap(NEW));
            target.commit(true);
        }
    }
}
