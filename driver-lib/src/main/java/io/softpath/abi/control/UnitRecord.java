package io.softpath.abi.control;

import io.softpath.abi.register.StructField;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * One unit, as INSPECT answers it. Little-endian.
 *
 * @param unit unit
 * @param contexts contexts of the chip, the kernel's included
 * @param userContexts contexts that users can have
 * @param freeContexts those that nobody has
 * @param lid LID of the port
 * @param lmc LID mask control
 * @param ports InfiniBand ports
 * @param linkState {@link ControlRecord#LINK_DOWN_STATE} and its neighbours
 * @param flags {@link ControlRecord#UNIT_FROZEN} and its neighbours
 * @param status status word, see {@link UnitStatus}
 * @param errors error status bits since the start
 * @param hwVersion revision register
 * @param pid process of the daemon
 * @param since start, in ms since 1970
 * @param pioCount send buffers, the kernel's included
 * @param updateThreshold avail update threshold
 * @param model name of the chip model
 * @param runtimeFlags flags that every user of the unit gets
 */
public record UnitRecord(
        int unit,
        int contexts,
        int userContexts,
        int freeContexts,
        int lid,
        int lmc,
        int ports,
        int linkState,
        int flags,
        long status,
        long errors,
        int hwVersion,
        int pid,
        long since,
        int pioCount,
        int updateThreshold,
        String model,
        int runtimeFlags) {
    public static final int BYTES = 96;

    static final int UNIT = 0;
    static final int CONTEXTS = 4;
    static final int USER_CONTEXTS = 8;
    static final int FREE_CONTEXTS = 12;
    static final int LID = 16;
    static final int LMC = 18;
    static final int PORTS = 20;
    static final int LINK_STATE = 24;
    static final int FLAGS = 28;
    static final int STATUS = 32;
    static final int ERRORS = 40;
    static final int HW_VERSION = 48;
    static final int PID = 52;
    static final int SINCE = 56;
    static final int PIO_COUNT = 64;
    static final int UPDATE_THRESHOLD = 68;
    static final int MODEL = 72;
    static final int RUNTIME_FLAGS = 88;

    /** The members, lowest offset first. */
    public static final List<StructField> LAYOUT =
            StructField.layout(
                    BYTES,
                    new StructField("unit", UNIT, 4, "unit"),
                    new StructField(
                            "contexts", CONTEXTS, 4, "contexts of the chip, the kernel's included"),
                    new StructField(
                            "userContexts", USER_CONTEXTS, 4, "contexts that users can have"),
                    new StructField("freeContexts", FREE_CONTEXTS, 4, "those that nobody has"),
                    new StructField("lid", LID, 2, "LID of the port"),
                    new StructField("lmc", LMC, 2, "LID mask control"),
                    new StructField("ports", PORTS, 4, "InfiniBand ports"),
                    new StructField(
                            "linkState", LINK_STATE, 4, "LINK_DOWN_STATE and its neighbours"),
                    new StructField("flags", FLAGS, 4, "UNIT_FROZEN and its neighbours"),
                    new StructField("status", STATUS, 8, "status word, see UnitStatus"),
                    new StructField("errors", ERRORS, 8, "error status bits since the start"),
                    new StructField("hwVersion", HW_VERSION, 4, "revision register"),
                    new StructField("pid", PID, 4, "process of the daemon"),
                    new StructField("since", SINCE, 8, "start, in ms since 1970"),
                    new StructField(
                            "pioCount", PIO_COUNT, 4, "send buffers, the kernel's included"),
                    new StructField(
                            "updateThreshold", UPDATE_THRESHOLD, 4, "avail update threshold"),
                    new StructField("model", MODEL, 16, "name of the chip model"),
                    new StructField(
                            "runtimeFlags",
                            RUNTIME_FLAGS,
                            4,
                            "flags that every user of the unit gets"));

    public UnitRecord {
        Structs.requireU16("UnitRecord", "lid", lid);
        Structs.requireU16("UnitRecord", "lmc", lmc);
    }

    /** Writes all {@value #BYTES} bytes, padding and reserved fields as 0. */
    public void write(MemorySegment s, long off) {
        Structs.clear(s, off, BYTES);
        Structs.putU32(s, off + UNIT, unit);
        Structs.putU32(s, off + CONTEXTS, contexts);
        Structs.putU32(s, off + USER_CONTEXTS, userContexts);
        Structs.putU32(s, off + FREE_CONTEXTS, freeContexts);
        Structs.putU16(s, off + LID, lid);
        Structs.putU16(s, off + LMC, lmc);
        Structs.putU32(s, off + PORTS, ports);
        Structs.putU32(s, off + LINK_STATE, linkState);
        Structs.putU32(s, off + FLAGS, flags);
        Structs.putU64(s, off + STATUS, status);
        Structs.putU64(s, off + ERRORS, errors);
        Structs.putU32(s, off + HW_VERSION, hwVersion);
        Structs.putU32(s, off + PID, pid);
        Structs.putU64(s, off + SINCE, since);
        Structs.putU32(s, off + PIO_COUNT, pioCount);
        Structs.putU32(s, off + UPDATE_THRESHOLD, updateThreshold);
        Structs.putText(s, off + MODEL, 16, model);
        Structs.putU32(s, off + RUNTIME_FLAGS, runtimeFlags);
    }

    /** Reads what {@link #write} wrote. */
    public static UnitRecord read(MemorySegment s, long off) {
        return new UnitRecord(
                Structs.u32(s, off + UNIT),
                Structs.u32(s, off + CONTEXTS),
                Structs.u32(s, off + USER_CONTEXTS),
                Structs.u32(s, off + FREE_CONTEXTS),
                Structs.u16(s, off + LID),
                Structs.u16(s, off + LMC),
                Structs.u32(s, off + PORTS),
                Structs.u32(s, off + LINK_STATE),
                Structs.u32(s, off + FLAGS),
                Structs.u64(s, off + STATUS),
                Structs.u64(s, off + ERRORS),
                Structs.u32(s, off + HW_VERSION),
                Structs.u32(s, off + PID),
                Structs.u64(s, off + SINCE),
                Structs.u32(s, off + PIO_COUNT),
                Structs.u32(s, off + UPDATE_THRESHOLD),
                Structs.text(s, off + MODEL, 16),
                Structs.u32(s, off + RUNTIME_FLAGS));
    }
}
