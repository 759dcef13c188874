package io.softpath.memory;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * Mapped memory that can be stored to and not loaded from, as a PIO buffer: the hardware had no
 * reads there, and neither has this type. Values are little-endian. Offsets are in bytes, aligned
 * to the value's size.
 *
 * <p>Every store throws {@link IndexOutOfBoundsException} past the end, {@link
 * IllegalArgumentException} if misaligned and {@link IllegalStateException} once the mapping is
 * closed, and then has stored nothing.
 */
public final class WriteOnlyMemory {
    private static final VarHandle DWORD =
            JAVA_INT.withOrder(LITTLE_ENDIAN).varHandle().withInvokeExactBehavior();
    private static final VarHandle QWORD =
            JAVA_LONG.withOrder(LITTLE_ENDIAN).varHandle().withInvokeExactBehavior();

    private final MemorySegment memory;

    WriteOnlyMemory(MemorySegment memory) {
        this.memory = memory;
    }

    public long bytes() {
        return memory.byteSize();
    }

    /** A part of it, for example one buffer. */
    public WriteOnlyMemory slice(long offset, long bytes) {
        return new WriteOnlyMemory(memory.asSlice(offset, bytes));
    }

    /** Release store of 4 bytes: whoever sees it also sees every store made before it. */
    public void putInt(long offset, int value) {
        DWORD.setRelease(memory, offset, value);
    }

    /** Release store of 8 bytes: whoever sees it also sees every store made before it. */
    public void putLong(long offset, long value) {
        QWORD.setRelease(memory, offset, value);
    }

    /** Plain store of 4 bytes. */
    public void putIntPlain(long offset, int value) {
        DWORD.set(memory, offset, value);
    }

    /** Plain store of 8 bytes. */
    public void putLongPlain(long offset, long value) {
        QWORD.set(memory, offset, value);
    }

    /** Copies {@code bytes} bytes in, in no particular order. */
    public void copyFrom(MemorySegment source, long sourceOffset, long offset, long bytes) {
        MemorySegment.copy(source, sourceOffset, memory, offset, bytes);
    }
}
