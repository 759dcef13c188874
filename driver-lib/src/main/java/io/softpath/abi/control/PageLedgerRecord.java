package io.softpath.abi.control;

import io.softpath.abi.register.StructField;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The page ledger of one unit, as INSPECT answers it. Little-endian.
 *
 * @param unit unit
 * @param wrongs what went wrong so far, {@link #FREED_EARLY} and its neighbours
 * @param events events so far
 * @param pages pages that have an owner
 * @param lostPages pages that never came back
 * @param withheldPages pages that the kernel would not use again
 * @param pinnedPages pages of users that TIDs point at
 * @param kernel by whose rules pages are counted, such as 2.6.15
 * @param driver whose way to allocate and map is followed: posted, merged or late
 */
public record PageLedgerRecord(
        int unit,
        int wrongs,
        long events,
        long pages,
        long lostPages,
        long withheldPages,
        long pinnedPages,
        String kernel,
        String driver) {
    public static final int BYTES = 80;

    /** A page was freed while somebody used it. */
    public static final int FREED_EARLY = 1;

    /** "Bad page state". */
    public static final int BAD_PAGE_STATE = 2;

    /** A count went below zero. */
    public static final int UNDERFLOW = 4;

    /** A page was freed twice. */
    public static final int DOUBLE_FREE = 8;

    /** A page never came back. */
    public static final int LEAK = 16;

    /** A mapping was refused. */
    public static final int REFUSED = 32;

    /** A user saw a page of zeros. */
    public static final int HOLE = 64;

    static final int UNIT = 0;
    static final int WRONGS = 4;
    static final int EVENTS = 8;
    static final int PAGES = 16;
    static final int LOST = 24;
    static final int WITHHELD = 32;
    static final int PINNED = 40;
    static final int KERNEL = 48;
    static final int DRIVER = 64;

    private static final int TEXT_BYTES = 16;

    /** The members, lowest offset first. */
    public static final List<StructField> LAYOUT =
            StructField.layout(
                    BYTES,
                    new StructField("unit", UNIT, 4, "unit"),
                    new StructField(
                            "wrongs",
                            WRONGS,
                            4,
                            "1 freed early, 2 bad page state, 4 underflow, 8 double free, 16 leak,"
                                    + " 32 refused, 64 hole"),
                    new StructField("events", EVENTS, 8, "events so far"),
                    new StructField("pages", PAGES, 8, "pages that have an owner"),
                    new StructField("lostPages", LOST, 8, "pages that never came back"),
                    new StructField("withheldPages", WITHHELD, 8, "pages that are kept out of use"),
                    new StructField("pinnedPages", PINNED, 8, "pages of users that TIDs point at"),
                    new StructField("kernel", KERNEL, TEXT_BYTES, "whose rules count"),
                    new StructField(
                            "driver",
                            DRIVER,
                            TEXT_BYTES,
                            "whose way to map: posted, merged, late"));

    /** Writes all {@value #BYTES} bytes. */
    public void write(MemorySegment s, long off) {
        Structs.clear(s, off, BYTES);
        Structs.putU32(s, off + UNIT, unit);
        Structs.putU32(s, off + WRONGS, wrongs);
        Structs.putU64(s, off + EVENTS, events);
        Structs.putU64(s, off + PAGES, pages);
        Structs.putU64(s, off + LOST, lostPages);
        Structs.putU64(s, off + WITHHELD, withheldPages);
        Structs.putU64(s, off + PINNED, pinnedPages);
        Structs.putText(s, off + KERNEL, TEXT_BYTES, kernel);
        Structs.putText(s, off + DRIVER, TEXT_BYTES, driver);
    }

    /** Reads what {@link #write} wrote. */
    public static PageLedgerRecord read(MemorySegment s, long off) {
        return new PageLedgerRecord(
                Structs.u32(s, off + UNIT),
                Structs.u32(s, off + WRONGS),
                Structs.u64(s, off + EVENTS),
                Structs.u64(s, off + PAGES),
                Structs.u64(s, off + LOST),
                Structs.u64(s, off + WITHHELD),
                Structs.u64(s, off + PINNED),
                Structs.text(s, off + KERNEL, TEXT_BYTES),
                Structs.text(s, off + DRIVER, TEXT_BYTES));
    }
}
