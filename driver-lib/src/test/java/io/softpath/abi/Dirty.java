package io.softpath.abi;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.util.HexFormat;

/**
 * Memory full of 0xa5, so that a byte that is not written shows, and one that should not be written
 * too.
 */
public final class Dirty {
    private Dirty() {}

    /** Dirty memory, aligned for qwords. */
    public static MemorySegment segment(int bytes) {
        MemorySegment whole = MemorySegment.ofArray(new long[(bytes + 7) / 8]);
        return whole.asSlice(0, bytes).fill((byte) 0xa5);
    }

    /** Memory with the bytes of a hexadecimal text, blanks ignored. */
    public static MemorySegment ofHex(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex.replaceAll("\\s", ""));
        MemorySegment segment = segment(bytes.length);
        MemorySegment.copy(bytes, 0, segment, JAVA_BYTE, 0, bytes.length);
        return segment;
    }

    /** The bytes as hexadecimal text without blanks. */
    public static String hex(MemorySegment segment) {
        return HexFormat.of().formatHex(segment.toArray(JAVA_BYTE));
    }

    /** Hexadecimal text without blanks. */
    public static String strip(String hex) {
        return hex.replaceAll("\\s", "");
    }

    /** Dirt as text. */
    public static String dirt(int bytes) {
        return "a5".repeat(bytes);
    }
}
