package io.softpath.apps.bigcopy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

class SourceTest {
    @TempDir private Path directory;

    private static byte[] madeUp(long bytes, int... pieces) throws IOException {
        ByteBuffer all = ByteBuffer.allocate((int) bytes);
        try (Source source = Source.open(Options.parse("--size", Long.toString(bytes)))) {
            assertEquals(bytes, source.bytes());
            for (int i = 0; all.hasRemaining(); i++) {
                int piece = Math.min(pieces[i % pieces.length], all.remaining());
                ByteBuffer slice = all.slice(all.position(), piece);
                source.read(slice);
                assertEquals(0, slice.remaining());
                all.position(all.position() + piece);
            }
            ByteBuffer more = ByteBuffer.allocate(1);
            source.read(more);
            assertEquals(1, more.remaining(), "the end");
        }
        return all.array();
    }

    @Test
    void shouldMakeTheSameBytesUpHoweverTheyAreRead() throws IOException {
        long seed = new Random().nextLong();
        System.out.println("SourceTest: seed=" + seed);
        int[] pieces = new Random(seed).ints(20, 1, 50).toArray();
        byte[] whole = madeUp(1003, 1003);
        assertArrayEquals(whole, madeUp(1003, pieces));
        assertArrayEquals(whole, madeUp(1003, 1));
        assertEquals(0, madeUp(0, 1).length);
    }

    @Test
    void shouldReadAFileToItsEnd() throws IOException {
        Path file = Files.write(directory.resolve("file"), new byte[] {1, 2, 3});
        try (Source source = Source.open(Options.parse(file.toString(), "to"))) {
            assertEquals(3, source.bytes());
            ByteBuffer buffer = ByteBuffer.allocate(5);
            source.read(buffer);
            assertEquals(3, buffer.position());
        }
    }

    @Test
    void shouldRefuseWhatCannotBeRead() {
        Options missing = Options.parse(directory.resolve("missing").toString(), "to");
        assertThrows(Refusal.class, () -> Source.check(missing));
        Options folder = Options.parse(directory.toString(), "to");
        assertThrows(Refusal.class, () -> Source.check(folder));
        Source.check(Options.parse("-", "to"));
        Source.check(Options.parse("--size", "5"));
    }
}
