package io.softpath.launch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Counts that a child and its test share in a file: what the child had counted when it was killed
 * is still there. Each word has one writer.
 */
final class Ledger implements AutoCloseable {
    private static final VarHandle WORD =
            ValueLayout.JAVA_LONG.varHandle().withInvokeExactBehavior();
    private static final int WORDS = 8;

    /** Packets that the child has sent: the library said so. */
    static final int SENT = 0;

    /** Packets of the child that the test has received: how far the child may go on. */
    static final int TAKEN = 1;

    /** Good packets that the child has received. */
    static final int GOOD = 2;

    /** Packets whose payload the chip had to drop. */
    static final int BAD = 3;

    /** Steps of any kind that the child has made. */
    static final int STEPS = 4;

    /** The number of the last good packet that the child has received. */
    static final int LAST = 5;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment words;

    private Ledger(Path file) {
        try (FileChannel channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE)) {
            words =
                    channel.map(
                            FileChannel.MapMode.READ_WRITE, 0, (long) WORDS * Long.BYTES, arena);
        } catch (IOException e) {
            arena.close();
            throw new UncheckedIOException(e);
        }
    }

    static Ledger open(Path file) {
        return new Ledger(file);
    }

    long get(int word) {
        return (long) WORD.getAcquire(words, (long) word * Long.BYTES);
    }

    void put(int word, long value) {
        WORD.setRelease(words, (long) word * Long.BYTES, value);
    }

    @Override
    public void close() {
        arena.close();
    }
}
