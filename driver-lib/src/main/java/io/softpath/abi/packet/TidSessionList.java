package io.softpath.abi.packet;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.softpath.abi.register.StructField;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * TID session list: what the receiver of an expected transfer sends to grant TIDs; the payload of
 * PSM's TIDS_GRANT. Little-endian.
 *
 * <pre>
 *  byte 0      2      4       6       8      10     16          24      28        32      36
 *      +------+------+-------+-------+------+------+-----------+-------+---------+-------+--------
 *      | type | tids | bytes | start | end  |  0   | descriptor| seq   | offset  | length| entries
 *      +------+------+-------+-------+------+------+-----------+-------+---------+-------+--------
 *  entry 0       2        4        6
 *       +-------+--------+--------+
 *       |  tid  | offset | length |
 *       +-------+--------+--------+
 * </pre>
 *
 * Entries have 6 bytes and are not aligned. {@code bytes} is counted from the padded structure, so
 * 4 spare bytes follow the entries. softpath's library puts the PSN of the first packet there,
 * which PSM sends in the header, and in bit 31 whether the receiver's chip suppresses headers.
 * Source: psm ips_tid.h and ips_proto_expected.h, struct ips_tid_session_list.
 */
public final class TidSessionList {
    public static final int TYPE = 0;
    public static final int TID_COUNT = 2;
    public static final int LIST_BYTES = 4;
    public static final int UNALIGNED_START = 6;
    public static final int UNALIGNED_END = 8;
    public static final int DESCRIPTOR = 16;
    public static final int SEQUENCE = 24;
    public static final int SOURCE_OFFSET = 28;
    public static final int LENGTH = 32;
    public static final int ENTRIES = 36;

    /** The only type there is. */
    public static final int TYPE_LIST = 1;

    public static final int ENTRY_BYTES = 6;

    /** softpath: set in the last dword if the receiver's chip suppresses headers. */
    public static final int SUPPRESSES = 1 << 31;

    /** Bytes of the structure without entries, as its makers count them. */
    private static final int PADDED_BYTES = 40;

    /** The members before the entries, lowest offset first. */
    public static final List<StructField> LAYOUT =
            StructField.layout(
                    ENTRIES,
                    new StructField("type", TYPE, 2, "1"),
                    new StructField("tidCount", TID_COUNT, 2, "entries"),
                    new StructField("listBytes", LIST_BYTES, 2, "bytes of all, a multiple of 4"),
                    new StructField(
                            "unalignedStart",
                            UNALIGNED_START,
                            2,
                            "bytes before the first dword, which come by themselves"),
                    new StructField(
                            "unalignedEnd", UNALIGNED_END, 2, "bytes behind the last dword"),
                    new StructField("descriptor", DESCRIPTOR, 8, "the receiver's: index, count"),
                    new StructField("sequence", SEQUENCE, 4, "counts the grants"),
                    new StructField("sourceOffset", SOURCE_OFFSET, 4, "bytes into the message"),
                    new StructField("length", LENGTH, 4, "bytes of this window"));

    private static final ValueLayout.OfShort U16 = JAVA_SHORT_UNALIGNED.withOrder(LITTLE_ENDIAN);
    private static final ValueLayout.OfInt U32 = JAVA_INT_UNALIGNED.withOrder(LITTLE_ENDIAN);
    private static final ValueLayout.OfLong U64 = JAVA_LONG_UNALIGNED.withOrder(LITTLE_ENDIAN);

    private TidSessionList() {}

    /** Bytes of a list with so many entries, as its {@code listBytes} states them. */
    public static int bytes(int tidCount) {
        return PADDED_BYTES + ENTRY_BYTES * tidCount + 3 & ~3;
    }

    /** The most entries that a payload of so many bytes can hold. */
    public static int maxTids(int payloadBytes) {
        return Math.max(0, (payloadBytes - PADDED_BYTES) / ENTRY_BYTES);
    }

    /** Writes everything but the entries. */
    public static void write(
            MemorySegment s,
            long base,
            int tidCount,
            int unalignedStart,
            int unalignedEnd,
            long descriptor,
            int sequence,
            int sourceOffset,
            int length) {
        s.asSlice(base, ENTRIES).fill((byte) 0);
        s.set(U16, base + TYPE, (short) TYPE_LIST);
        s.set(U16, base + TID_COUNT, (short) tidCount);
        s.set(U16, base + LIST_BYTES, (short) bytes(tidCount));
        s.set(U16, base + UNALIGNED_START, (short) unalignedStart);
        s.set(U16, base + UNALIGNED_END, (short) unalignedEnd);
        s.set(U64, base + DESCRIPTOR, descriptor);
        s.set(U32, base + SEQUENCE, sequence);
        s.set(U32, base + SOURCE_OFFSET, sourceOffset);
        s.set(U32, base + LENGTH, length);
    }

    /** Writes one entry: {@code length} bytes from {@code offset} on in the page of a TID. */
    public static void putEntry(
            MemorySegment s, long base, int index, int tid, int offset, int length) {
        long entry = base + ENTRIES + (long) ENTRY_BYTES * index;
        s.set(U16, entry, (short) tid);
        s.set(U16, entry + 2, (short) offset);
        s.set(U16, entry + 4, (short) length);
    }

    /**
     * softpath: writes the last dword, the PSN of the first packet and {@link #SUPPRESSES}. After
     * {@link #write}.
     */
    public static void putStart(MemorySegment s, long base, int start) {
        s.set(U32, base + listBytes(s, base) - Integer.BYTES, start);
    }

    /** softpath: the last dword of a list of so many bytes. */
    public static int start(MemorySegment s, long base, int listBytes) {
        return s.get(U32, base + listBytes - Integer.BYTES);
    }

    public static int type(MemorySegment s, long base) {
        return u16(s, base + TYPE);
    }

    public static int tidCount(MemorySegment s, long base) {
        return u16(s, base + TID_COUNT);
    }

    public static int listBytes(MemorySegment s, long base) {
        return u16(s, base + LIST_BYTES);
    }

    public static int unalignedStart(MemorySegment s, long base) {
        return u16(s, base + UNALIGNED_START);
    }

    public static int unalignedEnd(MemorySegment s, long base) {
        return u16(s, base + UNALIGNED_END);
    }

    public static long descriptor(MemorySegment s, long base) {
        return s.get(U64, base + DESCRIPTOR);
    }

    public static int sequence(MemorySegment s, long base) {
        return s.get(U32, base + SEQUENCE);
    }

    public static int sourceOffset(MemorySegment s, long base) {
        return s.get(U32, base + SOURCE_OFFSET);
    }

    public static int length(MemorySegment s, long base) {
        return s.get(U32, base + LENGTH);
    }

    public static int tid(MemorySegment s, long base, int index) {
        return u16(s, base + ENTRIES + (long) ENTRY_BYTES * index);
    }

    public static int offset(MemorySegment s, long base, int index) {
        return u16(s, base + ENTRIES + (long) ENTRY_BYTES * index + 2);
    }

    public static int entryLength(MemorySegment s, long base, int index) {
        return u16(s, base + ENTRIES + (long) ENTRY_BYTES * index + 4);
    }

    private static int u16(MemorySegment s, long off) {
        return s.get(U16, off) & 0xFFFF;
    }
}
