package io.softpath.abi.control;

import io.softpath.abi.register.StructField;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Memory of a user that the chip can reach, as INSPECT answers it. Little-endian.
 *
 * @param unit unit
 * @param context context
 * @param pid process of the owner
 * @param uid user of the owner
 * @param handle of MEM_CREATE; 0: ordinary memory of the process
 * @param flags bit 0 bound to an address, bit 1 freed by its owner, bit 2 ordinary memory
 * @param vaddr where the owner has it; 0: unknown
 * @param bytes bytes of it
 * @param since made, or first pinned, in ms since 1970
 * @param pinnedPages pages that TIDs point at
 * @param tids TIDs that point at it
 * @param limit memlock limit of the process in bytes; -1: none
 * @param processPinned bytes that TIDs of the process pin, all contexts
 * @param processRegistered bytes of memory regions of the process, all contexts
 */
public record PinRecord(
        int unit,
        int context,
        int pid,
        int uid,
        int handle,
        int flags,
        long vaddr,
        long bytes,
        long since,
        int pinnedPages,
        int tids,
        long limit,
        long processPinned,
        long processRegistered) {
    public static final int BYTES = 96;

    /** {@link #flags}: the owner told where it has mapped it. */
    public static final int BOUND = 1;

    /** {@link #flags}: freed by its owner; it lives on until no TID points at it. */
    public static final int FREED = 2;

    /** {@link #flags}: memory that was never registered, reached through the kernel. */
    public static final int ORDINARY = 4;

    /** {@link #limit}: no limit. */
    public static final long UNLIMITED = -1;

    static final int UNIT = 0;
    static final int CONTEXT = 4;
    static final int PID = 8;
    static final int UID = 12;
    static final int HANDLE = 16;
    static final int FLAGS = 20;
    static final int VADDR = 24;
    static final int MEMORY_BYTES = 32;
    static final int SINCE = 40;
    static final int PINNED_PAGES = 48;
    static final int TIDS = 52;
    static final int LIMIT = 56;
    static final int PROCESS_PINNED = 64;
    static final int PROCESS_REGISTERED = 72;

    /** The members, lowest offset first. */
    public static final List<StructField> LAYOUT =
            StructField.layout(
                    BYTES,
                    new StructField("unit", UNIT, 4, "unit"),
                    new StructField("context", CONTEXT, 4, "context"),
                    new StructField("pid", PID, 4, "process of the owner"),
                    new StructField("uid", UID, 4, "user of the owner"),
                    new StructField(
                            "handle",
                            HANDLE,
                            4,
                            "of MEM_CREATE; 0: ordinary memory of the process"),
                    new StructField(
                            "flags",
                            FLAGS,
                            4,
                            "bit 0 bound to an address, bit 1 freed by its owner, bit 2 ordinary"
                                    + " memory"),
                    new StructField("vaddr", VADDR, 8, "where the owner has it; 0: unknown"),
                    new StructField("bytes", MEMORY_BYTES, 8, "bytes of it"),
                    new StructField("since", SINCE, 8, "made, or first pinned, in ms since 1970"),
                    new StructField("pinnedPages", PINNED_PAGES, 4, "pages that TIDs point at"),
                    new StructField("tids", TIDS, 4, "TIDs that point at it"),
                    new StructField(
                            "limit", LIMIT, 8, "memlock limit of the process in bytes; -1: none"),
                    new StructField(
                            "processPinned",
                            PROCESS_PINNED,
                            8,
                            "bytes that TIDs of the process pin, all contexts"),
                    new StructField(
                            "processRegistered",
                            PROCESS_REGISTERED,
                            8,
                            "bytes of memory regions of the process, all contexts"));

    /** Writes all {@value #BYTES} bytes, padding and reserved fields as 0. */
    public void write(MemorySegment s, long off) {
        Structs.clear(s, off, BYTES);
        Structs.putU32(s, off + UNIT, unit);
        Structs.putU32(s, off + CONTEXT, context);
        Structs.putU32(s, off + PID, pid);
        Structs.putU32(s, off + UID, uid);
        Structs.putU32(s, off + HANDLE, handle);
        Structs.putU32(s, off + FLAGS, flags);
        Structs.putU64(s, off + VADDR, vaddr);
        Structs.putU64(s, off + MEMORY_BYTES, bytes);
        Structs.putU64(s, off + SINCE, since);
        Structs.putU32(s, off + PINNED_PAGES, pinnedPages);
        Structs.putU32(s, off + TIDS, tids);
        Structs.putU64(s, off + LIMIT, limit);
        Structs.putU64(s, off + PROCESS_PINNED, processPinned);
        Structs.putU64(s, off + PROCESS_REGISTERED, processRegistered);
    }

    /** Reads what {@link #write} wrote. */
    public static PinRecord read(MemorySegment s, long off) {
        return new PinRecord(
                Structs.u32(s, off + UNIT),
                Structs.u32(s, off + CONTEXT),
                Structs.u32(s, off + PID),
                Structs.u32(s, off + UID),
                Structs.u32(s, off + HANDLE),
                Structs.u32(s, off + FLAGS),
                Structs.u64(s, off + VADDR),
                Structs.u64(s, off + MEMORY_BYTES),
                Structs.u64(s, off + SINCE),
                Structs.u32(s, off + PINNED_PAGES),
                Structs.u32(s, off + TIDS),
                Structs.u64(s, off + LIMIT),
                Structs.u64(s, off + PROCESS_PINNED),
                Structs.u64(s, off + PROCESS_REGISTERED));
    }
}
