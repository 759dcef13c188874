package io.softpath.abi.control;

import io.softpath.abi.register.StructField;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * What a user says of itself in ASSIGN_CONTEXT and USER_INIT: struct ipath_user_info at user ABI
 * 1.13. Little-endian. Source: qib_common.h, struct qib_user_info.
 *
 * @param userVersion major in the upper 16 bits, minor in the lower
 * @param node coprocessor node, unused
 * @param baseInfoBytes how much of base info the user takes
 * @param portAlgorithm how to choose a port: 0 across units, 1 within one unit first
 * @param subcontextCount processes that share the context; 0 if it is not shared
 * @param subcontextId name of the shared context, equal for all that share it
 * @param port InfiniBand port wanted; 0 for any
 * @param baseInfoAddress where base info goes in the user's memory; softpath answers it in the
 *     reply
 */
public record UserInfo(
        int userVersion,
        int node,
        int baseInfoBytes,
        int portAlgorithm,
        int subcontextCount,
        int subcontextId,
        int port,
        long baseInfoAddress) {
    public static final int BYTES = 32;

    static final int USER_VERSION = 0;
    static final int NODE = 4;
    static final int BASE_INFO_BYTES = 8;
    static final int PORT_ALGORITHM = 12;
    static final int SUBCONTEXT_COUNT = 16;
    static final int SUBCONTEXT_ID = 18;
    static final int PORT = 20;
    static final int BASE_INFO_ADDRESS = 24;

    /** The members, lowest offset first. */
    public static final List<StructField> LAYOUT =
            StructField.layout(
                    BYTES,
                    new StructField(
                            "userVersion",
                            USER_VERSION,
                            4,
                            "major in the upper 16 bits, minor in the lower"),
                    new StructField("node", NODE, 4, "coprocessor node, unused"),
                    new StructField(
                            "baseInfoBytes",
                            BASE_INFO_BYTES,
                            4,
                            "how much of base info the user takes"),
                    new StructField(
                            "portAlgorithm",
                            PORT_ALGORITHM,
                            4,
                            "how to choose a port: 0 across units, 1 within one unit first"),
                    new StructField(
                            "subcontextCount",
                            SUBCONTEXT_COUNT,
                            2,
                            "processes that share the context; 0 if it is not shared"),
                    new StructField(
                            "subcontextId",
                            SUBCONTEXT_ID,
                            2,
                            "name of the shared context, equal for all that share it"),
                    new StructField("port", PORT, 4, "InfiniBand port wanted; 0 for any"),
                    new StructField(
                            "baseInfoAddress",
                            BASE_INFO_ADDRESS,
                            8,
                            "where base info goes in the user's memory; softpath answers it in the"
                                    + " reply"));

    public UserInfo {
        Structs.requireU16("UserInfo", "subcontextCount", subcontextCount);
        Structs.requireU16("UserInfo", "subcontextId", subcontextId);
    }

    /** Writes all {@value #BYTES} bytes, padding and reserved fields as 0. */
    public void write(MemorySegment s, long off) {
        Structs.clear(s, off, BYTES);
        Structs.putU32(s, off + USER_VERSION, userVersion);
        Structs.putU32(s, off + NODE, node);
        Structs.putU32(s, off + BASE_INFO_BYTES, baseInfoBytes);
        Structs.putU32(s, off + PORT_ALGORITHM, portAlgorithm);
        Structs.putU16(s, off + SUBCONTEXT_COUNT, subcontextCount);
        Structs.putU16(s, off + SUBCONTEXT_ID, subcontextId);
        Structs.putU32(s, off + PORT, port);
        Structs.putU64(s, off + BASE_INFO_ADDRESS, baseInfoAddress);
    }

    /** Reads what {@link #write} wrote. */
    public static UserInfo read(MemorySegment s, long off) {
        return new UserInfo(
                Structs.u32(s, off + USER_VERSION),
                Structs.u32(s, off + NODE),
                Structs.u32(s, off + BASE_INFO_BYTES),
                Structs.u32(s, off + PORT_ALGORITHM),
                Structs.u16(s, off + SUBCONTEXT_COUNT),
                Structs.u16(s, off + SUBCONTEXT_ID),
                Structs.u32(s, off + PORT),
                Structs.u64(s, off + BASE_INFO_ADDRESS));
    }

    /** What a library of this version says that shares nothing. */
    public static UserInfo unshared() {
        return new UserInfo(AbiVersion.USER, 0, BaseInfo.BYTES, 0, 0, 0, 0, 0);
    }

    /** The user's major version. */
    public int major() {
        return userVersion >>> 16;
    }

    /** The user's minor version. */
    public int minor() {
        return userVersion & 0xFFFF;
    }
}
