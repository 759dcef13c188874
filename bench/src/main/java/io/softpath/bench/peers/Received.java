package io.softpath.bench.peers;

import org.agrona.DirectBuffer;

/**
 * What is received of many messages of one size: it sees to it that each has come, in order, and
 * that it ends with the number with which it begins.
 */
final class Received {
    /** The number of the message behind the last one of a stream. */
    static final long END = -1;

    /** The number of the message behind the last stream. */
    static final long STOP = -2;

    private final int length;
    private long last = END;
    private long next;

    Received(int length) {
        this.length = length;
    }

    int length() {
        return length;
    }

    /** A stream begins. */
    void begin() {
        last = 0;
        next = 0;
    }

    /** The number of the last message. */
    long last() {
        return last;
    }

    /** How many have come. */
    long count() {
        return next;
    }

    /**
     * Takes a message.
     *
     * @throws IllegalStateException if it is not the next one, or not whole
     */
    void take(DirectBuffer buffer, int offset, int bytes) {
        long number = buffer.getLong(offset);
        long end = buffer.getLong(offset + length - Long.BYTES);
        if (bytes != length || number != end || last < 0 || (number >= 0 && number != next)) {
            throw new IllegalStateException(
                    "another message came than was sent: next="
                            + next
                            + " number="
                            + number
                            + " end="
                            + end
                            + " bytes="
                            + bytes
                            + " of="
                            + length);
        }
        last = number;
        if (number >= 0) {
            next++;
        }
    }
}
