package io.softpath.flight;

import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.RecordDescriptor;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * What a killed process had recorded and its journal's thread had not yet written: read from the
 * file of the ring ({@link FlightRing}), which outlives the process.
 *
 * <p>A ring that was left in the middle of anything is read all the same. Between head and tail
 * there are events; zeros, where a recording thread had taken room and no more; and records that
 * were not finished, whose length is negative. What the journal's thread was clearing is left out.
 * Source: org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer.
 */
final class RingRemains {
    private RingRemains() {}

    /**
     * The events that the journal does not have.
     *
     * @param last event that the journal has from the ring, or null
     * @return null if the process lives
     */
    static List<FlightEvent> read(Path journal, JournalInfo info, FlightEvent last)
            throws IOException {
        Path file = journal.resolve(FlightRing.NAME);
        if (FlightRing.isOurs(file)) {
            return null;
        }
        ByteBuffer copy = ByteBuffer.allocate(FlightRing.FILE_BYTES);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
                FileLock lock = channel.tryLock(0, Long.MAX_VALUE, true)) {
            if (lock == null) {
                return null;
            }
            while (copy.hasRemaining() && channel.read(copy, copy.position()) > 0) {
                // read(2) may give less than asked for
            }
        } catch (NoSuchFileException e) {
            return List.of(); // it ended in order
        }
        // one that is being made is nobody's yet
        return copy.hasRemaining() ? null : unknown(events(copy, info), last);
    }

    private static List<FlightEvent> events(ByteBuffer copy, JournalInfo info) {
        UnsafeBuffer ring = new UnsafeBuffer(copy);
        long head = Math.max(ring.getLong(FlightRing.HEAD), ring.getLong(FlightRing.WRITTEN));
        long tail = ring.getLong(FlightRing.TAIL);
        List<FlightEvent> events = new ArrayList<>();
        if (tail - head > FlightRing.BYTES) {
            return events;
        }
        while (head < tail) {
            int at = (int) (head & FlightRing.BYTES - 1);
            int length = ring.getInt(RecordDescriptor.lengthOffset(at));
            if (length > FlightRing.BYTES - at || length < at - FlightRing.BYTES) {
                break; // nothing that a ring writes
            }
            if (length >= RecordDescriptor.HEADER_LENGTH + EventLayout.FIXED_BYTES
                    && ring.getInt(RecordDescriptor.typeOffset(at)) == FlightRing.EVENT) {
                events.add(
                        EventLayout.decode(
                                ring,
                                RecordDescriptor.encodedMsgOffset(at),
                                length - RecordDescriptor.HEADER_LENGTH,
                                info));
            }
            head += Math.max(Math.abs(length) + 7 & -8, RecordDescriptor.ALIGNMENT);
        }
        return events;
    }

    private static List<FlightEvent> unknown(List<FlightEvent> events, FlightEvent last) {
        for (int i = events.size() - 1; i >= 0 && last != null; i--) {
            FlightEvent event = events.get(i);
            if (event.ringQword() == last.ringQword() && event.timeNs() == last.timeNs()) {
                return events.subList(i + 1, events.size());
            }
        }
        return events;
    }
}
