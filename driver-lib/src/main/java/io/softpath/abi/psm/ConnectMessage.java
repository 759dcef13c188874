package io.softpath.abi.psm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;
import static java.nio.ByteOrder.BIG_ENDIAN;
import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * The payload of the packets that connect two endpoints and part them again.
 *
 * <pre>
 *   0  opcode u8, 0, connect version BE16, PSM version BE16, phase BE16
 *   8  class of the sender's chip u16, service level u16, 0 u32
 *  16  job, 16 bytes
 *  32  flags u32, result BE16 (disconnect: mode u16 at 36, and its end at 80)
 *  40  index u32: how to address the sender; run id u32
 *  48  partition key u16, 0 to 88 (disconnect, softpath: number of the connection u32, run id u32)
 *  88  features BE16, 0 u16, header bytes u16, MTU u16
 *  96  host name, 128 bytes, ends with 0
 * 224  softpath: run id of who answers, u32, in a reply; number of the connection, u32; anything
 *      from PSM's library, as to 256
 * </pre>
 *
 * Where it does not say otherwise, little-endian. Source: psm, ips_proto_connect.c, struct
 * ips_connect_reqrep and ips_disconnect_reqrep.
 *
 * @param opcode {@link SubOpcode#CONNECT_REQUEST} and its neighbours
 * @param connectVersion of the connect protocol
 * @param psmVersion of the library's interface
 * @param hcaClass class of the sender's chip, as in {@link EndpointId}
 * @param serviceLevel what the sender wants to be addressed with
 * @param job all endpoints of a job have the same
 * @param result {@link PsmError} by number; 0 in a request
 * @param index how the receiver must address the sender
 * @param runId tells a new process of the sender's place from the one before; a reply returns it;
 *     softpath: later ones have greater ones, by the sign of their difference
 * @param pkey the job's partition key
 * @param features byte order, word size and more, {@link #FEATURE_LITTLE_ENDIAN} and its neighbours
 * @param headerBytes of a message header
 * @param mtu bytes of payload that the sender takes in one packet
 * @param host the sender's host
 * @param ownRunId softpath: in a reply, which process of the sender's place answers; 0: it does not
 *     say
 * @param connection softpath: which of the connections that the asking process has made this is
 *     about, later ones have greater numbers; a reply returns it; anything from PSM's library
 */
public record ConnectMessage(
        int opcode,
        int connectVersion,
        int psmVersion,
        int hcaClass,
        int serviceLevel,
        UUID job,
        int result,
        int index,
        int runId,
        int pkey,
        int features,
        int headerBytes,
        int mtu,
        String host,
        int ownRunId,
        int connection) {
    /** Bytes of a connect request or reply. Longer ones carry what we have no use for. */
    public static final int BYTES = 256;

    /** Bytes of a disconnect request or reply. */
    public static final int DISCONNECT_BYTES = 80;

    /** Bytes that all four begin with. */
    public static final int HEADER_BYTES = 32;

    public static final int CONNECT_VERSION = 0x0201;

    /** Partition keys are told without their membership bit. Source: psm_ep.c, network_pkey. */
    public static final int PKEY_MASK = 0x7FFF;

    /** PSM 1.16. */
    public static final int PSM_VERSION = 0x0110;

    /**
     * What every node of the real library says, whatever its byte order: it tests it with a word
     * that reads the same either way, BIG_ENDIAN_TEST_WORD.
     */
    public static final int FEATURE_BIG_ENDIAN = 0x1;

    public static final int FEATURE_LITTLE_ENDIAN = 0x2;
    public static final int FEATURE_32_BIT = 0x4;
    public static final int FEATURE_64_BIT = 0x8;

    /** Both ends must have the same of these. */
    public static final int FEATURES_OF_A_NODE = 0xF;

    /** Long messages have ids, so several may be under way. */
    public static final int FEATURE_MESSAGE_IDS = 0x4000;

    /**
     * softpath: this endpoint says all that softpath adds to PSM's messages, and its RTS may be
     * answered with a CTS_EGR too. PSM's library ignores the bit, and answers of that kind are the
     * end of it when it expects a grant of TIDs.
     */
    public static final int FEATURE_SOFTPATH = 0x1000;

    /** Dwords of a header that are the message's own: what hdr_dlen says in these packets. */
    public static final int HEADER_DWORDS = 4;

    private static final ValueLayout.OfShort BE16 = JAVA_SHORT_UNALIGNED.withOrder(BIG_ENDIAN);
    private static final ValueLayout.OfShort LE16 = JAVA_SHORT_UNALIGNED.withOrder(LITTLE_ENDIAN);
    private static final ValueLayout.OfInt LE32 = JAVA_INT_UNALIGNED.withOrder(LITTLE_ENDIAN);
    private static final ValueLayout.OfLong BE64 = JAVA_LONG_UNALIGNED.withOrder(BIG_ENDIAN);

    private static final int CONNECT_VERSION_AT = 2;
    private static final int PSM_VERSION_AT = 4;
    private static final int HCA_CLASS = 8;
    private static final int SERVICE_LEVEL = 10;
    private static final int JOB = 16;
    private static final int RESULT = 36;
    private static final int INDEX = 40;
    private static final int RUN_ID = 44;
    private static final int PKEY = 48;
    private static final int FEATURES = 88;
    private static final int HEADER = 92;
    private static final int MTU = 94;
    private static final int HOST = 96;
    private static final int HOST_BYTES = 128;
    private static final int OWN_RUN_ID = 224;
    private static final int CONNECTION = 228;
    private static final int DISCONNECT_CONNECTION = 48;
    private static final int DISCONNECT_RUN_ID = 52;

    /** How many bytes a message of this kind has. */
    public static int bytes(int opcode) {
        return opcode == SubOpcode.CONNECT_REQUEST || opcode == SubOpcode.CONNECT_REPLY
                ? BYTES
                : DISCONNECT_BYTES;
    }

    /** Whether whoever has sent it, a request or a reply to connect, is of this library. */
    public boolean isOurs() {
        return (features & FEATURE_SOFTPATH) != 0;
    }

    /** Writes all of it; a host name that is too long is cut. */
    public void write(MemorySegment s, long at) {
        int bytes = bytes(opcode);
        s.asSlice(at, bytes).fill((byte) 0);
        s.set(JAVA_BYTE, at, (byte) opcode);
        s.set(BE16, at + CONNECT_VERSION_AT, (short) connectVersion);
        s.set(BE16, at + PSM_VERSION_AT, (short) psmVersion);
        s.set(LE16, at + HCA_CLASS, (short) hcaClass);
        s.set(LE16, at + SERVICE_LEVEL, (short) serviceLevel);
        s.set(BE64, at + JOB, job.getMostSignificantBits());
        s.set(BE64, at + JOB + Long.BYTES, job.getLeastSignificantBits());
        if (bytes == BYTES) {
            s.set(BE16, at + RESULT, (short) result);
            s.set(LE32, at + INDEX, index);
            s.set(LE32, at + RUN_ID, runId);
            s.set(LE16, at + PKEY, (short) pkey);
            s.set(BE16, at + FEATURES, (short) features);
            s.set(LE16, at + HEADER, (short) headerBytes);
            s.set(LE16, at + MTU, (short) mtu);
            byte[] name = host.getBytes(StandardCharsets.UTF_8);
            int length = Math.min(name.length, HOST_BYTES - 1);
            MemorySegment.copy(name, 0, s, JAVA_BYTE, at + HOST, length);
            s.set(LE32, at + OWN_RUN_ID, ownRunId);
            s.set(LE32, at + CONNECTION, connection);
        } else {
            s.set(LE32, at + DISCONNECT_CONNECTION, connection);
            s.set(LE32, at + DISCONNECT_RUN_ID, runId);
        }
    }

    /**
     * Reads a message of a stranger.
     *
     * @param opcode what the packet's header says it is
     * @return null if it is too short to be one
     */
    public static ConnectMessage read(int opcode, MemorySegment s, long at, int length) {
        int bytes = bytes(opcode);
        if (length < bytes) {
            return null;
        }
        boolean connect = bytes == BYTES;
        int features = connect ? u16(s, BE16, at + FEATURES) : 0;
        boolean ours = (features & FEATURE_SOFTPATH) != 0; // no other library's
        return new ConnectMessage(
                opcode,
                u16(s, BE16, at + CONNECT_VERSION_AT),
                u16(s, BE16, at + PSM_VERSION_AT),
                u16(s, LE16, at + HCA_CLASS),
                u16(s, LE16, at + SERVICE_LEVEL),
                new UUID(s.get(BE64, at + JOB), s.get(BE64, at + JOB + Long.BYTES)),
                connect ? u16(s, BE16, at + RESULT) : 0,
                connect ? s.get(LE32, at + INDEX) : 0,
                s.get(LE32, at + (connect ? RUN_ID : DISCONNECT_RUN_ID)),
                connect ? u16(s, LE16, at + PKEY) : 0,
                features,
                connect ? u16(s, LE16, at + HEADER) : 0,
                connect ? u16(s, LE16, at + MTU) : 0,
                connect ? host(s, at + HOST) : "",
                ours ? s.get(LE32, at + OWN_RUN_ID) : 0,
                s.get(LE32, at + (connect ? CONNECTION : DISCONNECT_CONNECTION)));
    }

    private static int u16(MemorySegment s, ValueLayout.OfShort layout, long at) {
        return Short.toUnsignedInt(s.get(layout, at));
    }

    private static String host(MemorySegment s, long at) {
        byte[] name = s.asSlice(at, HOST_BYTES).toArray(JAVA_BYTE);
        int length = 0;
        while (length < name.length && name[length] != 0) {
            length++;
        }
        return new String(name, 0, length, StandardCharsets.UTF_8);
    }
}
