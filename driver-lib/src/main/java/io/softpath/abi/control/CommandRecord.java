package io.softpath.abi.control;

import java.lang.foreign.MemorySegment;

/**
 * The record that a user writes to the device file: a code and a union of payloads; little-endian.
 *
 * <pre>
 *  byte 0      4         8                                  40
 *      +-------+---------+----------------------------------+
 *      | code  | padding | payload, as long as its command's |
 *      +-------+---------+----------------------------------+
 * </pre>
 *
 * Source: qib_common.h, struct qib_cmd.
 */
public final class CommandRecord {
    public static final int BYTES = 40;
    public static final int TYPE = 0;
    public static final int PAYLOAD = 8;

    private CommandRecord() {}

    public static int type(MemorySegment s, long off) {
        return Structs.u32(s, off + TYPE);
    }

    /** Writes the code and clears the rest of the record. */
    public static void start(MemorySegment s, long off, Command command) {
        Structs.clear(s, off, BYTES);
        Structs.putU32(s, off + TYPE, command.code());
    }

    /** A payload of 16 bits: SET_PART_KEY, POLL_TYPE. */
    public static int u16(MemorySegment s, long off) {
        return Structs.u16(s, off + PAYLOAD);
    }

    public static void putU16(MemorySegment s, long off, int value) {
        Structs.putU16(s, off + PAYLOAD, value);
    }

    /** A payload of 32 bits: RECV_CTRL, ARMLAUNCH_CTRL. */
    public static int u32(MemorySegment s, long off) {
        return Structs.u32(s, off + PAYLOAD);
    }

    public static void putU32(MemorySegment s, long off, int value) {
        Structs.putU32(s, off + PAYLOAD, value);
    }

    /** A payload of 64 bits: CTXT_INFO, ACK_EVENT and other addresses and masks. */
    public static long u64(MemorySegment s, long off) {
        return Structs.u64(s, off + PAYLOAD);
    }

    public static void putU64(MemorySegment s, long off, long value) {
        Structs.putU64(s, off + PAYLOAD, value);
    }
}
