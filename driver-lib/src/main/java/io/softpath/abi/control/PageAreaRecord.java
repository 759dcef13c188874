package io.softpath.abi.control;

import io.softpath.abi.register.StructField;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * An area that a process has mapped, as the page ledger keeps it and INSPECT answers it.
 * Little-endian.
 *
 * @param unit unit
 * @param context context of the owner
 * @param kind ordinal of the region kind
 * @param pid process of the owner
 * @param pages of the area
 * @param touched pages that its page table shows
 * @param known how that is known, {@link #AT_MMAP} and its neighbours
 * @param getsPages 1 if the handler takes a reference on each page
 * @param method nopage, remap_pfn_range and so on
 * @param flags VM_* flags, with blanks between them
 */
public record PageAreaRecord(
        int unit,
        int context,
        int kind,
        int pid,
        int pages,
        int touched,
        int known,
        int getsPages,
        String method,
        String flags) {
    public static final int BYTES = 152;

    /** All pages are in the page table from mmap on. */
    public static final int AT_MMAP = 1;

    /** As seen in the owner's page table. */
    public static final int SEEN = 2;

    /** Not seen: all pages are taken for touched, now or as soon as the area goes. */
    public static final int ASSUMED = 3;

    static final int UNIT = 0;
    static final int CONTEXT = 4;
    static final int KIND = 8;
    static final int PID = 12;
    static final int PAGES = 16;
    static final int TOUCHED = 20;
    static final int KNOWN = 24;
    static final int GETS_PAGES = 28;
    static final int METHOD = 32;
    static final int FLAGS = 56;

    private static final int METHOD_BYTES = 24;
    private static final int FLAGS_BYTES = 96;

    /** The members, lowest offset first. */
    public static final List<StructField> LAYOUT =
            StructField.layout(
                    BYTES,
                    new StructField("unit", UNIT, 4, "unit"),
                    new StructField("context", CONTEXT, 4, "context of the owner"),
                    new StructField("kind", KIND, 4, "ordinal of the region kind"),
                    new StructField("pid", PID, 4, "process of the owner"),
                    new StructField("pages", PAGES, 4, "pages of the area"),
                    new StructField("touched", TOUCHED, 4, "pages that the page table shows"),
                    new StructField(
                            "known",
                            KNOWN,
                            4,
                            "1 all from mmap on, 2 seen in the page table, 3 assumed"),
                    new StructField("getsPages", GETS_PAGES, 4, "1: its handler takes a reference"),
                    new StructField("method", METHOD, METHOD_BYTES, "how it is mapped"),
                    new StructField("flags", FLAGS, FLAGS_BYTES, "VM_* flags"));

    /** Writes all {@value #BYTES} bytes. */
    public void write(MemorySegment s, long off) {
        Structs.clear(s, off, BYTES);
        Structs.putU32(s, off + UNIT, unit);
        Structs.putU32(s, off + CONTEXT, context);
        Structs.putU32(s, off + KIND, kind);
        Structs.putU32(s, off + PID, pid);
        Structs.putU32(s, off + PAGES, pages);
        Structs.putU32(s, off + TOUCHED, touched);
        Structs.putU32(s, off + KNOWN, known);
        Structs.putU32(s, off + GETS_PAGES, getsPages);
        Structs.putText(s, off + METHOD, METHOD_BYTES, method);
        Structs.putText(s, off + FLAGS, FLAGS_BYTES, flags);
    }

    /** Reads what {@link #write} wrote. */
    public static PageAreaRecord read(MemorySegment s, long off) {
        return new PageAreaRecord(
                Structs.u32(s, off + UNIT),
                Structs.u32(s, off + CONTEXT),
                Structs.u32(s, off + KIND),
                Structs.u32(s, off + PID),
                Structs.u32(s, off + PAGES),
                Structs.u32(s, off + TOUCHED),
                Structs.u32(s, off + KNOWN),
                Structs.u32(s, off + GETS_PAGES),
                Structs.text(s, off + METHOD, METHOD_BYTES),
                Structs.text(s, off + FLAGS, FLAGS_BYTES));
    }
}
