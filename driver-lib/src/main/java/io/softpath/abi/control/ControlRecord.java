package io.softpath.abi.control;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.foreign.MemorySegment;

/**
 * softpath's own control channel: the records that go over a user's SOCK_SEQPACKET connection to
 * the daemon, one record a message; little-endian, never empty. One connection is one open device
 * file.
 *
 * <pre>
 *  request                                reply
 *  0   u32 kind                           0   u32 kind | REPLY
 *  4   u32 tag, the caller's              4   u32 tag of the request
 *  8.. body, see each kind                8   s32 result: 0 or more, or -errno
 *                                         12  u32 payload bytes
 *                                         16.. payload; of a failure a sentence in UTF-8
 *
 *  WRITE    8  u32 count, what write(2) was given     DOORBELL  no body, no reply
 *          12  u32 0                                  MUNMAP    8  u64 token
 *          16  command record, min(count, 40) bytes            16  u64 length
 *          56  data the command points to             ADMIN     8  u32 op
 *  MMAP     8  u64 token                                       12  u32 unit
 *          16  u64 length                                      16  u64 argument
 *          24  u32 protection                         INSPECT   8  u32 what
 *          28  u32 flags                                       12  u32 unit
 *  POLL     8  u32 events                                      16  u32 first record
 *  FEATURES 8  u32 wanted
 *  MEM_CREATE  8  u64 bytes                           MEM_FREE  8  u32 handle
 *              16 u32 flags, may be left out
 *  MEM_BIND    8  u32 handle
 *              12 u32 0
 *             16  u64 address, 0: none              DRIVER_FILE 8  u32 0
 *                                                              12  u32 bytes of the path
 *  DIRECT_OPEN, DIRECT_GRANT, DIRECT_MAP                       16  path, UTF-8
 *              8  u32 LID of the peer
 *             12  u16 context, u16 sub-context of the peer
 *             16  u32 handle, not of DIRECT_OPEN
 * </pre>
 *
 * The reply to MEM_CREATE carries one descriptor and the payload {@code u64 file bytes}; its result
 * is the handle. The reply to TID_UPDATE has the 64 bytes of the TID bitmap and then the 16-bit
 * TIDs; TID_FREE takes a bitmap as data. The reply to MMAP carries one descriptor and the payload
 * {@code u64 file bytes, u32 region kind, u32 access}; that to INSPECT of {@link #INSPECT_STAT} one
 * descriptor; that to DRIVER_FILE what a file of the driver's holds, or the names in a directory,
 * each ended by NUL. That to DIRECT_OPEN has the payload {@code u64 file bytes}, a descriptor, and
 * as its result which side the caller is; that to DIRECT_MAP the same payload and a descriptor. An
 * armed POLL is followed by one {@link #INTERRUPT} record at most.
 */
public final class ControlRecord {
    public static final int WRITE = 1;
    public static final int MMAP = 2;
    public static final int POLL = 3;
    public static final int FEATURES = 4;
    public static final int INSPECT = 5;
    public static final int DOORBELL = 6;
    public static final int MUNMAP = 7;
    public static final int ADMIN = 8;

    /** Makes memory that the chip can reach. */
    public static final int MEM_CREATE = 9;

    /** Tells where the client has mapped it. */
    public static final int MEM_BIND = 10;

    /** The client needs it no more. */
    public static final int MEM_FREE = 11;

    /** Reads a file that the driver has in sysfs or ipathfs. */
    public static final int DRIVER_FILE = 12;

    /** Asks for memory to share with the owner of another context. */
    public static final int DIRECT_OPEN = 13;

    /** Lets the owner of another context read memory that was made by MEM_CREATE. */
    public static final int DIRECT_GRANT = 14;

    /** Asks for memory that the owner of another context lets us read. */
    public static final int DIRECT_MAP = 15;

    /** Set in the kind of every reply. */
    public static final int REPLY = 0x8000_0000;

    /**
     * What the daemon sends unasked to a user whose POLL is armed; laid out as a reply without
     * payload.
     */
    public static final int INTERRUPT = 0x4000_0001;

    public static final int MAX_REQUEST_BYTES = 4096;
    public static final int MAX_REPLY_BYTES = 32768;

    /** Every record starts with kind and tag. */
    public static final int KIND = 0;

