package io.softpath.apps.exchange;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.zip.CRC32C;

/**
 * Bytes that follow from a message's tag alone: whoever has the tag can tell whether they are its.
 */
final class Contents {
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final long STEP = 0x9e37_79b9_7f4a_7c15L; // golden ratio, as SplittableRandom

    private Contents() {}

    static void fill(MemorySegment memory, long tag) {
        int length = (int) memory.byteSize();
        int words = length / Long.BYTES;
        for (int i = 0; i < words; i++) {
            memory.set(WORD, (long) i * Long.BYTES, word(tag, i));
        }
        for (int i = words * Long.BYTES; i < length; i++) {
            memory.set(ValueLayout.JAVA_BYTE, i, last(tag, i));
        }
    }

    /** The first byte that is not as it should be; -1 if all are. */
    static int firstWrong(MemorySegment memory, long tag) {
        int length = (int) memory.byteSize();
        int words = length / Long.BYTES;
        for (int i = 0; i < words; i++) {
            if (memory.get(WORD, (long) i * Long.BYTES) != word(tag, i)) {
                return i * Long.BYTES;
            }
        }
        for (int i = words * Long.BYTES; i < length; i++) {
            if (memory.get(ValueLayout.JAVA_BYTE, i) != last(tag, i)) {
                return i;
            }
        }
        return -1;
    }

    static int checksum(MemorySegment memory) {
        CRC32C crc = new CRC32C();
        crc.update(memory.asByteBuffer());
        return (int) crc.getValue();
    }

    private static byte last(long tag, int index) {
        return (byte) word(tag, index);
    }

    private static long word(long tag, int index) {
        long z = tag + (index + 1) * STEP;
        z = (z ^ z >>> 30) * 0xbf58_476d_1ce4_e5b9L;
        return z ^ z >>> 27;
    }
}
