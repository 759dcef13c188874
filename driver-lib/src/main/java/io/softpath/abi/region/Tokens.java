package io.softpath.abi.region;

import io.softpath.abi.model.ChipModel;

/**
 * The mmap offsets under which regions are asked for: not addresses, only distinct page-aligned
 * numbers below 2^40. Those of registers and PIO buffers are where the real chip has them in its
 * BAR; the others are physical addresses there and free for us to choose.
 *
 * <pre>
 *  0x10_0000 + 0x1000 * first buffer                 PIO buffers, up to 256: below 0x20_0000
 *  0x20_0000 + 0x1_0000 * context                    user registers
 *  0x10_0000_0000 + 0x1000_0000 * context
 *                 + 0x0100_0000 * kind               memory that the chip writes; pioavail as context 0
 *  0x80_0000_0000 + 0x1000_0000 * context            registers, then header queues, then eager areas
 *                 + 0, 0x0100_0000 or 0x0800_0000    of the sub-contexts
 * </pre>
 */
public final class Tokens {
    /** Where the chip has the registers of context 0. Source: qib_7322_regs.h. */
    public static final long UREG_BASE = 0x20_0000;

    public static final long UREG_STRIDE = 0x1_0000;

    /** Where the chip has send buffer 0. Source: ipath_iba6120.c, qib_7322_regs.h. */
    public static final long PIO_BASE = 0x10_0000;

    private static final long MEMORY_BASE = 0x10_0000_0000L;
    private static final long CONTEXT_STRIDE = 0x1000_0000L;
    private static final long KIND_STRIDE = 0x0100_0000L;
    private static final long SHARED_BASE = 0x80_0000_0000L;
    private static final long SHARED_RCVHDRQ = 0x0100_0000L;
    private static final long SHARED_RCVEGRBUFS = 0x0800_0000L;

    private Tokens() {}

    /**
     * The token of a region.
     *
     * @param firstPioBuffer chip-wide number of the first send buffer of who maps; matters to
     *     {@link RegionKind#PIOBUFS} only
     * @throws IllegalArgumentException if the model has no such context or buffer
     */
    public static long token(RegionKind kind, ChipModel model, int context, int firstPioBuffer) {
        if (context < 0 || context >= model.contexts()) {
            throw new IllegalArgumentException(
                    "no such context: model="
                            + model.name()
                            + " context="
                            + context
                            + " contexts="
                            + model.contexts());
        }
        return switch (kind) {
            case UREGS -> UREG_BASE + UREG_STRIDE * context;
            case PIOBUFS -> {
                if (firstPioBuffer < 0 || firstPioBuffer >= model.pio2kCount()) {
                    throw new IllegalArgumentException(
                            "no such 2K buffer: model="
                                    + model.name()
                                    + " firstPioBuffer="
                                    + firstPioBuffer
                                    + " pio2kCount="
                                    + model.pio2kCount());
                }
                yield PIO_BASE + (long) model.pioAlign() * firstPioBuffer;
            }
            case PIOAVAIL -> memory(kind, 0);
            case RCVEGRBUFS, RCVHDRQ, RCVHDRTAIL, SENDBUFSTATUS -> memory(kind, context);
            case SUBCTXT_UREGS -> SHARED_BASE + CONTEXT_STRIDE * context;
            case SUBCTXT_RCVHDRQ -> SHARED_BASE + CONTEXT_STRIDE * context + SHARED_RCVHDRQ;
            case SUBCTXT_RCVEGRBUFS -> SHARED_BASE + CONTEXT_STRIDE * context + SHARED_RCVEGRBUFS;
        };
    }

    private static long memory(RegionKind kind, int context) {
        return MEMORY_BASE + CONTEXT_STRIDE * context + KIND_STRIDE * kind.number();
    }
}