    public static final int TAG = 4;

    /** Bytes of the shortest request. */
    public static final int MIN_REQUEST_BYTES = 8;

    public static final int WRITE_COUNT = 8;
    public static final int WRITE_COMMAND = 16;
    public static final int WRITE_DATA = WRITE_COMMAND + CommandRecord.BYTES;

    public static final int MMAP_TOKEN = 8;
    public static final int MMAP_LENGTH = 16;
    public static final int MMAP_PROT = 24;
    public static final int MMAP_FLAGS = 28;
    public static final int MMAP_BYTES = 32;

    public static final int POLL_EVENTS = 8;
    public static final int POLL_BYTES = 12;

    public static final int FEATURES_WANTED = 8;
    public static final int FEATURES_BYTES = 12;

    public static final int INSPECT_WHAT = 8;
    public static final int INSPECT_UNIT = 12;
    public static final int INSPECT_START = 16;
    public static final int INSPECT_BYTES = 20;

    public static final int DOORBELL_BYTES = 8;

    public static final int MUNMAP_TOKEN = 8;
    public static final int MUNMAP_LENGTH = 16;
    public static final int MUNMAP_BYTES = 24;

    public static final int ADMIN_OP = 8;
    public static final int ADMIN_UNIT = 12;
    public static final int ADMIN_ARGUMENT = 16;
    public static final int ADMIN_BYTES = 24;

    public static final int MEM_CREATE_SIZE = 8;
    public static final int MEM_CREATE_FLAGS = 16;

    /** The least length of the request, which has no flags then. */
    public static final int MEM_CREATE_BYTES = 16;

    public static final int MEM_CREATE_BYTES_WITH_FLAGS = 20;

    /** {@link #MEM_CREATE_FLAGS}: it can be granted to others, {@link #DIRECT_GRANT}. */
    public static final int MEM_SHAREABLE = 1;

    public static final int MEM_HANDLE = 8;
    public static final int MEM_BIND_ADDRESS = 16;
    public static final int MEM_BIND_BYTES = 24;
    public static final int MEM_FREE_BYTES = 12;

    public static final int DIRECT_LID = 8;
    public static final int DIRECT_CONTEXT = 12;
    public static final int DIRECT_SUBCONTEXT = 14;
    public static final int DIRECT_HANDLE = 16;
    public static final int DIRECT_OPEN_BYTES = 16;
    public static final int DIRECT_GRANT_BYTES = 20;
    public static final int DIRECT_MAP_BYTES = 20;

    public static final int DRIVER_FILE_PATH_BYTES = 12;
    public static final int DRIVER_FILE_PATH = 16;

    /** The result of DRIVER_FILE for a file. */
    public static final int IS_FILE = 1;

    /** The result of DRIVER_FILE for a directory. */
    public static final int IS_DIRECTORY = 2;

    public static final int REPLY_RESULT = 8;
    public static final int REPLY_PAYLOAD_BYTES = 12;
    public static final int REPLY_PAYLOAD = 16;
    public static final int REPLY_HEADER_BYTES = 16;

    /** In the reply to MMAP: how long the file is. */
    public static final int MMAP_REPLY_FILE_BYTES = REPLY_PAYLOAD;

    /** In the reply to MMAP: the ordinal of the region kind. */
    public static final int MMAP_REPLY_KIND = REPLY_PAYLOAD + 8;

    /** In the reply to MMAP: the ordinal of the access. */
    public static final int MMAP_REPLY_ACCESS = REPLY_PAYLOAD + 12;

    public static final int MMAP_REPLY_BYTES = REPLY_PAYLOAD + 16;

    /** In the reply to MEM_CREATE: how long the file is. */
    public static final int MEM_REPLY_FILE_BYTES = REPLY_PAYLOAD;

    public static final int MEM_REPLY_BYTES = REPLY_PAYLOAD + 8;

    /** In the replies to DIRECT_OPEN and DIRECT_MAP: how long the file is. */
    public static final int DIRECT_REPLY_FILE_BYTES = REPLY_PAYLOAD;

    public static final int DIRECT_REPLY_BYTES = REPLY_PAYLOAD + 8;

    /** In the reply to TID_UPDATE: the bitmap of the TIDs, {@link TidInfo#BITMAP_BYTES}. */
    public static final int TID_REPLY_BITMAP = REPLY_PAYLOAD;

