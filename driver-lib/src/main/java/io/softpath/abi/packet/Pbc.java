package io.softpath.abi.packet;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.softpath.abi.register.Field;
import io.softpath.abi.register.NamedField;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.List;

/**
 * Per-buffer control (PBC): the first qword of a PIO buffer; little-endian.
 *
 * <pre>
 *   63   62  61 59  58   57      46 45     32   31   30     29   28 26 25    15 14 11 10     0
 * +------+---+----+------+---------+---------+------+------+-------+-----+--------+-----+--------+
 * | vl15 | g | vl | port | launch  | rate    | intr | test |testEbp| rsv | trigger| rsv | length |
 * +------+---+----+------+---------+---------+------+------+-------+-----+--------+-----+--------+
 * </pre>
 *
 * {@code length} counts the dwords of the buffer after the first: the second dword of the PBC,
 * header, payload and software CRC. Numerically it is the packet length of the LRH. {@code launch}
 * is reserved and 0 on the real chip; softpath's in-line trigger, which a client has to negotiate,
 * puts a launch tag there. {@code g} is reserved and 0 on the real chip; softpath's gather send,
 * negotiated as well, sets it in a buffer that holds a {@link GatherRecord} instead of a payload.
 *
 * <p>Source: ipath_kernel.h and psm ipath_proto.h, LengthP1_toibc; qib_7322_regs.h for the upper
 * half.
 */
public final class Pbc {
    public static final Field LENGTH = new Field(0, 11);
    public static final Field TRIGGER = new Field(15, 11);
    public static final Field TEST_EBP = new Field(29, 1);
    public static final Field TEST = new Field(30, 1);
    public static final Field INTR = new Field(31, 1);
    public static final Field RATE = new Field(32, 14);
    public static final Field LAUNCH = new Field(46, 12);
    public static final Field PORT = new Field(58, 1);
    public static final Field VL = new Field(59, 3);
    public static final Field GATHER = new Field(62, 1);
    public static final Field VL15 = new Field(63, 1);

    public static final int BYTES = 8;

    /** The length of a packet that is a header and nothing else. */
    public static final int MIN_LENGTH_DWORDS = MessageHeader.BYTES / 4 + 1;

    /** What a sender stores last when the special trigger launches. Source: ipath_common.h. */
    public static final int SPECIAL_TRIGGER_MAGIC = 0xAEBECEDE;

    /** Where it stores it, in a 2K buffer: dword 1023. */
    public static final int SPECIAL_TRIGGER_OFFSET = 1023 * 4;

    /** The tag of a buffer that was never launched in line, and the last one of a new context. */
    public static final int NO_LAUNCH_TAG = 0;

    /** The last launch tag; {@link #nextLaunchTag} wraps behind it. */
    public static final int LAUNCH_TAG_MAX = 4095;

    /** The fields, lowest first. */
    public static final List<NamedField> FIELDS =
            NamedField.table(
                    new NamedField(
                            "length", LENGTH, "dwords sent, without the first of the buffer"),
                    new NamedField("trigger", TRIGGER, "early launch point; 0 launches at the end"),
                    new NamedField("testEbp", TEST_EBP, "test: send a bad end of packet"),
                    new NamedField("test", TEST, "test packet"),
                    new NamedField("intr", INTR, "interrupt when sent"),
                    new NamedField("rate", RATE, "static rate control, delay count (IBA7322)"),
                    new NamedField(
                            "launch",
                            LAUNCH,
                            "softpath, negotiated: launch tag, counts the launches of a context;"
                                    + " reserved and 0 on the chip"),
                    new NamedField("port", PORT, "InfiniBand port (IBA7322)"),
                    new NamedField("vl", VL, "virtual lane (IBA7322)"),
                    new NamedField(
                            "gather",
                            GATHER,
                            "softpath, negotiated: a gather record, no payload; reserved and 0 on"
                                    + " the chip"),
                    new NamedField("vl15", VL15, "send as management packet"));

    private static final VarHandle QWORD =
            JAVA_LONG.withOrder(LITTLE_ENDIAN).varHandle().withInvokeExactBehavior();
    private static final VarHandle DWORD =
            JAVA_INT.withOrder(LITTLE_ENDIAN).varHandle().withInvokeExactBehavior();

