package io.softpath.abi.control;

import io.softpath.abi.register.StructField;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * One context that a user has, or what one process has of a context that it shares, as INSPECT
 * answers it. Little-endian. The registers are copies: head and tail count dwords of the rcvhdrq,
 * the eager registers count buffers.
 *
 * @param unit unit
 * @param context context
 * @param state {@link ControlRecord#CONTEXT_ASSIGNED} and its neighbours
 * @param uid user of the owner
 * @param gid group of the owner
 * @param pid process of the owner
 * @param subcontexts processes that can share it, 0 if not shared
 * @param subcontext which of them this is, 0 is the master
 * @param pioFirst chip-wide number of the first send buffer
 * @param pioCount send buffers
 * @param features features negotiated, see {@link ControlRecord#FEATURE_INLINE_TRIGGER}, and {@link
 *     #ORDINARY_MEMORY}
 * @param mappedBytes bytes that the owner has mapped
 * @param packetsSent packets sent
 * @param packetsReceived entries written to the rcvhdrq
 * @param head rcvhdrhead
 * @param tail rcvhdrtail
 * @param egrHead rcvegrindexhead
 * @param egrTail rcvegrindextail
 * @param since assigned, in ms since 1970
 * @param pkeys the four partition keys, 16 bits each, 0 for none
 * @param dropped packets for it that found no room
 * @param events its event word
 */
public record ContextRecord(
        int unit,
        int context,
        int state,
        int uid,
        int gid,
        int pid,
        int subcontexts,
        int subcontext,
        int pioFirst,
        int pioCount,
        int features,
        long mappedBytes,
        long packetsSent,
        long packetsReceived,
        int head,
        int tail,
        int egrHead,
        int egrTail,
        long since,
        long pkeys,
        long dropped,
        long events) {
    public static final int BYTES = 112;

    /**
     * In the features: when the context was assigned, the kernel let the daemon reach memory of the
     * process that was never registered.
     */
    public static final int ORDINARY_MEMORY = 0x100;

    static final int UNIT = 0;
    static final int CONTEXT = 4;
    static final int STATE = 8;
    static final int UID = 12;
    static final int GID = 16;
    static final int PID = 20;
    static final int SUBCONTEXTS = 24;
    static final int SUBCONTEXT = 26;
    static final int PIO_FIRST = 28;
    static final int PIO_COUNT = 32;
    static final int FEATURES = 36;
    static final int MAPPED_BYTES = 40;
    static final int PACKETS_SENT = 48;
    static final int PACKETS_RECEIVED = 56;
    static final int HEAD = 64;
    static final int TAIL = 68;
    static final int EGR_HEAD = 72;
    static final int EGR_TAIL = 76;
    static final int SINCE = 80;
    static final int PKEYS = 88;
    static final int DROPPED = 96;
    static final int EVENTS = 104;

    /** The members, lowest offset first. */
    public static final List<StructField> LAYOUT =
            StructField.layout(
                    BYTES,
                    new StructField("unit", UNIT, 4, "unit"),
                    new StructField("context", CONTEXT, 4, "context"),
                    new StructField("state", STATE, 4, "CONTEXT_ASSIGNED and its neighbours"),
                    new StructField("uid", UID, 4, "user of the owner"),
                    new StructField("gid", GID, 4, "group of the owner"),
                    new StructField("pid", PID, 4, "process of the owner"),
                    new StructField(
                            "subcontexts",
                            SUBCONTEXTS,
                            2,
                            "processes that can share it, 0 if not shared"),
                    new StructField("subcontext", SUBCONTEXT, 2, "which of them, 0 is the master"),
                    new StructField(
                            "pioFirst", PIO_FIRST, 4, "chip-wide number of the first send buffer"),
                    new StructField("pioCount", PIO_COUNT, 4, "send buffers"),
                    new StructField(
                            "features",
                            FEATURES,
                            4,
                            "features negotiated, see FEATURE_INLINE_TRIGGER; 0x100: ordinary"
                                    + " memory of the process can be reached"),
                    new StructField(
                            "mappedBytes", MAPPED_BYTES, 8, "bytes that the owner has mapped"),
                    new StructField("packetsSent", PACKETS_SENT, 8, "packets sent"),
                    new StructField(
                            "packetsReceived",
                            PACKETS_RECEIVED,
                            8,
                            "entries written to the rcvhdrq"),
                    new StructField("head", HEAD, 4, "rcvhdrhead"),
                    new StructField("tail", TAIL, 4, "rcvhdrtail"),
                    new StructField("egrHead", EGR_HEAD, 4, "rcvegrindexhead"),
                    new StructField("egrTail", EGR_TAIL, 4, "rcvegrindextail"),
                    new StructField("since", SINCE, 8, "assigned, in ms since 1970"),
                    new StructField(
                            "pkeys", PKEYS, 8, "the four partition keys, 16 bits each, 0 for none"),
                    new StructField("dropped", DROPPED, 8, "packets for it that found no room"),
                    new StructField("events", EVENTS, 8, "its event word"));

    /** Writes all {@value #BYTES} bytes, padding and reserved fields as 0. */
    public void write(MemorySegment s, long off) {
        Structs.clear(s, off, BYTES);
        Structs.putU32(s, off + UNIT, unit);
        Structs.putU32(s, off + CONTEXT, context);
        Structs.putU32(s, off + STATE, state);
        Structs.putU32(s, off + UID, uid);
        Structs.putU32(s, off + GID, gid);
        Structs.putU32(s, off + PID, pid);
        Structs.putU16(s, off + SUBCONTEXTS, subcontexts);
        Structs.putU16(s, off + SUBCONTEXT, subcontext);
        Structs.putU32(s, off + PIO_FIRST, pioFirst);
        Structs.putU32(s, off + PIO_COUNT, pioCount);
        Structs.putU32(s, off + FEATURES, features);
        Structs.putU64(s, off + MAPPED_BYTES, mappedBytes);
        Structs.putU64(s, off + PACKETS_SENT, packetsSent);
        Structs.putU64(s, off + PACKETS_RECEIVED, packetsReceived);
        Structs.putU32(s, off + HEAD, head);
        Structs.putU32(s, off + TAIL, tail);
        Structs.putU32(s, off + EGR_HEAD, egrHead);
        Structs.putU32(s, off + EGR_TAIL, egrTail);
        Structs.putU64(s, off + SINCE, since);
        Structs.putU64(s, off + PKEYS, pkeys);
        Structs.putU64(s, off + DROPPED, dropped);
        Structs.putU64(s, off + EVENTS, events);
    }

    /** Reads what {@link #write} wrote. */
    public static ContextRecord read(MemorySegment s, long off) {
        return new ContextRecord(
                Structs.u32(s, off + UNIT),
                Structs.u32(s, off + CONTEXT),
                Structs.u32(s, off + STATE),
                Structs.u32(s, off + UID),
                Structs.u32(s, off + GID),
                Structs.u32(s, off + PID),
                Structs.u16(s, off + SUBCONTEXTS),
                Structs.u16(s, off + SUBCONTEXT),
                Structs.u32(s, off + PIO_FIRST),
                Structs.u32(s, off + PIO_COUNT),
                Structs.u32(s, off + FEATURES),
                Structs.u64(s, off + MAPPED_BYTES),
                Structs.u64(s, off + PACKETS_SENT),
                Structs.u64(s, off + PACKETS_RECEIVED),
                Structs.u32(s, off + HEAD),
                Structs.u32(s, off + TAIL),
                Structs.u32(s, off + EGR_HEAD),
                Structs.u32(s, off + EGR_TAIL),
                Structs.u64(s, off + SINCE),
                Structs.u64(s, off + PKEYS),
                Structs.u64(s, off + DROPPED),
                Structs.u64(s, off + EVENTS));
    }
}