    /** In the reply to TID_UPDATE: the TIDs, 16 bits each. */
    public static final int TID_REPLY_LIST = TID_REPLY_BITMAP + TidInfo.BITMAP_BYTES;

    /** Protections and flags of MMAP; softpath's own numbers, not those of any kernel. */
    public static final int PROT_READ = 1;

    public static final int PROT_WRITE = 2;
    public static final int PROT_EXEC = 4;
    public static final int MAP_SHARED = 1;
    public static final int MAP_PRIVATE = 2;

    /** Feature: the PBC's launch tag launches. */
    public static final int FEATURE_INLINE_TRIGGER = 1;

    /** Feature: the user rings the doorbell of a sleeping chip. */
    public static final int FEATURE_DOORBELL = 2;

    /** Feature: a send buffer may hold a gather record. */
    public static final int FEATURE_GATHER = 4;

    public static final int INSPECT_UNITS = 1;
    public static final int INSPECT_CONTEXTS = 2;
    public static final int INSPECT_VMAS = 3;
    public static final int INSPECT_REGISTERS = 4;
    public static final int INSPECT_STAT = 5;

    /** Memory that the chip can reach: {@link PinRecord}. */
    public static final int INSPECT_PINS = 6;

    /** TIDs in use: {@link TidRecord}. */
    public static final int INSPECT_TIDS = 7;

    /** The page ledger of each unit: {@link PageLedgerRecord}. */
    public static final int INSPECT_LEDGER = 8;

    /** Its blocks of pages: {@link PageBlockRecord}. */
    public static final int INSPECT_PAGE_BLOCKS = 9;

    /** Its mapped areas: {@link PageAreaRecord}. */
    public static final int INSPECT_PAGE_AREAS = 10;

    /** What happened to its pages: {@link PageEventRecord}. */
    public static final int INSPECT_PAGE_EVENTS = 11;

    /** The unit of an INSPECT that asks about all of them. */
    public static final int INSPECT_ALL_UNITS = -1;

    public static final int ADMIN_LINK_DOWN = 1;
    public static final int ADMIN_LINK_UP = 2;
    public static final int ADMIN_FREEZE = 3;
    public static final int ADMIN_THAW = 4;
    public static final int ADMIN_HOLD_SENDS = 5;
    public static final int ADMIN_RELEASE_SENDS = 6;
    public static final int ADMIN_AVAIL_THRESHOLD = 7;

    /** What POLL answers when something is there: POLLIN and POLLRDNORM. */
    public static final int POLL_READY = 0x41;

    /** What POLL answers without a context: POLLERR. */
    public static final int POLL_ERROR = 0x8;

    /** {@link UnitRecord#linkState} of a link that is down. */
    public static final int LINK_DOWN_STATE = 1;

    /**
     * {@link UnitRecord#linkState} of a link that carries data. InfiniBand's numbers: 1 down, 4
     * active.
     */
    public static final int LINK_ACTIVE_STATE = 4;

    /** {@link UnitRecord#flags}: frozen by a hardware error or by ADMIN. */
    public static final int UNIT_FROZEN = 1;

    /** {@link UnitRecord#flags}: launched packets are held back. */
    public static final int UNIT_SENDS_HELD = 2;

    /** {@link ContextRecord#state} after ASSIGN_CONTEXT. */
    public static final int CONTEXT_ASSIGNED = 1;

    /** {@link ContextRecord#state} after USER_INIT, while it receives. */
    public static final int CONTEXT_ENABLED = 2;

    /** {@link ContextRecord#state} after RECV_CTRL stopped it. */
    public static final int CONTEXT_STOPPED = 3;

    private ControlRecord() {}

    public static int kind(MemorySegment s) {
        return Structs.u32(s, KIND);
    }

    public static int tag(MemorySegment s) {
        return Structs.u32(s, TAG);
    }

    public static int u16(MemorySegment s, long off) {
        return Structs.u16(s, off);
    }

    public static int u32(MemorySegment s, long off) {
        return Structs.u32(s, off);
    }

    public static long u64(MemorySegment s, long off) {
        return Structs.u64(s, off);
    }

    public static void putU16(MemorySegment s, long off, int value) {
        Structs.putU16(s, off, value);
    }

