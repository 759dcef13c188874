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
    private final ExpandableArrayBuffer document = new ExpandableArrayBuffer();
    private int at;
    private int end;

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
        try {
            if (at == end && !load()) {
                return null;
            }
            int left = end - at;
            int length =
                    left < EventLayout.FIXED_BYTES
                            ? left
                            : Math.min(left, EventLayout.size(EventLayout.length(document, at)));
            FlightEvent event = EventLayout.decode(document, at, length, journal);
            at += length;
            return event;
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "damaged journal: segment=" + directory + " at=" + tailer.index(), e);
        }
    }

    /** Copies the next document; its writer may remove the file before all of it is asked for. */
    private boolean load() {
        try (DocumentContext next = tailer.readingDocument()) {
            if (!next.isPresent()) {
                return false;
            }
            Bytes<?> bytes = next.wire().bytes();
            int length = (int) Math.min(bytes.readRemaining(), EventBatch.MAX_BYTES + 8L) & -8;
            for (int i = 0; i < length; i += Long.BYTES) {
                document.putLong(i, bytes.readLong(), ByteOrder.LITTLE_ENDIAN);
            }
            at = 0;
            end = length;
            return true;
        }
    }

    @Override
    public void close() {
        tailer.close();
        queue.close();
    }
}
