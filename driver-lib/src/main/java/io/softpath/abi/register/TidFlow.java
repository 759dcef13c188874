package io.softpath.abi.register;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.List;

/**
 * A TID flow register: which expected packet of a flow the chip takes next. IBA7322 only; the lower
 * 32 bits of a register, little-endian.
 *
 * <pre>
 *    31   30  29     28          27      26 23     22            21            20      19   18  11 10  0
 * +------+------+-----------+-----------+-----+-----------+---------------+---------+-------+-----+-----+
 * | chip | rsv  | genMism.  | seqMism.  | rsv | keepOnGen | keepAfterSeq  | hdrSupp | valid | gen | seq |
 * +------+------+-----------+-----------+-----+-----------+---------------+---------+-------+-----+-----+
 * </pre>
 *
 * The two mismatch bits are cleared by writing 1. Shared memory shows a chip the value but not the
 * store, so softpath's chip marks each word that it writes with {@code chip}, which is reserved on
 * the real chip and which users store as 0: a word without it is a user's store that the chip has
 * not yet looked at. The chip adopts it before the next packet of the context, clears the mismatch
 * bits that the store names, and writes with {@link #compareAndSet}, so that no store is lost.
 *
 * <p>Source: qib_7322_regs.h, RcvTIDFlowTable; ipath_common.h, INFINIPATH_TF_*; ipath_user.h of
 * psm, ipath_tidflow_set_entry.
 */
public final class TidFlow {
    public static final Field SEQ = new Field(0, 11);
    public static final Field GEN = new Field(11, 8);
    public static final Field VALID_FIELD = new Field(19, 1);
    public static final Field HDR_SUPP_FIELD = new Field(20, 1);
    public static final Field KEEP_AFTER_SEQ_ERR_FIELD = new Field(21, 1);
    public static final Field KEEP_ON_GEN_ERR_FIELD = new Field(22, 1);
    public static final Field SEQ_MISMATCH_FIELD = new Field(27, 1);
    public static final Field GEN_MISMATCH_FIELD = new Field(28, 1);
    public static final Field CHIP_FIELD = new Field(31, 1);

    public static final int VALID = 1 << 19;
    public static final int HDR_SUPP = 1 << 20;
    public static final int KEEP_AFTER_SEQ_ERR = 1 << 21;
    public static final int KEEP_ON_GEN_ERR = 1 << 22;
    public static final int SEQ_MISMATCH = 1 << 27;
    public static final int GEN_MISMATCH = 1 << 28;
    public static final int CHIP = 1 << 31;

    /** Both bits that are cleared by writing 1. */
    public static final int MISMATCHES = SEQ_MISMATCH | GEN_MISMATCH;

    /** The fields, lowest first. */
    public static final List<NamedField> FIELDS =
            NamedField.table(
                    new NamedField("seq", SEQ, "next expected sequence number"),
                    new NamedField("gen", GEN, "current generation"),
                    new NamedField("valid", VALID_FIELD, "packets of this flow are checked"),
                    new NamedField(
                            "hdrSupp", HDR_SUPP_FIELD, "packets may ask to have no header entry"),
                    new NamedField(
                            "keepAfterSeqErr",
                            KEEP_AFTER_SEQ_ERR_FIELD,
                            "an entry for every packet after a sequence error, not only for the"
                                    + " first"),
                    new NamedField(
                            "keepOnGenErr",
                            KEEP_ON_GEN_ERR_FIELD,
                            "an entry for packets of a wrong generation"),
                    new NamedField(
                            "seqMismatch",
                            SEQ_MISMATCH_FIELD,
                            "a wrong sequence number came; write 1 to clear"),
                    new NamedField(
                            "genMismatch",
                            GEN_MISMATCH_FIELD,
                            "a wrong generation came; write 1 to clear"),
                    new NamedField(
                            "chip",
                            CHIP_FIELD,
                            "softpath: the chip wrote this word; users store 0"));

    private static final VarHandle WORD =
            JAVA_INT.withOrder(LITTLE_ENDIAN).varHandle().withInvokeExactBehavior();

    private TidFlow() {}

    /** What a user stores to use a flow: valid, suppression allowed, mismatches cleared. */
    public static int entry(int generation, int sequence) {
        return VALID | HDR_SUPP | MISMATCHES | (int) GEN.set(SEQ.set(0, sequence), generation);
    }

    /** What a user stores to give a flow up. */
    public static int reset() {
        return MISMATCHES;
    }

    public static int sequence(int word) {
        return word & 0x7FF;
    }

    public static int generation(int word) {
        return word >>> 11 & 0xFF;
    }

    /** The word with the sequence number so many packets on, modulo 2048. */
    public static int advanced(int word, int packets) {
        return word & ~0x7FF | word + packets & 0x7FF;
    }

    /** Acquire load of the register of a flow; pairs with {@link #put} and the chip's stores. */
    public static int get(MemorySegment registers, int flow) {
        return (int) WORD.getAcquire(registers, UserRegisters.tidFlow(flow));
    }

    /** Release store, 32 bits, as users make it. */
    public static void put(MemorySegment registers, int flow, int word) {
        WORD.setRelease(registers, UserRegisters.tidFlow(flow), word);
    }

    /** The chip's store: nothing if the user has stored since {@code expected} was read. */
    public static boolean compareAndSet(MemorySegment registers, int flow, int expected, int word) {
        return WORD.compareAndSet(registers, UserRegisters.tidFlow(flow), expected, word);
    }

    /**
     * What a user's read of the word means: a store that the chip has not yet adopted reads with
     * its mismatch bits already cleared, and the chip's mark is not part of the register.
     */
    public static int asRead(int word) {
        return (word & CHIP) != 0 ? word & ~CHIP : word & ~MISMATCHES;
    }
}