    public static void putU32(MemorySegment s, long off, int value) {
        Structs.putU32(s, off, value);
    }

    public static void putU64(MemorySegment s, long off, long value) {
        Structs.putU64(s, off, value);
    }

    /** Writes kind and tag of a request. */
    public static void start(MemorySegment s, int kind, int tag) {
        Structs.putU32(s, KIND, kind);
        Structs.putU32(s, TAG, tag);
    }

    /** Writes a DOORBELL request and returns its length. */
    public static int doorbell(MemorySegment s, int tag) {
        start(s, DOORBELL, tag);
        return DOORBELL_BYTES;
    }

    /**
     * Writes a WRITE request of a whole command record, without data, and returns its length. The
     * caller has filled in the record at {@link #WRITE_COMMAND}.
     */
    public static int write(MemorySegment s, int tag) {
        start(s, WRITE, tag);
        Structs.putU32(s, WRITE_COUNT, CommandRecord.BYTES);
        Structs.putU32(s, WRITE_COUNT + 4, 0);
        return WRITE_COMMAND + CommandRecord.BYTES;
    }

    /** Writes an MMAP request and returns its length. */
    public static int mmap(MemorySegment s, int tag, long token, long length, int prot, int flags) {
        start(s, MMAP, tag);
        Structs.putU64(s, MMAP_TOKEN, token);
        Structs.putU64(s, MMAP_LENGTH, length);
        Structs.putU32(s, MMAP_PROT, prot);
        Structs.putU32(s, MMAP_FLAGS, flags);
        return MMAP_BYTES;
    }

    /** Writes a MUNMAP request and returns its length. */
    public static int munmap(MemorySegment s, int tag, long token, long length) {
        start(s, MUNMAP, tag);
        Structs.putU64(s, MUNMAP_TOKEN, token);
        Structs.putU64(s, MUNMAP_LENGTH, length);
        return MUNMAP_BYTES;
    }

    /** Writes a POLL request and returns its length. */
    public static int poll(MemorySegment s, int tag, int events) {
        start(s, POLL, tag);
        Structs.putU32(s, POLL_EVENTS, events);
        return POLL_BYTES;
    }

    /** Writes a FEATURES request and returns its length. */
    public static int features(MemorySegment s, int tag, int wanted) {
        start(s, FEATURES, tag);
        Structs.putU32(s, FEATURES_WANTED, wanted);
        return FEATURES_BYTES;
    }

    /** Writes a MEM_CREATE request without flags and returns its length. */
    public static int memCreate(MemorySegment s, int tag, long bytes) {
        start(s, MEM_CREATE, tag);
        Structs.putU64(s, MEM_CREATE_SIZE, bytes);
        return MEM_CREATE_BYTES;
    }

    /** Writes a MEM_CREATE request with flags and returns its length. */
    public static int memCreate(MemorySegment s, int tag, long bytes, int flags) {
        memCreate(s, tag, bytes);
        Structs.putU32(s, MEM_CREATE_FLAGS, flags);
        return MEM_CREATE_BYTES_WITH_FLAGS;
    }

    /** Writes a MEM_BIND request and returns its length. */
    public static int memBind(MemorySegment s, int tag, int handle, long address) {
        start(s, MEM_BIND, tag);
        Structs.putU32(s, MEM_HANDLE, handle);
        Structs.putU32(s, MEM_HANDLE + 4, 0);
        Structs.putU64(s, MEM_BIND_ADDRESS, address);
        return MEM_BIND_BYTES;
    }

    /** Writes a MEM_FREE request and returns its length. */
    public static int memFree(MemorySegment s, int tag, int handle) {
        start(s, MEM_FREE, tag);
        Structs.putU32(s, MEM_HANDLE, handle);
        return MEM_FREE_BYTES;
    }

    /** Writes a DIRECT_OPEN request and returns its length. */
    public static int directOpen(MemorySegment s, int tag, int lid, int context, int subcontext) {
        start(s, DIRECT_OPEN, tag);
        directPeer(s, lid, context, subcontext);
        return DIRECT_OPEN_BYTES;
    }

