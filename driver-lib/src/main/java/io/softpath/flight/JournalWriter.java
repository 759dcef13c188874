package io.softpath.flight;

import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.linux.CurrentProcess;
import io.softpath.linux.DirectoryTree;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A journal that is being written: what {@link #append} has returned for is in mapped files, and
 * survives a SIGKILL of this process (not a crash of the machine). One thread.
 *
 * <pre>
 * DIRECTORY/NAME-PID-TIME/segment-00000001/   a Chronicle Queue
 *                         segment-00000002/
 * </pre>
 *
 * Each process makes a directory of its own, so that nobody ever has to finish what a killed writer
 * began. Chronicle rolls by time of day and keeps all files of a queue in one directory with a
 * shared table of contents; here the disk is bounded in bytes, so a segment is a whole queue, which
 * can be removed without anybody's table being wrong. A segment gets its name when its first event
 * is in it: what is named {@code segment-...} can be read.
 */
public final class JournalWriter implements AutoCloseable {
    static final String SEGMENT = "segment-";
    static final String UNFINISHED = "new-";

    private final Path directory;
    private final String name;
    private final JournalOptions options;
    private final EventBatch own = new EventBatch();
    private final EventBatch head = new EventBatch();
    private final Deque<Kept> kept = new ArrayDeque<>();
    private long keptBytes;
    private SegmentWriter segment;
    private long segments;
    private long records;
    private long dropped;
    private SoftpathException broken;

    private record Kept(Path directory, long bytes) {}

    private JournalWriter(Path directory, String name, JournalOptions options) {
        this.directory = directory;
        this.name = name;
        this.options = options;
    }

    /**
     * Begins a journal in a new directory below {@code root}.
     *
     * @param root is made if it is missing
     * @param name what this process is called in dumps: letters, digits, '.', '_', '-'
     * @throws SoftpathException EACCES, EIO: nothing can be made there; ENOSPC: no room;
     *     EOPNOTSUPP: this JVM was started without flags that Chronicle needs, which the message
     *     names
     * @throws IllegalArgumentException if the name is not one
     */
    public static JournalWriter open(Path root, String name, JournalOptions options) {
        if (!name.matches("[A-Za-z0-9._-]{1,64}")) {
            throw new IllegalArgumentException(
                    "journal name=" + name + " must be 1..64 letters, digits, '.', '_' and '-'");
        }
        ChronicleFlags.check();
        String own = name + "-" + CurrentProcess.pid() + "-" + Long.toHexString(System.nanoTime());
        JournalWriter journal = new JournalWriter(make(root, own), name, options);
        journal.begin();
        return journal;
    }

    /** Headers and payloads are nobody else's business. */
    private static Path make(Path root, String own) {
        try {
            Files.createDirectories(root);
            return Files.createDirectory(
                    root.resolve(own),
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
        } catch (IOException e) {
            throw SoftpathException.of(
                    e instanceof AccessDeniedException ? Errno.EACCES : Errno.EIO,
                    "cannot make a journal: directory="
                            + root
                            + " reason="
                            + e
                            + " remedy=\"name another place with --record-dir or "
                            + FlightOptions.RECORD_DIR
                            + "\"",
                    e);
        }
    }

    /** The directory of this journal. */
    public Path directory() {
        return directory;
    }

    /** How many events were appended, those of the journal itself among them. */
    public long records() {
        return records;
    }

    /** Disk that the journal may have taken. */
    public long diskBytes() {
        return keptBytes + (segment == null ? 0 : segment.reservedBytes());
    }

    /**
     * Appends an event that has no unit, without bytes.
     *
     * @see #append(FlightKind, int, int, int, long, long, long, long, long, long, byte[])
     */
    public void append(FlightKind kind, long a, long b, long c, long d, long e, long f) {
        append(kind, a, b, c, d, e, f, "");
    }

    /**
     * Appends an event that has no unit, with text as its bytes.
     *
     * @see #append(FlightKind, int, int, int, long, long, long, long, long, long, byte[])
     */
    public void append(
            FlightKind kind, long a, long b, long c, long d, long e, long f, String text) {
        append(
                kind,
                EventLayout.NONE,
                EventLayout.NONE,
                EventLayout.NONE,
                a,
                b,
                c,
                d,
                e,
                f,
                text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Appends an event with the time of now. It is in the file when this returns.
     *
     * @param bytes of which {@link EventLayout#MAX_EXTRA_BYTES} are kept
     * @throws SoftpathException ENOSPC, EDQUOT: there is no room; the journal ends here and refuses
     *     all that follows
     */
    public void append(
            FlightKind kind,
            int unit,
            int context,
            int subcontext,
            long a,
            long b,
            long c,
            long d,
            long e,
            long f,
            byte[] bytes) {
        own.set(kind, unit, context, subcontext, a, b, c, d, e, f, bytes);
        append(own);
    }

    /** Appends events as one document, all of which a kill before this returns takes away. */
    void append(EventBatch batch) {
        if (broken != null) {
            throw broken;
        }
        try {
            if (segment.bytes() + batch.length() > options.segmentBytes()) {
                roll();
            }
            segment.append(batch);
            records += batch.events();
        } catch (SoftpathException e) {
            broken = e;
            throw e;
        }
    }

    /** So many events did not find their way here; said in the head of each later segment. */
    void droppedInAll(long count) {
        dropped = count;
    }

    /** Ends it without another word: there may be no room for one. */
    void abandon() {
        if (segment != null) {
            segment.close();
            segment = null;
        }
    }

    /** Ends the segment and begins another. */
    private void roll() {
        keptBytes += segment.reservedBytes();
        kept.add(new Kept(directory.resolve(segmentName(SEGMENT)), segment.reservedBytes()));
        segment.close();
        segment = null;
        forget();
        begin();
    }

    /** Removes old segments until another whole one has room. */
    private void forget() {
        while (!kept.isEmpty()
                && keptBytes + options.segmentBytes() + SegmentWriter.AHEAD_BYTES
                        > options.limitBytes()) {
            Kept oldest = kept.remove();
            keptBytes -= oldest.bytes();
            try {
                DirectoryTree.remove(oldest.directory());
            } catch (IOException e) {
                throw new UncheckedIOException("cannot remove an old segment: " + oldest, e);
            }
        }
    }

    private void begin() {
        segments++;
        head.set(
                FlightKind.JOURNAL_SEGMENT,
                EventLayout.NONE,
                EventLayout.NONE,
                EventLayout.NONE,
                EventLayout.VERSION,
                segments,
                records,
                CurrentProcess.pid(),
                System.currentTimeMillis(),
                dropped,
                name.getBytes(StandardCharsets.UTF_8));
        Path unfinished = directory.resolve(segmentName(UNFINISHED));
        segment = create(unfinished);
        records++;
        try {
            Files.move(unfinished, directory.resolve(segmentName(SEGMENT)));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot name a segment: " + unfinished, e);
        }
    }

    private SegmentWriter create(Path unfinished) {
        try {
            return SegmentWriter.create(unfinished, options.segmentBytes(), head);
        } catch (SoftpathException e) {
            try {
                DirectoryTree.remove(unfinished);
            } catch (IOException left) {
                e.addSuppressed(left);
            }
            throw e;
        }
    }

    private String segmentName(String prefix) {
        return String.format("%s%08d", prefix, segments);
    }

    /** Says that the journal ends in order, and ends it. */
    @Override
    public void close() {
        if (segment == null) {
            return;
        }
        try {
            if (broken == null) {
                append(FlightKind.JOURNAL_END, records, dropped, 0, 0, 0, 0);
            }
        } finally {
            abandon();
        }
    }
}
