package io.softpath.abi.region;

import static io.softpath.abi.register.Access.READ_ONLY;
import static io.softpath.abi.register.Access.READ_WRITE;
import static io.softpath.abi.register.Access.WRITE_ONLY;

import io.softpath.abi.model.ChipModel;
import io.softpath.abi.register.Access;

/**
 * The kinds of memory that a user maps: the five of the mail, the two pages that later drivers
 * added, and the three arrays of a context that processes share. Ordinals travel in the control
 * channel. Source: ipath_file_ops.c and qib_file_ops.c, the mmap functions.
 */
@SuppressWarnings("EnumOrdinal") // ordinals are part of the control channel
public enum RegionKind {
    UREGS(
            "user registers",
            "uregs",
            READ_WRITE,
            RegionKind.EFAULT,
            "head and tail registers of the context"),
    PIOBUFS("PIO buffers", "piobufs", WRITE_ONLY, RegionKind.EINVAL, "send buffers of the context"),
    RCVEGRBUFS(
            "RCVEGRBUFS",
            "rcvegrbufs",
            READ_ONLY,
            RegionKind.EINVAL,
            "eager buffers: payload of received packets"),
    RCVHDRQ(
            "RCVHDRQ",
            "rcvhdrq",
            READ_WRITE,
            RegionKind.EFAULT,
            "header queue: one entry per received packet"),
    RCVHDRTAIL(
            "rcvhdrq tail",
            "rcvhdrtail",
            READ_ONLY,
            RegionKind.EFAULT,
            "the chip's copy of rcvhdrtail"),
    PIOAVAIL(
            "PIOAVAILREGS",
            "pioavail",
            READ_ONLY,
            RegionKind.EFAULT,
            "which send buffers are free, and the status words"),
    SENDBUFSTATUS(
            "send-buffer status",
            "sendbufstatus",
            READ_ONLY,
            RegionKind.EINVAL,
            "event word of each sub-context"),
    SUBCTXT_UREGS(
            "sub-context registers",
            "subctxt-uregs",
            READ_WRITE,
            RegionKind.EINVAL,
            "shared contexts: a page in place of the registers for each sub-context"),
    SUBCTXT_RCVHDRQ(
            "sub-context RCVHDRQ",
            "subctxt-rcvhdrq",
            READ_WRITE,
            RegionKind.EINVAL,
            "shared contexts: a header queue for each sub-context, filled by the master"),
    SUBCTXT_RCVEGRBUFS(
            "sub-context RCVEGRBUFS",
            "subctxt-rcvegrbufs",
            READ_WRITE,
            RegionKind.EINVAL,
            "shared contexts: eager buffers for each sub-context, filled by the master");

    public static final int PAGE_BYTES = 4096;

    private static final int EFAULT = 14;
    private static final int EINVAL = 22;
    private static final RegionKind[] VALUES = values();

    private final String mailName;
    private final String label;
    private final Access access;
    private final int tooLong;
    private final String purpose;

    RegionKind(String mailName, String label, Access access, int tooLong, String purpose) {
        this.mailName = mailName;
        this.label = label;
        this.access = access;
        this.tooLong = tooLong;
        this.purpose = purpose;
    }

    /** The kind with this ordinal; null if there is none. */
    public static RegionKind of(int ordinal) {
        return ordinal >= 0 && ordinal < VALUES.length ? VALUES[ordinal] : null;
    }

    /** The number that travels in the control channel. */
    public int number() {
        return ordinal();
    }

    /**
     * What the mail of March 2006 calls it; of the two later kinds, what architecture papers call
     * them.
     */
    public String mailName() {
        return mailName;
    }

    /** A short name, as in the names of the memory files. */
    public String label() {
        return label;
    }

    /** What a user may do with it. */
    public Access access() {
        return access;
    }

    /**
     * Whether the kernel itself keeps a user from writing: its file is sealed against future
     * writes.
     */
    public boolean readOnlyByKernel() {
        return access == READ_ONLY;
    }

    /**
     * The errno, as a number, of a mapping that is longer than the region: EFAULT or EINVAL, as qib
     * has it.
     */
    public int tooLong() {
        return tooLong;
    }

    /** Whether there is one per unit, not one per context. */
    public boolean perUnit() {
        return this == PIOAVAIL;
    }

    /** Whether each process that shares a context has its own. */
    public boolean perSubcontext() {
        return this == PIOBUFS;
    }

    /** Whether only a shared context has it: memory that the chip does not know. */
    public boolean onlyShared() {
        return this == SUBCTXT_UREGS || this == SUBCTXT_RCVHDRQ || this == SUBCTXT_RCVEGRBUFS;
    }

    /**
     * Whether an unshared context of this model has it: a tail page only where the chip copies the
     * tail to memory.
     */
    public boolean exists(ChipModel model) {
        return exists(model, 0);
    }

    /**
     * Whether a context has it.
     *
     * @param sharers how many share the context, 0 if it is not shared
     */
    public boolean exists(ChipModel model, int sharers) {
        return onlyShared() ? sharers > 0 : this != RCVHDRTAIL || model.tailInMemory();
    }

    /** How much of it the owner of an unshared context can map, in bytes. */
    public long maxBytes(ChipModel model, int pioCount) {
        return maxBytes(model, pioCount, 0);
    }

    /**
     * How much of it can be mapped, in bytes.
     *
     * @param pioCount send buffers of who maps
     * @param sharers how many share the context, 0 if it is not shared
     */
    public long maxBytes(ChipModel model, int pioCount, int sharers) {
        return switch (this) {
            case UREGS -> model.hasTidFlows() ? 2 * PAGE_BYTES : PAGE_BYTES;
            case RCVHDRTAIL, PIOAVAIL, SENDBUFSTATUS -> PAGE_BYTES;
            case PIOBUFS -> (long) pioCount * model.pioAlign();
            case RCVEGRBUFS -> model.egrTotalBytes();
            case RCVHDRQ -> model.rcvHdrAllocBytes();
            case SUBCTXT_UREGS -> (long) sharers * PAGE_BYTES;
            case SUBCTXT_RCVHDRQ -> sharers * (long) model.rcvHdrAllocBytes();
            case SUBCTXT_RCVEGRBUFS -> sharers * (long) model.egrTotalBytes();
        };
    }

    public String purpose() {
        return purpose;
    }

    /** The name of the memory file behind a region of a context. */
    public String fileName(int unit, int context) {
        return "softpath:u" + unit + "c" + (perUnit() ? 0 : context) + ":" + label;
    }
}
