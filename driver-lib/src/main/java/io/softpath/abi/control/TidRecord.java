package io.softpath.abi.control;

import io.softpath.abi.register.StructField;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A TID in use, as INSPECT answers it. Little-endian.
 *
 * @param unit unit
 * @param context context
 * @param tid number in packets
 * @param handle of the memory region; 0: ordinary memory
 * @param page page of the region, or 0
 * @param pins TIDs that point at this page
 * @param vaddr address of the page in the owner; 0: unknown
 * @param since pinned, in ms since 1970
 */
public record TidRecord(
        int unit, int context, int tid, int handle, int page, int pins, long vaddr, long since) {
    public static final int BYTES = 48;

    static final int UNIT = 0;
    static final int CONTEXT = 4;
    static final int TID = 8;
    static final int HANDLE = 12;
    static final int PAGE = 16;
    static final int PINS = 20;
    static final int VADDR = 24;
    static final int SINCE = 32;

    /** The members, lowest offset first. */
    public static final List<StructField> LAYOUT =
            StructField.layout(
                    BYTES,
                    new StructField("unit", UNIT, 4, "unit"),
                    new StructField("context", CONTEXT, 4, "context"),
                    new StructField("tid", TID, 4, "number in packets"),
                    new StructField(
                            "handle", HANDLE, 4, "of the memory region; 0: ordinary memory"),
                    new StructField("page", PAGE, 4, "page of the region, or 0"),
                    new StructField("pins", PINS, 4, "TIDs that point at this page"),
                    new StructField(
                            "vaddr", VADDR, 8, "address of the page in the owner; 0: unknown"),
                    new StructField("since", SINCE, 8, "pinned, in ms since 1970"));

    /** Writes all {@value #BYTES} bytes, padding and reserved fields as 0. */
    public void write(MemorySegment s, long off) {
        Structs.clear(s, off, BYTES);
        Structs.putU32(s, off + UNIT, unit);
        Structs.putU32(s, off + CONTEXT, context);
        Structs.putU32(s, off + TID, tid);
        Structs.putU32(s, off + HANDLE, handle);
        Structs.putU32(s, off + PAGE, page);
        Structs.putU32(s, off + PINS, pins);
        Structs.putU64(s, off + VADDR, vaddr);
        Structs.putU64(s, off + SINCE, since);
    }

    /** Reads what {@link #write} wrote. */
    public static TidRecord read(MemorySegment s, long off) {
        return new TidRecord(
                Structs.u32(s, off + UNIT),
                Structs.u32(s, off + CONTEXT),
                Structs.u32(s, off + TID),
                Structs.u32(s, off + HANDLE),
                Structs.u32(s, off + PAGE),
                Structs.u32(s, off + PINS),
                Structs.u64(s, off + VADDR),
                Structs.u64(s, off + SINCE));
    }
}
