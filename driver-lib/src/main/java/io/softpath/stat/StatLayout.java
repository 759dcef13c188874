package io.softpath.stat;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;

/**
 * The statistics file of a unit. The daemon alone writes it; everything is little-endian, lengths
 * and offsets are in bytes.
 *
 * <pre>
 *    0 u64 magic "SPSTAT00"        40 u64 start time, ms since 1970
 *    8 u32 layout version          48 u32 metadata offset   52 u32 metadata length
 *   12 u32 ABI version             56 u32 values offset     60 u32 values length
 *   16 u32 daemon pid              64 u32 errors offset     68 u32 errors length
 *   20 u32 unit                    72 u32 chip counters     76 u32 driver counters
 *   24 u32 LID                     80 u64 publish time, ms since 1970
 *   28 u32 contexts                88 u64 errors not recorded for want of room
 *   32 u64 GUID                   128 u32 length of, 132 the model's name, UTF-8
 *
 * 4096 counter metadata, counter values, distinct errors: as Agrona lays them out
 * </pre>
 *
 * The layout version is stored last, with release: a reader that sees it sees all the rest.
 * Counters come in this order: the chip's array ({@link io.softpath.abi.register.ChipCounter}), the
 * driver's ({@link io.softpath.abi.register.DriverCounter}), then whatever else the daemon counts.
 * Source of the three sections: org.agrona.concurrent.status.CountersReader and
 * org.agrona.concurrent.errors.DistinctErrorLog.
 */
public final class StatLayout {
    /** Changes with every change of this layout; a reader refuses another one. */
    public static final int VERSION = 1;

    /** Agrona type id of a counter of the chip. */
    public static final int CHIP_TYPE = 1;

    /** Agrona type id of a counter of the driver. */
    public static final int DRIVER_TYPE = 2;

    /** Agrona type id of any other counter. */
    public static final int OTHER_TYPE = 3;

    static final long MAGIC = 0x3030_5441_5453_5053L;
    static final int HEADER_BYTES = 4096;
    static final int ERRORS_BYTES = 64 * 1024;

    static final int MAGIC_OFFSET = 0;
    static final int VERSION_OFFSET = 8;
    static final int ABI_VERSION = 12;
    static final int DAEMON_PID = 16;
    static final int UNIT = 20;
    static final int LID = 24;
    static final int CONTEXTS = 28;
    static final int GUID = 32;
    static final int START_TIME = 40;
    static final int METADATA = 48;
    static final int VALUES = 56;
    static final int ERRORS = 64;
    static final int CHIP_COUNTERS = 72;
    static final int DRIVER_COUNTERS = 76;
    static final int PUBLISH_TIME = 80;
    static final int ERRORS_NOT_RECORDED = 88;
    static final int MODEL = 128;
    static final int MAX_MODEL_BYTES = 256;

    private static final ValueLayout.OfInt DWORD = JAVA_INT.withOrder(LITTLE_ENDIAN);
    private static final ValueLayout.OfLong QWORD = JAVA_LONG.withOrder(LITTLE_ENDIAN);
    private static final VarHandle ORDERED_DWORD = DWORD.varHandle().withInvokeExactBehavior();
    private static final VarHandle ORDERED_QWORD = QWORD.varHandle().withInvokeExactBehavior();

    private StatLayout() {}

    static int dword(MemorySegment file, int offset) {
        return (int) ORDERED_DWORD.getAcquire(file, (long) offset);
    }

    static void putDword(MemorySegment file, int offset, int value) {
        ORDERED_DWORD.setRelease(file, (long) offset, value);
    }

    static long qword(MemorySegment file, int offset) {
        return (long) ORDERED_QWORD.getAcquire(file, (long) offset);
    }

    static void putQword(MemorySegment file, int offset, long value) {
        ORDERED_QWORD.setRelease(file, (long) offset, value);
    }

    static void putSection(MemorySegment file, int field, int offset, int bytes) {
        putDword(file, field, offset);
        putDword(file, field + Integer.BYTES, bytes);
    }

    static void putModel(MemorySegment file, String model) {
        byte[] bytes = model.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > MAX_MODEL_BYTES) {
            throw new IllegalArgumentException(
                    "model name too long: bytes=" + bytes.length + " bound=" + MAX_MODEL_BYTES);
        }
        MemorySegment.copy(bytes, 0, file, JAVA_BYTE, MODEL + Integer.BYTES, bytes.length);
        putDword(file, MODEL, bytes.length);
    }

    static String model(MemorySegment file) {
        int length = Math.clamp(dword(file, MODEL), 0, MAX_MODEL_BYTES);
        byte[] bytes = file.asSlice(MODEL + Integer.BYTES, length).toArray(JAVA_BYTE);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
