package io.softpath.abi.control;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Little-endian fields of control records, at any alignment, without order: a record is copied by a
 * socket.
 */
final class Structs {
    private static final ValueLayout.OfShort U16 = JAVA_SHORT_UNALIGNED.withOrder(LITTLE_ENDIAN);
    private static final ValueLayout.OfInt U32 = JAVA_INT_UNALIGNED.withOrder(LITTLE_ENDIAN);
    private static final ValueLayout.OfLong U64 = JAVA_LONG_UNALIGNED.withOrder(LITTLE_ENDIAN);

    private Structs() {}

    static int u16(MemorySegment s, long off) {
        return s.get(U16, off) & 0xFFFF;
    }

    static int u32(MemorySegment s, long off) {
        return s.get(U32, off);
    }

    static long u64(MemorySegment s, long off) {
        return s.get(U64, off);
    }

    static void putU16(MemorySegment s, long off, int value) {
        s.set(U16, off, (short) value);
    }

    static void putU32(MemorySegment s, long off, int value) {
        s.set(U32, off, value);
    }

    static void putU64(MemorySegment s, long off, long value) {
        s.set(U64, off, value);
    }

    static void clear(MemorySegment s, long off, long bytes) {
        s.asSlice(off, bytes).fill((byte) 0);
    }

    /**
     * Text up to the first NUL or the end of its field; a peer's bytes that are not UTF-8 are
     * replaced.
     */
    static String text(MemorySegment s, long off, int fieldBytes) {
        byte[] bytes = s.asSlice(off, fieldBytes).toArray(JAVA_BYTE);
        int length = 0;
        while (length < fieldBytes && bytes[length] != 0) {
            length++;
        }
        return new String(bytes, 0, length, UTF_8);
    }

    /**
     * UTF-8 text, filled up with NULs; a field that is full has none. Text that is longer is cut
     * between characters.
     */
    static void putText(MemorySegment s, long off, int fieldBytes, String text) {
        byte[] bytes = text.getBytes(UTF_8);
        int length = Math.min(bytes.length, fieldBytes);
        while (length < bytes.length && length > 0 && (bytes[length] & 0xC0) == 0x80) {
            length--;
        }
        MemorySegment.copy(bytes, 0, s, JAVA_BYTE, off, length);
        clear(s, off + length, fieldBytes - length);
    }

    static void requireU16(String struct, String field, int value) {
        if (value < 0 || value > 0xFFFF) {
            throw new IllegalArgumentException(
                    "value does not fit its field: struct="
                            + struct
                            + " "
                            + field
                            + "="
                            + value
                            + " max=65535");
        }
    }
}
