package io.softpath.abi.control;

import io.softpath.abi.register.StructField;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * One mapping that a user was given, as INSPECT answers it. Little-endian.
 *
 * @param unit unit
 * @param context context; -1 for a region of the unit
 * @param kind ordinal of the region kind
 * @param pid process of the owner
 * @param uid user of the owner
 * @param prot protection asked for, {@link ControlRecord#PROT_READ} and its neighbours
 * @param token offset token asked for
 * @param length bytes asked for
 * @param flags flags asked for, {@link ControlRecord#MAP_SHARED} and its neighbours
 * @param seals seals of the file, F_SEAL_*
 * @param since mapped, in ms since 1970
 * @param fileBytes bytes of the file
 * @param count times the owner was handed this region
 */
public record VmaRecord(
        int unit,
        int context,
        int kind,
        int pid,
        int uid,
        int prot,
        long token,
        long length,
        int flags,
        int seals,
        long since,
        long fileBytes,
        int count) {
    public static final int BYTES = 72;

    static final int UNIT = 0;
    static final int CONTEXT = 4;
    static final int KIND = 8;
    static final int PID = 12;
    static final int UID = 16;
    static final int PROT = 20;
    static final int TOKEN = 24;
    static final int LENGTH = 32;
    static final int FLAGS = 40;
    static final int SEALS = 44;
    static final int SINCE = 48;
    static final int FILE_BYTES = 56;
    static final int COUNT = 64;

    /** The members, lowest offset first. */
    public static final List<StructField> LAYOUT =
            StructField.layout(
                    BYTES,
                    new StructField("unit", UNIT, 4, "unit"),
                    new StructField("context", CONTEXT, 4, "context; -1 for a region of the unit"),
                    new StructField("kind", KIND, 4, "ordinal of the region kind"),
                    new StructField("pid", PID, 4, "process of the owner"),
                    new StructField("uid", UID, 4, "user of the owner"),
                    new StructField(
                            "prot", PROT, 4, "protection asked for, PROT_READ and its neighbours"),
                    new StructField("token", TOKEN, 8, "offset token asked for"),
                    new StructField("length", LENGTH, 8, "bytes asked for"),
                    new StructField(
                            "flags", FLAGS, 4, "flags asked for, MAP_SHARED and its neighbours"),
                    new StructField("seals", SEALS, 4, "seals of the file, F_SEAL_*"),
                    new StructField("since", SINCE, 8, "mapped, in ms since 1970"),
                    new StructField("fileBytes", FILE_BYTES, 8, "bytes of the file"),
                    new StructField("count", COUNT, 4, "times the owner was handed this region"));

    /** Writes all {@value #BYTES} bytes, padding and reserved fields as 0. */
    public void write(MemorySegment s, long off) {
        Structs.clear(s, off, BYTES);
        Structs.putU32(s, off + UNIT, unit);
        Structs.putU32(s, off + CONTEXT, context);
        Structs.putU32(s, off + KIND, kind);
        Structs.putU32(s, off + PID, pid);
        Structs.putU32(s, off + UID, uid);
        Structs.putU32(s, off + PROT, prot);
        Structs.putU64(s, off + TOKEN, token);
        Structs.putU64(s, off + LENGTH, length);
        Structs.putU32(s, off + FLAGS, flags);
        Structs.putU32(s, off + SEALS, seals);
        Structs.putU64(s, off + SINCE, since);
        Structs.putU64(s, off + FILE_BYTES, fileBytes);
        Structs.putU32(s, off + COUNT, count);
    }

    /** Reads what {@link #write} wrote. */
    public static VmaRecord read(MemorySegment s, long off) {
        return new VmaRecord(
                Structs.u32(s, off + UNIT),
                Structs.u32(s, off + CONTEXT),
                Structs.u32(s, off + KIND),
                Structs.u32(s, off + PID),
                Structs.u32(s, off + UID),
                Structs.u32(s, off + PROT),
                Structs.u64(s, off + TOKEN),
                Structs.u64(s, off + LENGTH),
                Structs.u32(s, off + FLAGS),
                Structs.u32(s, off + SEALS),
                Structs.u64(s, off + SINCE),
                Structs.u64(s, off + FILE_BYTES),
                Structs.u32(s, off + COUNT));
    }
}
