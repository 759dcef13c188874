package io.softpath.abi.control;

import io.softpath.abi.register.StructField;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * What CTXT_INFO answers. Little-endian, user ABI 1.13. Source: qib_common.h, struct qib_ctxt_info.
 *
 * @param numActive units that can be used
 * @param unit unit
 * @param port InfiniBand port, from 1
 * @param context context
 * @param subcontext sub-context
 * @param numContexts user contexts of the unit
 * @param numSubcontexts processes that share the context, 0 if it is not shared
 * @param recCpu recommended CPU, {@link #NO_CPU} for none
 */
public record ContextInfo(
        int numActive,
        int unit,
        int port,
        int context,
        int subcontext,
        int numContexts,
        int numSubcontexts,
        int recCpu) {
    public static final int BYTES = 16;

    static final int NUM_ACTIVE = 0;
    static final int UNIT = 2;
    static final int PORT = 4;
    static final int CONTEXT = 6;
    static final int SUBCONTEXT = 8;
    static final int NUM_CONTEXTS = 10;
    static final int NUM_SUBCONTEXTS = 12;
    static final int REC_CPU = 14;

    /** The members, lowest offset first. */
    public static final List<StructField> LAYOUT =
            StructField.layout(
                    BYTES,
                    new StructField("numActive", NUM_ACTIVE, 2, "units that can be used"),
                    new StructField("unit", UNIT, 2, "unit"),
                    new StructField("port", PORT, 2, "InfiniBand port, from 1"),
                    new StructField("context", CONTEXT, 2, "context"),
                    new StructField("subcontext", SUBCONTEXT, 2, "sub-context"),
                    new StructField("numContexts", NUM_CONTEXTS, 2, "user contexts of the unit"),
                    new StructField(
                            "numSubcontexts",
                            NUM_SUBCONTEXTS,
                            2,
                            "processes that share the context, 0 if it is not shared"),
                    new StructField("recCpu", REC_CPU, 2, "recommended CPU, NO_CPU for none"));

    public ContextInfo {
        Structs.requireU16("ContextInfo", "numActive", numActive);
        Structs.requireU16("ContextInfo", "unit", unit);
        Structs.requireU16("ContextInfo", "port", port);
        Structs.requireU16("ContextInfo", "context", context);
        Structs.requireU16("ContextInfo", "subcontext", subcontext);
        Structs.requireU16("ContextInfo", "numContexts", numContexts);
        Structs.requireU16("ContextInfo", "numSubcontexts", numSubcontexts);
        Structs.requireU16("ContextInfo", "recCpu", recCpu);
    }

    /** Writes all {@value #BYTES} bytes, padding and reserved fields as 0. */
    public void write(MemorySegment s, long off) {
        Structs.clear(s, off, BYTES);
        Structs.putU16(s, off + NUM_ACTIVE, numActive);
        Structs.putU16(s, off + UNIT, unit);
        Structs.putU16(s, off + PORT, port);
        Structs.putU16(s, off + CONTEXT, context);
        Structs.putU16(s, off + SUBCONTEXT, subcontext);
        Structs.putU16(s, off + NUM_CONTEXTS, numContexts);
        Structs.putU16(s, off + NUM_SUBCONTEXTS, numSubcontexts);
        Structs.putU16(s, off + REC_CPU, recCpu);
    }

    /** Reads what {@link #write} wrote. */
    public static ContextInfo read(MemorySegment s, long off) {
        return new ContextInfo(
                Structs.u16(s, off + NUM_ACTIVE),
                Structs.u16(s, off + UNIT),
                Structs.u16(s, off + PORT),
                Structs.u16(s, off + CONTEXT),
                Structs.u16(s, off + SUBCONTEXT),
                Structs.u16(s, off + NUM_CONTEXTS),
                Structs.u16(s, off + NUM_SUBCONTEXTS),
                Structs.u16(s, off + REC_CPU));
    }

    /** No CPU is recommended. */
    public static final int NO_CPU = 0xFFFF;
}
