package io.softpath.flight;

import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.queue.ExcerptTailer;
import net.openhft.chronicle.queue.impl.single.SingleChronicleQueue;
import net.openhft.chronicle.wire.DocumentContext;

import org.agrona.ExpandableArrayBuffer;

import java.nio.ByteOrder;
import java.nio.file.Path;

/** Reads one segment, which somebody may be writing, and changes nothing of it. */
final class SegmentReader implements AutoCloseable {
    private final Path directory;
    private final SingleChronicleQueue queue;
    private final ExcerptTailer tailer;
    private final ExpandableArrayBuffer record = new ExpandableArrayBuffer(EventLayout.MAX_BYTES);

    private SegmentReader(Path directory, SingleChronicleQueue queue) {
        this.directory = directory;
        this.queue = queue;
        this.tailer = queue.createTailer();
    }

    static SegmentReader open(Path directory) {
        return new SegmentReader(directory, Chronicle.readable(directory));
    }

    /**
     * The next event.
     *
     * @param journal whose it is; null for the first one, which says it
     * @return null if there is none: not yet, or its writer was killed over it
     * @throws IllegalArgumentException if what is there is no event
     */
    FlightEvent next(JournalInfo journal) {
        try (DocumentContext document = tailer.readingDocument()) {
            if (!document.isPresent()) {
                return null;
            }
            Bytes<?> bytes = document.wire().bytes();
            int length = (int) Math.min(bytes.readRemaining(), EventLayout.MAX_BYTES + 1L) & -8;
            for (int at = 0; at < length; at += Long.BYTES) {
                record.putLong(at, bytes.readLong(), ByteOrder.LITTLE_ENDIAN);
            }
            return EventLayout.decode(record, 0, length, journal);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "damaged journal: segment=" + directory + " at=" + tailer.index(), e);
        }
    }

    @Override
    public void close() {
        tailer.close();
        queue.close();
    }
}
