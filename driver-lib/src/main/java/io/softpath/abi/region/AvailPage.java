package io.softpath.abi.region;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.softpath.abi.model.ChipModel;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * The avail page of a unit: which send buffers are free, how the unit is, and whether the chip
 * sleeps. The chip side writes it, every user of the unit reads it.
 *
 * <pre>
 *  byte 0             statusOffset      +8 per port       textOffset              4032          4096
 *      +----------+---+---------------+-----------------+-----------------------+-------------+
 *      | avail    |   | device status | port status ... | freeze text, ends     | chip asleep |
 *      | qwords   |   | qword         | and a 0 qword   | with NUL              | u32, then 0 |
 *      +----------+---+---------------+-----------------+-----------------------+-------------+
 * </pre>
 *
 * The real driver means to align the status words to a cache line, but its mask clears one bit
 * only; the offset is part of what users see. The 0 qword keeps a library that reads the qword
 * behind its port's from taking text for status. The last 64 bytes are softpath's. Source:
 * qib_init.c, qib_create_ctxts and init_chip; ipath_init_chip.c.
 */
public final class AvailPage {
    public static final int BYTES = 4096;

    /** The text and its NUL end before this. */
    public static final int TEXT_END = 4032;

    /**
     * softpath's own: u32, 1 while the chip sleeps and a launch needs the doorbell. A sender looks
     * after its trigger store and a full fence; the chip stores 1 and looks for launches after a
     * full fence before it sleeps.
     */
    public static final int CHIP_ASLEEP = 4032;

    private static final VarHandle QWORD =
            JAVA_LONG.withOrder(LITTLE_ENDIAN).varHandle().withInvokeExactBehavior();
    private static final VarHandle DWORD =
            JAVA_INT.withOrder(LITTLE_ENDIAN).varHandle().withInvokeExactBehavior();

    private AvailPage() {}

    /** Where the device status qword is. */
    public static int statusOffset(ChipModel model) {
        return (2 * 64 + 8 * model.availQwords()) & ~64;
    }

    /** Where the status qword of an InfiniBand port is, counted from 1; base info points there. */
    public static int portStatusOffset(ChipModel model, int port) {
        if (port < 1 || port > model.ibPorts()) {
            throw new IllegalArgumentException(
                    "no such port: model="
                            + model.name()
                            + " port="
                            + port
                            + " ibPorts="
                            + model.ibPorts());
        }
        return statusOffset(model) + 8 * port;
    }

    /** Where the freeze text starts. */
    public static int textOffset(ChipModel model) {
        return statusOffset(model) + 8 * (model.ibPorts() + 2);
    }

    /**
     * Acquire load of avail qword {@code index}, as the page has it: swapped on chips that swap.
     */
    public static long qword(MemorySegment page, int index) {
        return (long) QWORD.getAcquire(page, (long) index * Long.BYTES);
    }

    /** Release store of avail qword {@code index}. */
    public static void putQword(MemorySegment page, int index, long value) {
        QWORD.setRelease(page, (long) index * Long.BYTES, value);
    }

    /**
     * Acquire load of a status qword at the offset that {@link #statusOffset} or {@link
     * #portStatusOffset} gave.
     */
    public static long status(MemorySegment page, int offset) {
        return (long) QWORD.getAcquire(page, (long) offset);
    }

    /**
     * Stores the device status, and the same into every port's qword, so that a library sees it
     * wherever it looks.
     */
    public static void putStatus(MemorySegment page, ChipModel model, long status) {
        int offset = statusOffset(model);
        for (int i = 0; i <= model.ibPorts(); i++) {
            QWORD.setRelease(page, (long) offset + 8L * i, status);
        }
    }

    /** The freeze text; empty if there is none. */
    public static String text(MemorySegment page, ChipModel model) {
        int start = textOffset(model);
        byte[] bytes = page.asSlice(start, TEXT_END - start).toArray(JAVA_BYTE);
        int length = 0;
        while (length < bytes.length && bytes[length] != 0) {
            length++;
        }
        return new String(bytes, 0, length, UTF_8);
    }

    /**
     * Stores the freeze text; what does not fit is cut between characters. Store the status with
     * HWERROR after it.
     */
    public static void putText(MemorySegment page, ChipModel model, String text) {
        int start = textOffset(model);
        int room = TEXT_END - start - 1;
        byte[] bytes = text.getBytes(UTF_8);
        int length = Math.min(bytes.length, room);
        while (length < bytes.length && length > 0 && (bytes[length] & 0xC0) == 0x80) {
            length--;
        }
        page.asSlice(start, TEXT_END - start).fill((byte) 0);
        MemorySegment.copy(bytes, 0, page, JAVA_BYTE, start, length);
    }

    /** Volatile load: not before a full fence that follows the trigger store. */
    public static boolean chipAsleep(MemorySegment page) {
        return (int) DWORD.getVolatile(page, (long) CHIP_ASLEEP) != 0;
    }

    /** Volatile store: before the chip's last look for launches. */
    public static void putChipAsleep(MemorySegment page, boolean asleep) {
        DWORD.setVolatile(page, (long) CHIP_ASLEEP, asleep ? 1 : 0);
    }
}
