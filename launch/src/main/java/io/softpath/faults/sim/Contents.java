package io.softpath.faults.sim;

import io.softpath.faults.check.MessageId;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/** What messages are made of: their tag says which one it is, their bytes follow from that. */
final class Contents {
    /** Tells messages from acknowledgements. */
    static final long KIND = 0xFL << 60;

    static final long MESSAGE = 1L << 60;
    static final long ACKNOWLEDGEMENT = 2L << 60;

    /** Looks like the acknowledgement of a message of nobody. */
    static final long QUESTION = ACKNOWLEDGEMENT;

    private static final long PRIME = 0x9E37_79B9_7F4A_7C15L;

    private Contents() {}

    /** 4 bits of kind, 8 each of sender and receiver, 16 of incarnation, 24 of number. */
    static long tag(long kind, MessageId id) {
        return kind
                | (long) id.from() << 48
                | (long) id.to() << 40
                | (long) id.incarnation() << 24
                | id.number();
    }

    static MessageId id(long tag) {
        return new MessageId(
                (int) (tag >> 48 & 0xFF),
                (int) (tag >> 24 & 0xFFFF),
                (int) (tag >> 40 & 0xFF),
                (int) (tag & 0xFF_FFFF));
    }

    static byte[] bytes(MessageId id, int length) {
        byte[] bytes = new byte[length];
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        long word = tag(MESSAGE, id) * PRIME;
        while (buffer.remaining() >= Long.BYTES) {
            word = (word ^ word >>> 29) * PRIME + 1;
            buffer.putLong(word);
        }
        while (buffer.hasRemaining()) {
            word = (word ^ word >>> 29) * PRIME + 1;
            buffer.put((byte) (word >>> 56));
        }
        return bytes;
    }

    static long checksum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return crc.getValue();
    }

    static long checksum(MemorySegment segment, long length) {
        if (segment.heapBase().orElse(null) instanceof byte[] bytes) {
            CRC32C crc = new CRC32C();
            crc.update(bytes, (int) segment.address(), (int) length);
            return crc.getValue();
        }
        return checksum(segment.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE));
    }
}
