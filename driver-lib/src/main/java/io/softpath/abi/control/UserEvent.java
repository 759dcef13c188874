package io.softpath.abi.control;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;

/**
 * The bits of a user's event word. The driver sets them in the event page; a user that sees one
 * answers with ACK_EVENT and exactly the bits it saw, and the driver clears those. Source:
 * qib_common.h, _QIB_EVENT_*.
 */
public final class UserEvent {
    public static final long DISARM_BUFS = 1;
    public static final long LINKDOWN = 1L << 1;
    public static final long LID_CHANGE = 1L << 2;
    public static final long LMC_CHANGE = 1L << 3;
    public static final long SL2VL_CHANGE = 1L << 4;

    /** One bit. */
    public record Bit(long bit, String name, String purpose) {}

    public static final List<Bit> ALL =
            List.of(
                    new Bit(
                            DISARM_BUFS,
                            "DISARM_BUFS",
                            "send buffers of the context have to be disarmed; the acknowledgement"
                                    + " does it"),
                    new Bit(LINKDOWN, "LINKDOWN", "the link went down"),
                    new Bit(LID_CHANGE, "LID_CHANGE", "the port has another LID"),
                    new Bit(LMC_CHANGE, "LMC_CHANGE", "the port has another LID mask"),
                    new Bit(
                            SL2VL_CHANGE,
                            "SL2VL_CHANGE",
                            "service levels map to other virtual lanes"));

    /** Bytes from the event word of one sub-context to that of the next. */
    public static final int WORD_BYTES = 8;

    private static final VarHandle WORD =
            JAVA_LONG.withOrder(LITTLE_ENDIAN).varHandle().withInvokeExactBehavior();

    private UserEvent() {}

    /** Acquire load of a sub-context's event word; pairs with {@link #putWord}. */
    public static long word(MemorySegment eventPage, int subcontext) {
        return (long) WORD.getAcquire(eventPage, (long) subcontext * WORD_BYTES);
    }

    /** Release store of a sub-context's event word; the driver's alone. */
    public static void putWord(MemorySegment eventPage, int subcontext, long events) {
        WORD.setRelease(eventPage, (long) subcontext * WORD_BYTES, events);
    }

    /** The names of the bits that are set; an unknown bit is {@code "0x<bit>"}. */
    public static List<String> names(long events) {
        List<String> names = new ArrayList<>();
        long rest = events;
        for (Bit bit : ALL) {
            if ((events & bit.bit) != 0) {
                names.add(bit.name);
                rest &= ~bit.bit;
            }
        }
        while (rest != 0) {
            long bit = Long.lowestOneBit(rest);
            names.add("0x" + Long.toHexString(bit));
            rest ^= bit;
        }
        return names;
    }
}