    private static final long GATHER_BIT = GATHER.mask();

    private Pbc() {}

    /** Dwords of the buffer that are sent, without the first. */
    public static int lengthDwords(long pbc) {
        return (int) LENGTH.get(pbc);
    }

    /** A PBC with this length and every other field 0. */
    public static long of(int lengthDwords) {
        return LENGTH.set(0, lengthDwords);
    }

    /**
     * The PBC of a message header followed by a payload.
     *
     * @throws IllegalArgumentException if the payload is not a number of dwords that fits
     */
    public static long ofPayload(int payloadBytes) {
        if (payloadBytes < 0 || (payloadBytes & 3) != 0) {
            throw new IllegalArgumentException(
                    "payload is not a number of dwords: payloadBytes="
                            + payloadBytes
                            + " multipleOf=4");
        }
        return of(lengthDwordsOfPayload(payloadBytes));
    }

    /** The length field, here and in the LRH, of a message header followed by a payload. */
    public static int lengthDwordsOfPayload(int payloadBytes) {
        return (MessageHeader.BYTES + payloadBytes) / 4 + 1;
    }

    /**
     * The payload bytes behind a message header that this length announces; negative if not even a
     * header fits.
     */
    public static int payloadBytes(int lengthDwords) {
        return (lengthDwords - 1) * 4 - MessageHeader.BYTES;
    }

    /** The launch tag; 0 if there is none. */
    public static int launchTag(long pbc) {
        return (int) LAUNCH.get(pbc);
    }

    /** The PBC with this launch tag, 0 to {@value #LAUNCH_TAG_MAX}. */
    public static long withLaunchTag(long pbc, int tag) {
        return LAUNCH.set(pbc, tag);
    }

    /** The buffer holds a gather record instead of a payload. */
    public static boolean isGather(long pbc) {
        return (pbc & GATHER_BIT) != 0;
    }

    /** The PBC of a buffer that holds a gather record. */
    public static long asGather(long pbc) {
        return pbc | GATHER_BIT;
    }

    /** The tag behind a tag: 1 after 0 and after {@value #LAUNCH_TAG_MAX}. */
    public static int nextLaunchTag(int tag) {
        return tag >= LAUNCH_TAG_MAX ? 1 : tag + 1;
    }

    /**
     * The tag of a context's next launch. Tags count the launches of a context, so that they tell
     * in which order its buffers were launched; one that the buffer carries already is passed over,
     * for it would not tell that the buffer was launched again.
     *
     * @param last the tag of the context's last launch, {@link #NO_LAUNCH_TAG} before the first
     * @param carried the tag of the last launch from the buffer that is launched now
     */
    public static int nextLaunchTag(int last, int carried) {
        int next = nextLaunchTag(last);
        return next == carried ? nextLaunchTag(next) : next;
    }

    /**
     * How far a tag is ahead of another one, on the circle: 1 to {@value #LAUNCH_TAG_MAX}, which is
     * what a tag is ahead of itself.
     */
    public static int launchesAhead(int last, int tag) {
        int ahead = tag - last;
        return ahead > 0 ? ahead : ahead + LAUNCH_TAG_MAX;
    }

    /** Acquire load of a buffer's PBC; pairs with {@link #put}. */
    public static long get(MemorySegment buffers, long offset) {
        return (long) QWORD.getAcquire(buffers, offset);
    }

    /** Release store: whoever reads this PBC also sees every store to the buffer made before it. */
    public static void put(MemorySegment buffers, long offset, long pbc) {
        QWORD.setRelease(buffers, offset, pbc);
    }

    /** Store without order, where something else launches. */
    public static void putPlain(MemorySegment buffers, long offset, long pbc) {
        QWORD.set(buffers, offset, pbc);
    }

    /** Acquire load of a trigger dword: the special trigger, or the last dword of a packet. */
    public static int getTrigger(MemorySegment buffers, long offset) {
        return (int) DWORD.getAcquire(buffers, offset);
    }

    /** Release store of a trigger dword. */
    public static void putTrigger(MemorySegment buffers, long offset, int dword) {
        DWORD.setRelease(buffers, offset, dword);
    }
}
