package io.softpath.abi.control;

import io.softpath.abi.register.StructField;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * What TID_UPDATE and TID_FREE take. Little-endian, user ABI 1.13. Source: qib_common.h, struct
 * qib_tid_info.
 *
 * @param count pages, or TIDs
 * @param vaddr address of the first page
 * @param tidList address of the list of 16-bit TIDs
 * @param tidMap address of the 64-byte bitmap of TIDs
 */
public record TidInfo(int count, long vaddr, long tidList, long tidMap) {
    public static final int BYTES = 32;

    static final int COUNT = 0;
    static final int VADDR = 8;
    static final int TID_LIST = 16;
    static final int TID_MAP = 24;

    /** The members, lowest offset first. */
    public static final List<StructField> LAYOUT =
            StructField.layout(
                    BYTES,
                    new StructField("count", COUNT, 4, "pages, or TIDs"),
                    new StructField("vaddr", VADDR, 8, "address of the first page"),
                    new StructField("tidList", TID_LIST, 8, "address of the list of 16-bit TIDs"),
                    new StructField("tidMap", TID_MAP, 8, "address of the 64-byte bitmap of TIDs"));

    /** Writes all {@value #BYTES} bytes, padding and reserved fields as 0. */
    public void write(MemorySegment s, long off) {
        Structs.clear(s, off, BYTES);
        Structs.putU32(s, off + COUNT, count);
        Structs.putU64(s, off + VADDR, vaddr);
        Structs.putU64(s, off + TID_LIST, tidList);
        Structs.putU64(s, off + TID_MAP, tidMap);
    }

    /** Reads what {@link #write} wrote. */
    public static TidInfo read(MemorySegment s, long off) {
        return new TidInfo(
                Structs.u32(s, off + COUNT),
                Structs.u64(s, off + VADDR),
                Structs.u64(s, off + TID_LIST),
                Structs.u64(s, off + TID_MAP));
    }

    /** Bytes of the bitmap that {@code tidMap} points to. */
    public static final int BITMAP_BYTES = 64;
}
