package io.softpath.flight;

import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/**
 * Reads one journal from its oldest event on, while it is written or after its writer was killed. A
 * batch of events that was torn by a kill is not there. One thread.
 *
 * <p>Segments that the writer removes before they were read are missed; {@link #missedSegments}
 * counts them.
 */
public final class JournalReader implements AutoCloseable {
    private final Path directory;
    private JournalInfo info;
    private SegmentReader segment;
    private FlightEvent ahead;
    private FlightEvent last;
    private Iterator<FlightEvent> remains;
    private long number;
    private long missed;
    private boolean ended;

    private JournalReader(Path directory) {
        this.directory = directory;
    }

    /**
     * Opens the journal of one process.
     *
     * @param directory of this journal, as {@link Journals#find} lists it
     * @throws SoftpathException ENOENT: it has no segment; EOPNOTSUPP: this JVM was started without
     *     flags that Chronicle needs; EINVAL: another version wrote it
     */
    public static JournalReader open(Path directory) {
        ChronicleFlags.check();
        JournalReader reader = new JournalReader(directory);
        if (!reader.advance()) {
            throw SoftpathException.of(
                    Errno.ENOENT, "no segment of a journal in directory=" + directory);
        }
        reader.missed = 0;
        return reader;
    }

    /** Whose journal it is. */
    public JournalInfo info() {
        return info;
    }

    /** The next event, or null if there is none (yet). */
    public FlightEvent next() {
        while (true) {
            FlightEvent event = ahead == null ? segment.next(info) : ahead;
            ahead = null;
            if (event != null) {
                return seen(event);
            }
            // A writer names the next segment after its last word in this one.
            if (!hasLater()) {
                return remaining();
            }
            event = segment.next(info);
            if (event != null) {
                return seen(event);
            }
            if (!advance()) {
                return remaining();
            }
        }
    }

    private FlightEvent seen(FlightEvent event) {
        ended |= event.is(FlightKind.JOURNAL_END);
        if (!isOfTheJournal(event)) {
            last = event;
        }
        return event;
    }

    private static boolean isOfTheJournal(FlightEvent event) {
        return event.is(FlightKind.JOURNAL_SEGMENT)
                || event.is(FlightKind.JOURNAL_GAP)
                || event.is(FlightKind.JOURNAL_END);
    }

    /** What a killed recorder had not yet written. */
    private FlightEvent remaining() {
        if (remains == null && !ended) {
            try {
                List<FlightEvent> found = RingRemains.read(directory, info, last);
                if (found == null) {
                    return null; // it lives
                }
                // It is dead: what it has written since we looked is in the ring as well.
                if (hasLater()) {
                    return next();
                }
                FlightEvent written = segment.next(info);
                if (written != null) {
                    return seen(written);
                }
                remains = found.iterator();
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read the ring of " + directory, e);
            }
        }
        return remains != null && remains.hasNext() ? remains.next() : null;
    }

    /** Whether the journal was ended in order and everything of it was read. */
    public boolean isEnded() {
        return ended;
    }

    /** How many segments were removed between two that were read. */
    public long missedSegments() {
        return missed;
    }

    private boolean hasLater() {
        return segments(directory).stream().anyMatch(n -> n > number);
    }

    /** Opens the next segment that is there. */
    private boolean advance() {
        for (long next : segments(directory)) {
            if (next > number && open(next)) {
                return true;
            }
        }
        return false;
    }

    /**
     * @return false if it was removed meanwhile
     */
    private boolean open(long next) {
        Path path = directory.resolve(String.format("%s%08d", JournalWriter.SEGMENT, next));
        SegmentReader opened;
        try {
            opened = SegmentReader.open(path);
        } catch (RuntimeException e) {
            if (Files.notExists(path)) {
                return false; // a segment that is too old now
            }
            throw e;
        }
        FlightEvent first = opened.next(null);
        if (first == null || !first.is(FlightKind.JOURNAL_SEGMENT)) {
            opened.close();
            throw SoftpathException.of(
                    Errno.EINVAL, "not a segment of a journal: directory=" + path);
        }
        long version = first.value("layout");
        if (version < EventLayout.OLDEST_VERSION || version > EventLayout.VERSION) {
            opened.close();
            throw SoftpathException.of(
                    Errno.EINVAL,
                    "journal of another version: directory="
                            + path
                            + " version="
                            + version
                            + " known="
                            + EventLayout.OLDEST_VERSION
                            + ".."
                            + EventLayout.VERSION);
        }
        close();
        missed += next - number - 1;
        segment = opened;
        number = next;
        if (info == null) {
            info = infoOf(first);
        }
        ahead = withInfo(first);
        return true;
    }

    private JournalInfo infoOf(FlightEvent first) {
        return new JournalInfo(
                directory,
                first.text(),
                first.value("pid"),
                first.value("wallClockMs") * 1_000_000 - first.timeNs());
    }

    private FlightEvent withInfo(FlightEvent e) {
        return new FlightEvent(
                info,
                e.code(),
                e.flags(),
                e.unit(),
                e.context(),
                e.subcontext(),
                e.ringQword(),
                e.timeNs(),
                e.values(),
                e.bytes());
    }

    /** The numbers of the segments that are there, in order. */
    static List<Long> segments(Path directory) {
        String[] names = directory.toFile().list();
        if (names == null) {
            return List.of();
        }
        return Arrays.stream(names)
                .filter(name -> name.matches(JournalWriter.SEGMENT + "\\d{8,18}"))
                .map(name -> Long.valueOf(name.substring(JournalWriter.SEGMENT.length())))
                .sorted()
                .toList();
    }

    @Override
    public void close() {
        if (segment != null) {
            segment.close();
            segment = null;
        }
    }
}
