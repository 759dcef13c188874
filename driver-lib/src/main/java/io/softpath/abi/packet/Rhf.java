package io.softpath.abi.packet;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import io.softpath.abi.register.Field;
import io.softpath.abi.register.NamedField;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;

/**
 * Receive header flags (RHF): the 8 bytes the chip stores last in a rcvhdrq entry; little-endian.
 *
 * <pre>
 *  63    53 52      47 46        36 35 32   31   30 28 27      16  15  14 13    11 10      0
 * +--------+----------+------------+-----+------+-----+----------+---+---+--------+---------+
 * | errors | reserved | hdrqOffset | seq |useEgr| rsv | egrIndex |swa|swb| rcvType| length  |
 * +--------+----------+------------+-----+------+-----+----------+---+---+--------+---------+
 * </pre>
 *
 * {@code length} and {@code hdrqOffset} count dwords; {@code length} is that of the LRH, from LRH
 * to invariant CRC. {@code seq} runs 1 to 13 and again from 1, so a reader never takes the entry of
 * an earlier lap for a new one. Source: ipath_common.h, INFINIPATH_RHF_*.
 */
public final class Rhf {
    public static final Field LENGTH = new Field(0, 11);
    public static final Field RCV_TYPE = new Field(11, 3);
    public static final Field SWB = new Field(14, 1);
    public static final Field SWA = new Field(15, 1);
    public static final Field EGR_INDEX = new Field(16, 12);
    public static final Field USE_EGR_BUFFER = new Field(31, 1);
    public static final Field SEQ = new Field(32, 4);
    public static final Field HDRQ_OFFSET = new Field(36, 11);
    public static final Field ERRORS = new Field(53, 11);

    public static final int BYTES = 8;

    /** Placed by TID into user memory. */
    public static final int TYPE_EXPECTED = 0;

    /** Placed into an eager buffer, or without payload. */
    public static final int TYPE_EAGER = 1;

    /** Not an InfiniPath packet. */
    public static final int TYPE_NON_KD = 2;

    public static final int TYPE_ERROR = 3;

    /** The highest sequence number; 0 means that the entry was never written. */
    public static final int SEQ_MAX = 13;

    /** The sequence number of the first entry after a context is enabled. */
    public static final int SEQ_FIRST = 1;

    public static final long TFSEQERR = 1L << 53;
    public static final long TFGENERR = 1L << 54;
    public static final long IBERR = 1L << 55;
    public static final long MKERR = 1L << 56;
    public static final long TIDERR = 1L << 57;
    public static final long KHDRERR = 1L << 58;
    public static final long MTUERR = 1L << 59;
    public static final long LENERR = 1L << 60;
    public static final long PARITYERR = 1L << 61;
    public static final long VCRCERR = 1L << 62;
    public static final long ICRCERR = 1L << 63;

    /** All error bits, in place. */
    public static final long ERROR_MASK = 0x7FFL << 53;

    /** The fields, lowest first. */
    public static final List<NamedField> FIELDS =
            NamedField.table(
                    new NamedField("length", LENGTH, "dwords from LRH to invariant CRC"),
                    new NamedField(
                            "rcvType", RCV_TYPE, "0 expected, 1 eager, 2 not InfiniPath, 3 error"),
                    new NamedField("swb", SWB, "free for software"),
                    new NamedField("swa", SWA, "free for software"),
                    new NamedField("egrIndex", EGR_INDEX, "eager buffer"),
                    new NamedField(
                            "useEgrBfr",
                            USE_EGR_BUFFER,
                            "an eager buffer holds the payload (not on IBA6120)"),
                    new NamedField("seq", SEQ, "1 to 13, then again from 1; 0 was never written"),
                    new NamedField(
                            "hdrqOffset",
                            HDRQ_OFFSET,
                            "dword of the packet header in the entry (not on IBA6120)"),
                    new NamedField(
                            "errors",
                            ERRORS,
                            "TFSEQERR TFGENERR IBERR MKERR TIDERR KHDRERR MTUERR LENERR PARITYERR"
                                    + " VCRCERR ICRCERR, lowest first"));

    private static final String[] ERROR_NAMES = {
        "TFSEQERR",
        "TFGENERR",
        "IBERR",
        "MKERR",
        "TIDERR",
        "KHDRERR",
        "MTUERR",
        "LENERR",
        "PARITYERR",
        "VCRCERR",
        "ICRCERR"
    };

    private static final VarHandle QWORD =
            JAVA_LONG.withOrder(LITTLE_ENDIAN).varHandle().withInvokeExactBehavior();

    private Rhf() {}

    public static int lengthBytes(long rhf) {
        return lengthDwords(rhf) * Integer.BYTES;
    }

    public static int lengthDwords(long rhf) {
        return (int) LENGTH.get(rhf);
    }

    public static int rcvType(long rhf) {
        return (int) RCV_TYPE.get(rhf);
    }

    public static int egrIndex(long rhf) {
        return (int) EGR_INDEX.get(rhf);
    }

    public static boolean usesEgrBuffer(long rhf) {
        return USE_EGR_BUFFER.get(rhf) != 0;
    }

    public static int seq(long rhf) {
        return (int) SEQ.get(rhf);
    }

    public static int hdrqOffsetDwords(long rhf) {
        return (int) HDRQ_OFFSET.get(rhf);
    }

    /** The error bits, in place; 0 for a good packet. */
    public static long errors(long rhf) {
        return rhf & ERROR_MASK;
    }

    /** The sequence number of the entry after one with {@code seq}. */
    public static int nextSeq(int seq) {
        return seq >= SEQ_MAX ? SEQ_FIRST : seq + 1;
    }

    /**
     * An RHF.
     *
     * @param errorBits error bits in place, see {@link #TIDERR} and its neighbours
     * @throws IllegalArgumentException if a value does not fit its field
     */
    public static long of(
            int lengthDwords,
            int rcvType,
            int egrIndex,
            boolean usesEgrBuffer,
            int seq,
            int hdrqOffsetDwords,
            long errorBits) {
        if ((errorBits & ~ERROR_MASK) != 0) {
            throw new IllegalArgumentException(
                    String.format(
                            "not only error bits: errorBits=0x%x mask=0x%x",
                            errorBits, ERROR_MASK));
        }
        long rhf = LENGTH.set(errorBits, lengthDwords);
        rhf = RCV_TYPE.set(rhf, rcvType);
        rhf = EGR_INDEX.set(rhf, egrIndex);
        rhf = USE_EGR_BUFFER.set(rhf, usesEgrBuffer ? 1 : 0);
        rhf = SEQ.set(rhf, seq);
        return HDRQ_OFFSET.set(rhf, hdrqOffsetDwords);
    }

    /** The names of the error bits that are set, lowest first. */
    public static List<String> errorNames(long rhf) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < ERROR_NAMES.length; i++) {
            if (((rhf >>> (ERRORS.shift() + i)) & 1) != 0) {
                names.add(ERROR_NAMES[i]);
            }
        }
        return names;
    }

    /** Acquire load of an entry's RHF: header and payload of a new entry are then visible. */
    public static long get(MemorySegment rcvHdrq, long offset) {
        return (long) QWORD.getAcquire(rcvHdrq, offset);
    }

    /** Release store, the chip's last one for an entry. */
    public static void put(MemorySegment rcvHdrq, long offset, long rhf) {
        QWORD.setRelease(rcvHdrq, offset, rhf);
    }
}
