package io.softpath.faults.campaign;

import io.softpath.faults.check.Event;
import io.softpath.faults.check.Incarnation;
import io.softpath.faults.check.MessageId;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/** Reads what processes have written down. */
final class Recorded {
    private static final int RECORD_BYTES = 48;
    private static final int SENT = 0;
    private static final int ACKED = 1;
    private static final int FAILED = 2;
    private static final int DELIVERED = 3;
    private static final String[] REASONS = {
        "", "the device was lost", "the peer is gone", "closed"
    };

    /** Which rank an incarnation is of. */
    private final Map<Integer, Integer> ranks = new HashMap<>();

    void began(int rank, int incarnation) {
        ranks.put(incarnation, rank);
    }

    Incarnation incarnation(int number) {
        return new Incarnation(ranks.getOrDefault(number, -1), number);
    }

    /** Reads one process's. */
    void read(Path file, Consumer<Event> into) {
        ByteBuffer bytes;
        try {
            bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read what a process has written down", e);
        }
        while (bytes.remaining() >= RECORD_BYTES) {
            bytes.getLong(); // when
            long tag = bytes.getLong();
            long slot = bytes.getLong();
            int what = bytes.getInt();
            int length = bytes.getInt();
            int checksum = bytes.getInt();
            int receiver = bytes.getInt();
            int detail = bytes.getInt();
            bytes.getInt();
            into.accept(event(tag, slot, what, length, checksum, receiver, detail));
        }
    }

    private Event event(
            long tag, long slot, int what, int length, int checksum, int receiver, int detail) {
        int from = (int) (tag >>> 41) & 0xfffff;
        int to = (int) (tag >>> 21) & 0xfffff;
        MessageId id =
                new MessageId(
                        ranks.getOrDefault(from, -1),
                        from,
                        ranks.getOrDefault(to, -1),
                        (int) tag & 0x1fffff);
        return switch (what) {
            case SENT -> new Event.Sent(id, to, to, length, checksum & 0xffff_ffffL);
            case ACKED -> new Event.Acknowledged(id);
            case FAILED -> new Event.Failed(id, REASONS[detail]);
            case DELIVERED ->
                    new Event.Delivered(
                            id, incarnation(receiver), slot, length, checksum & 0xffff_ffffL);
            default -> throw new IllegalStateException("no such record: " + what);
        };
    }
}
