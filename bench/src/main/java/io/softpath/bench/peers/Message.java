package io.softpath.bench.peers;

import org.agrona.concurrent.UnsafeBuffer;

import java.nio.ByteBuffer;

/** What is sent of many messages of one size: it begins and ends with its number. */
final class Message {
    private final ByteBuffer bytes;
    private final UnsafeBuffer buffer;

    Message(int length) {
        bytes = ByteBuffer.allocateDirect(length);
        buffer = new UnsafeBuffer(bytes);
    }

    void number(long number) {
        buffer.putLong(0, number);
        buffer.putLong(length() - Long.BYTES, number);
    }

    int length() {
        return buffer.capacity();
    }

    UnsafeBuffer buffer() {
        return buffer;
    }

    /** All of it, for what writes bytes. */
    ByteBuffer bytes() {
        return bytes.clear();
    }
}
