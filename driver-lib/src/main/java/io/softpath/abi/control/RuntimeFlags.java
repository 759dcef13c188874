package io.softpath.abi.control;

import java.util.ArrayList;
import java.util.List;

/**
 * The runtime flags of base info: what kind of chip this is and how a user library has to treat it.
 * Source: ipath_common.h, IPATH_RUNTIME_*.
 *
 * <p>PSM derives the class of the card from them alone: HDRSUPP makes a QLE73XX, else NODMA_RTAIL a
 * QLE72XX, else it is a QLE71XX.
 */
public final class RuntimeFlags {
    public static final int HT = 0x1;
    public static final int PCIE = 0x2;
    public static final int FORCE_WC_ORDER = 0x4;
    public static final int RCVHDR_COPY = 0x8;
    public static final int MASTER = 0x10;
    public static final int RCHK = 0x20;
    public static final int NODMA_RTAIL = 0x80;
    public static final int SPECIAL_TRIGGER = 0x100;
    public static final int SDMA = 0x200;
    public static final int FORCE_PIOAVAIL = 0x400;
    public static final int PIO_REGSWAPPED = 0x800;
    public static final int CTXT_MSB_IN_QP = 0x1000;
    public static final int CTXT_REDIRECT = 0x2000;
    public static final int HDRSUPP = 0x4000;

    /**
     * softpath's own, set only for a client that negotiated it: the PBC launches by its launch tag.
     */
    public static final int INLINE_TRIGGER = 0x0100_0000;

    /**
     * softpath's own, set only for a client that negotiated it: it rings the doorbell of a sleeping
     * chip.
     */
    public static final int DOORBELL = 0x0200_0000;

    /**
     * softpath's own, set only for a client that negotiated it: a send buffer may name pinned
     * memory instead of holding a payload.
     */
    public static final int GATHER = 0x0400_0000;

    /** One flag. */
    public record Flag(int bit, String name, String purpose) {}

    public static final List<Flag> ALL =
            List.of(
                    new Flag(HT, "HT", "HyperTransport chip"),
                    new Flag(PCIE, "PCIE", "PCI Express chip"),
                    new Flag(
                            FORCE_WC_ORDER,
                            "FORCE_WC_ORDER",
                            "copy with fences: write combining may reorder"),
                    new Flag(RCVHDR_COPY, "RCVHDR_COPY", "copy a header entry before use"),
                    new Flag(
                            MASTER,
                            "MASTER",
                            "this process drains the real queues of a shared context"),
                    new Flag(RCHK, "RCHK", "the chip checks headers on send"),
                    new Flag(NODMA_RTAIL, "NODMA_RTAIL", "no tail in memory: use the RHF sequence"),
                    new Flag(SPECIAL_TRIGGER, "SPECIAL_TRIGGER", "launch by the magic dword"),
                    new Flag(SDMA, "SDMA", "send DMA by writev"),
                    new Flag(
                            FORCE_PIOAVAIL, "FORCE_PIOAVAIL", "ask for an avail update when stuck"),
                    new Flag(
                            PIO_REGSWAPPED,
                            "PIO_REGSWAPPED",
                            "avail qwords above 3 are swapped in pairs"),
                    new Flag(CTXT_MSB_IN_QP, "CTXT_MSB_IN_QP", "context bit 4 travels in QP bit 0"),
                    new Flag(CTXT_REDIRECT, "CTXT_REDIRECT", "sub-context with the kernel"),
                    new Flag(
                            HDRSUPP,
                            "HDRSUPP",
                            "TID flows and header suppression; two register pages"),
                    new Flag(
                            INLINE_TRIGGER,
                            "INLINE_TRIGGER",
                            "softpath: launch by the PBC's launch tag"),
                    new Flag(DOORBELL, "DOORBELL", "softpath: ring when the chip sleeps"),
                    new Flag(GATHER, "GATHER", "softpath: send from pinned memory"));

    private RuntimeFlags() {}

    /** The names of the flags that are set, lowest first; an unknown bit is {@code "0x<bit>"}. */
    public static List<String> names(int flags) {
        List<String> names = new ArrayList<>();
        int rest = flags;
        for (Flag flag : ALL) {
            if ((flags & flag.bit) != 0) {
                names.add(flag.name);
                rest &= ~flag.bit;
            }
        }
        while (rest != 0) {
            int bit = Integer.lowestOneBit(rest);
            names.add("0x" + Integer.toHexString(bit));
            rest ^= bit;
        }
        return names;
    }
}
