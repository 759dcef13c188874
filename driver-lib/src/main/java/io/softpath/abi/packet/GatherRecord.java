package io.softpath.abi.packet;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.softpath.abi.register.StructField;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.List;

/**
 * Gather record: what lies behind the message header of a send buffer whose PBC says {@code gather}
 * ({@link Pbc#GATHER}). Instead of a payload it names pinned memory of the sender and the TIDs of
 * the receiver, and the chip makes the expected packets itself, page by page. softpath's own;
 * little-endian.
 *
 * <pre>
 *  byte 0            4            8                        16           20        22        24        32
 *      +------------+------------+------------------------+------------+---------+---------+---------+------
 *      |   handle   |   length   |      source offset     | page offset| tids    | interval| flags..0| tid...
 *      +------------+------------+------------------------+------------+---------+---------+---------+------
 * </pre>
 *
 * The message header is that of the first packet, except for its length. Packet by packet the chip
 * counts the PSN up within its 11 bits, and moves TID and offset on. A packet fills what is left of
 * its page or of the MTU. Offsets and length are multiples of 4. Each {@code interval}-th packet
 * and the last have a header entry; the others ask for none, which only an IBA7322 grants. The last
 * one alone has the header's INTR flag and {@code flags}.
 *
 * <p>Accesses are plain; the trigger of the buffer orders them. Whoever reads it copies it first.
 */
public final class GatherRecord {
    /** Where the record starts in a send buffer. */
    public static final int OFFSET = PioLayout.PAYLOAD;

    public static final int HANDLE = 0;
    public static final int LENGTH = 4;
    public static final int SOURCE_OFFSET = 8;
    public static final int PAGE_OFFSET = 16;
    public static final int TID_COUNT = 20;
    public static final int INTERVAL = 22;
    public static final int FLAGS = 24;
    public static final int TIDS = 32;

    /** The most TIDs that fit. */
    public static final int MAX_TIDS = 512;

    public static final int MAX_BYTES = TIDS + 2 * MAX_TIDS;

    /** The members before the TIDs, lowest offset first. */
    public static final List<StructField> LAYOUT =
            StructField.layout(
                    TIDS,
                    new StructField("handle", HANDLE, 4, "pinned memory of the sender"),
                    new StructField("length", LENGTH, 4, "bytes to send, a multiple of 4"),
                    new StructField(
                            "sourceOffset", SOURCE_OFFSET, 8, "in that memory, a multiple of 4"),
                    new StructField(
                            "pageOffset",
                            PAGE_OFFSET,
                            4,
                            "where in the first TID's page, a multiple of 4"),
                    new StructField("tidCount", TID_COUNT, 2, "16-bit TIDs that follow at 32"),
                    new StructField(
                            "interval",
                            INTERVAL,
                            2,
                            "packets for each header entry; 0: only the last has one"),
                    new StructField("flags", FLAGS, 1, "PSM flags to add to the last packet"));

    private static final VarHandle U16 =
            JAVA_SHORT.withOrder(LITTLE_ENDIAN).varHandle().withInvokeExactBehavior();
    private static final VarHandle U32 =
            JAVA_INT.withOrder(LITTLE_ENDIAN).varHandle().withInvokeExactBehavior();
    private static final VarHandle U64 =
            JAVA_LONG.withOrder(LITTLE_ENDIAN).varHandle().withInvokeExactBehavior();

    private GatherRecord() {}

    /** Bytes of a record with so many TIDs, rounded up to dwords. */
    public static int bytes(int tidCount) {
        return TIDS + (2 * tidCount + 3 & ~3);
    }

    /** Memory of our own that any record fits in. */
    public static MemorySegment allocate() {
        return MemorySegment.ofArray(new long[MAX_BYTES / Long.BYTES]);
    }

    /** Writes a record with {@code tids[firstTid]} and the {@code tidCount - 1} behind it. */
    public static void write(
            MemorySegment s,
            long base,
            int handle,
            long sourceOffset,
            int length,
            int pageOffset,
            int[] tids,
            int firstTid,
            int tidCount,
            int interval,
            int flags) {
        write(s, base, handle, sourceOffset, length, pageOffset, tidCount, interval, flags);
        for (int i = 0; i < tidCount; i++) {
            putTid(s, base, i, tids[firstTid + i]);
        }
    }

    /** Writes everything but the TIDs. */
    public static void write(
            MemorySegment s,
            long base,
            int handle,
            long sourceOffset,
            int length,
            int pageOffset,
            int tidCount,
            int interval,
            int flags) {
        U32.set(s, base + HANDLE, handle);
        U32.set(s, base + LENGTH, length);
        U64.set(s, base + SOURCE_OFFSET, sourceOffset);
        U32.set(s, base + PAGE_OFFSET, pageOffset);
        U16.set(s, base + TID_COUNT, (short) tidCount);
        U16.set(s, base + INTERVAL, (short) interval);
        U64.set(s, base + FLAGS, (long) (flags & 0xFF));
    }

    public static void putTid(MemorySegment s, long base, int index, int tid) {
        U16.set(s, base + TIDS + 2L * index, (short) tid);
    }

    public static int handle(MemorySegment s, long base) {
        return (int) U32.get(s, base + HANDLE);
    }

    public static int length(MemorySegment s, long base) {
        return (int) U32.get(s, base + LENGTH);
    }

    public static long sourceOffset(MemorySegment s, long base) {
        return (long) U64.get(s, base + SOURCE_OFFSET);
    }

    public static int pageOffset(MemorySegment s, long base) {
        return (int) U32.get(s, base + PAGE_OFFSET);
    }

    public static int tidCount(MemorySegment s, long base) {
        return (short) U16.get(s, base + TID_COUNT) & 0xFFFF;
    }

    public static int interval(MemorySegment s, long base) {
        return (short) U16.get(s, base + INTERVAL) & 0xFFFF;
    }

    public static int flags(MemorySegment s, long base) {
        return (int) (long) U64.get(s, base + FLAGS) & 0xFF;
    }

    public static int tid(MemorySegment s, long base, int index) {
        return (short) U16.get(s, base + TIDS + 2L * index) & 0xFFFF;
    }
}