    /** Writes a DIRECT_GRANT request and returns its length. */
    public static int directGrant(
            MemorySegment s, int tag, int lid, int context, int subcontext, int handle) {
        start(s, DIRECT_GRANT, tag);
        directPeer(s, lid, context, subcontext);
        Structs.putU32(s, DIRECT_HANDLE, handle);
        return DIRECT_GRANT_BYTES;
    }

    /** Writes a DIRECT_MAP request and returns its length. */
    public static int directMap(
            MemorySegment s, int tag, int lid, int context, int subcontext, int handle) {
        start(s, DIRECT_MAP, tag);
        directPeer(s, lid, context, subcontext);
        Structs.putU32(s, DIRECT_HANDLE, handle);
        return DIRECT_MAP_BYTES;
    }

    private static void directPeer(MemorySegment s, int lid, int context, int subcontext) {
        Structs.putU32(s, DIRECT_LID, lid);
        Structs.putU16(s, DIRECT_CONTEXT, context);
        Structs.putU16(s, DIRECT_SUBCONTEXT, subcontext);
    }

    /** Writes a DRIVER_FILE request and returns its length. */
    public static int driverFile(MemorySegment s, int tag, String path) {
        byte[] bytes = path.getBytes(UTF_8);
        start(s, DRIVER_FILE, tag);
        Structs.putU32(s, DRIVER_FILE_PATH_BYTES - 4, 0);
        Structs.putU32(s, DRIVER_FILE_PATH_BYTES, bytes.length);
        Structs.putText(s, DRIVER_FILE_PATH, bytes.length, path);
        return DRIVER_FILE_PATH + bytes.length;
    }

    /** Writes an INSPECT request and returns its length. */
    public static int inspect(MemorySegment s, int tag, int what, int unit, int start) {
        start(s, INSPECT, tag);
        Structs.putU32(s, INSPECT_WHAT, what);
        Structs.putU32(s, INSPECT_UNIT, unit);
        Structs.putU32(s, INSPECT_START, start);
        return INSPECT_BYTES;
    }

    /** Writes an ADMIN request and returns its length. */
    public static int admin(MemorySegment s, int tag, int op, int unit, long argument) {
        start(s, ADMIN, tag);
        Structs.putU32(s, ADMIN_OP, op);
        Structs.putU32(s, ADMIN_UNIT, unit);
        Structs.putU64(s, ADMIN_ARGUMENT, argument);
        return ADMIN_BYTES;
    }

    /**
     * Writes the header of a reply and returns the length of the whole. The caller has written the
     * payload at {@link #REPLY_PAYLOAD}.
     */
    public static int reply(MemorySegment s, int kind, int tag, int result, int payloadBytes) {
        start(s, kind | REPLY, tag);
        Structs.putU32(s, REPLY_RESULT, result);
        Structs.putU32(s, REPLY_PAYLOAD_BYTES, payloadBytes);
        return REPLY_HEADER_BYTES + payloadBytes;
    }

    /**
     * Writes the reply to a request that failed and returns its length. A sentence that does not
     * fit is cut.
     */
    public static int failure(MemorySegment s, int kind, int tag, int errno, String sentence) {
        int room = (int) Math.min(s.byteSize(), MAX_REPLY_BYTES) - REPLY_PAYLOAD;
        int length = Math.min(sentence.getBytes(UTF_8).length, room);
        Structs.putText(s, REPLY_PAYLOAD, length, sentence);
        return reply(s, kind, tag, -errno, length);
    }

    /** Writes an INTERRUPT record and returns its length. */
    public static int interrupt(MemorySegment s, int revents) {
        start(s, INTERRUPT, 0);
        Structs.putU32(s, REPLY_RESULT, revents);
        Structs.putU32(s, REPLY_PAYLOAD_BYTES, 0);
        return REPLY_HEADER_BYTES;
    }

    public static int result(MemorySegment s) {
        return Structs.u32(s, REPLY_RESULT);
    }

    public static int payloadBytes(MemorySegment s) {
        return Structs.u32(s, REPLY_PAYLOAD_BYTES);
    }

    /** The sentence of a failed request, from a reply of {@code length} bytes. */
    public static String sentence(MemorySegment s, int length) {
        int bytes = Math.max(0, Math.min(payloadBytes(s), length - REPLY_PAYLOAD));
        return Structs.text(s, REPLY_PAYLOAD, bytes);
    }
}
