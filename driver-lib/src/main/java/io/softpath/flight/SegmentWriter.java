package io.softpath.flight;

import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.linux.FileSpace;

import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.queue.ExcerptAppender;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.wire.DocumentContext;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * One segment: a queue whose file has room on the disk before anything is stored in it, since a
 * store for which there is no room is a SIGBUS.
 *
 * <p>Room is taken block by block with fallocate. What a new queue touches before its file can be
 * given room, and all of it on a file system without fallocate, is guarded by asking how much is
 * free and leaving a margin; if others take that in the same moment, the JVM reports the fault as
 * an InternalError, which ends the recording like any other lack of room.
 */
final class SegmentWriter implements AutoCloseable {
    /** Room that must be free for a new queue, or for a block of one without fallocate. */
    static final long MARGIN_BYTES = 4L * Chronicle.BLOCK_BYTES;

    /** The queue's tables and the largest document lie at most so far behind its end. */
    static final int AHEAD_BYTES = 96 * 1024;

    private static final String SUFFIX = ".cq4";

    private final Path directory;
    private final SingleChronicleQueue queue;
    private final ExcerptAppender appender;
    private final FileStore store;
    private final FileSpace space;
    private final long mostBytes;
    private boolean promised = true;
    private long position;
    private long reserved;

    private SegmentWriter(
            Path directory,
            SingleChronicleQueue queue,
            ExcerptAppender appender,
            FileStore store,
            long mostBytes) {
        this.directory = directory;
        this.queue = queue;
        this.appender = appender;
        this.store = store;
        this.mostBytes = mostBytes;
        this.space = FileSpace.open(file(directory));
    }

    /**
     * Makes a segment with its first event.
     *
     * @param directory is made, empty
     * @param mostBytes the segment will not grow beyond
     * @throws SoftpathException ENOSPC: no room
     */
    static SegmentWriter create(Path directory, long mostBytes, EventBatch first) {
        try {
            Files.createDirectories(directory);
            FileStore store = Files.getFileStore(directory);
            requireFree(store, directory);
            return open(directory, store, mostBytes, first);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make a segment: directory=" + directory, e);
        } catch (InternalError e) {
            throw full(directory, e);
        }
    }

    private static SegmentWriter open(
            Path directory, FileStore store, long mostBytes, EventBatch first) {
        SingleChronicleQueue queue = Chronicle.writable(directory);
        boolean opened = false;
        try {
            ExcerptAppender appender = queue.createAppender();
            long position = write(appender, first);
            SegmentWriter segment = new SegmentWriter(directory, queue, appender, store, mostBytes);
            segment.position = position;
            segment.reserve();
            opened = true;
            return segment;
        } finally {
            if (!opened) {
                queue.close();
            }
        }
    }

    /**
     * Appends events as one document; they are in the file, and survive this process, when this
     * returns. If the process is killed before, none of them is.
     *
     * @throws SoftpathException ENOSPC, EDQUOT: no room; nothing was appended
     */
    void append(EventBatch batch) {
        try {
            if (position + AHEAD_BYTES > reserved) {
                reserve();
            }
            position = write(appender, batch);
        } catch (InternalError e) {
            throw full(directory, e);
        }
    }

    /** How long the segment's file is, as far as it is used. */
    long bytes() {
        return position;
    }

    /** How much disk it may have taken. */
    long reservedBytes() {
        return Math.max(reserved, position);
    }

    private void reserve() {
        long block = Math.clamp(mostBytes - position, 0, Chronicle.BLOCK_BYTES);
        long bytes = position + AHEAD_BYTES + block - reserved;
        if (bytes <= 0) {
            return;
        }
        if (promised) {
            promised = space.reserve(reserved, bytes);
        }
        if (!promised) {
            try {
                requireFree(store, directory);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot ask for room: " + directory, e);
            }
        }
        reserved += bytes;
    }

    private static long write(ExcerptAppender appender, EventBatch batch) {
        try (DocumentContext document = appender.writingDocument()) {
            Bytes<?> bytes = document.wire().bytes();
            bytes.write(batch.bytes(), 0, batch.length());
            return bytes.writePosition();
        }
    }

    private static void requireFree(FileStore store, Path directory) throws IOException {
        long free = store.getUsableSpace();
        if (free < MARGIN_BYTES) {
            throw SoftpathException.of(
                    Errno.ENOSPC,
                    "no room for a journal: directory="
                            + directory
                            + " freeBytes="
                            + free
                            + " wantedBytes="
                            + MARGIN_BYTES);
        }
    }

    private static SoftpathException full(Path directory, InternalError e) {
        return SoftpathException.of(
                Errno.ENOSPC, "the disk of a journal is full: directory=" + directory, e);
    }

    /** The queue's one file. */
    private static Path file(Path directory) {
        try (var files = Files.list(directory)) {
            List<Path> found =
                    files.filter(file -> file.getFileName().toString().endsWith(SUFFIX)).toList();
            if (found.size() != 1) {
                throw new IllegalStateException(
                        "a segment has one file: directory=" + directory + " files=" + found);
            }
            return found.getFirst();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list a segment: " + directory, e);
        }
    }

    @Override
    public void close() {
        space.close();
        appender.close();
        queue.close();
    }
}
