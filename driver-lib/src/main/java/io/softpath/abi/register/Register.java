package io.softpath.abi.register;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * One 64-bit chip register: its name in the chip's documents, its byte offset in the page, what a
 * user may do with it.
 *
 * <p>Loads and stores are whole qwords: the chip decodes nothing smaller. {@link #get} and {@link
 * #put} are ordered, {@link #getPlain} and {@link #putPlain} are not.
 */
public record Register(String name, long offset, Access access, String purpose) {
    private static final VarHandle QWORD =
            JAVA_LONG.withOrder(LITTLE_ENDIAN).varHandle().withInvokeExactBehavior();

    public Register {
        if (offset < 0 || offset % Long.BYTES != 0) {
            throw new IllegalArgumentException(
                    "register offset is not a qword's: name="
                            + name
                            + " offset="
                            + offset
                            + " multipleOf=8");
        }
    }

    /** Acquire load; pairs with the peer's {@link #put}. */
    public long get(MemorySegment page) {
        return (long) QWORD.getAcquire(page, offset);
    }

    /** Release store: whoever reads this value also sees every store made before it. */
    public void put(MemorySegment page, long value) {
        QWORD.setRelease(page, offset, value);
    }

    /** Load without order, for a register that only the caller writes. */
    public long getPlain(MemorySegment page) {
        return (long) QWORD.get(page, offset);
    }

    /** Store without order, before the page is shared. */
    public void putPlain(MemorySegment page, long value) {
        QWORD.set(page, offset, value);
    }

    /**
     * A register table, in the given order.
     *
     * @throws IllegalStateException if two registers have one name or one offset
     */
    public static List<Register> table(Register... registers) {
        Set<String> names = new HashSet<>();
        Set<Long> offsets = new HashSet<>();
        for (Register register : registers) {
            if (!names.add(register.name) || !offsets.add(register.offset)) {
                throw new IllegalStateException(
                        "register listed twice: name="
                                + register.name
                                + " offset="
                                + register.offset);
            }
        }
        return List.of(registers);
    }
}
