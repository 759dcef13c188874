package io.softpath.abi.control;

/**
 * The driver's commands: what a user writes to the device file. Source: ipath_common.h and
 * qib_common.h, IPATH_CMD_* and QIB_CMD_*.
 */
public enum Command {
    OLD_USER_INIT(
            16, UserInfo.BYTES, 0, 2, "assign a context and initialise it, in one; not in 1.13"),
    CTXT_INFO(17, 8, 0, 0, "which context this is"),
    RECV_CTRL(18, 4, 0, 0, "stop (0) or start reception"),
    TID_UPDATE(19, TidInfo.BYTES, 0, 0, "pin pages and enter them as expected TIDs"),
    TID_FREE(20, TidInfo.BYTES, 0, 0, "release expected TIDs"),
    SET_PART_KEY(21, 2, 0, 0, "take a partition key"),
    SLAVE_INFO(22, 8, 4, 6, "mask of the living sub-contexts; not in 1.13"),
    ASSIGN_CONTEXT(23, UserInfo.BYTES, 4, 0, "choose a unit and a context"),
    USER_INIT(24, UserInfo.BYTES, 4, 0, "allocate and enable the context, answer base info"),
    PIOAVAILUPD(27, 0, 6, 0, "write the avail page now"),
    POLL_TYPE(28, 2, 6, 0, "what wakes poll: any packet (0), an urgent one (1)"),
    ARMLAUNCH_CTRL(29, 4, 6, 0, "report armlaunch errors, or not (0)"),
    SDMA_INFLIGHT(31, 8, 6, 0, "send DMA packets queued"),
    SDMA_COMPLETE(32, 8, 6, 0, "send DMA packets completed"),
    DISARM_BUFS(
            34, 0, 11, 0, "disarm the buffers that the chip found bad; older form of ACK_EVENT"),
    ACK_EVENT(35, 8, 12, 0, "acknowledge events");

    private static final Command[] BY_CODE = new Command[64];

    static {
        for (Command command : values()) {
            if (BY_CODE[command.code] != null) {
                throw new IllegalStateException("two commands with one code: code=" + command.code);
            }
            BY_CODE[command.code] = command;
        }
    }

    private final int code;
    private final int payloadBytes;
    private final int since;
    private final int until;
    private final String purpose;

    Command(int code, int payloadBytes, int since, int until, String purpose) {
        this.code = code;
        this.payloadBytes = payloadBytes;
        this.since = since;
        this.until = until;
        this.purpose = purpose;
    }

    /** The command with this code; null if there never was one. */
    public static Command of(int code) {
        return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : null;
    }

    /** The number at the start of the command record. */
    public int code() {
        return code;
    }

    /** Bytes of the payload, which follows at {@link CommandRecord#PAYLOAD}. */
    public int payloadBytes() {
        return payloadBytes;
    }

    /** What write(2) returns for it: the padding between code and payload is not counted. */
    public int consumedBytes() {
        return 4 + payloadBytes;
    }

    /** The first minor version of the ABI that has it. */
    public int since() {
        return since;
    }

    /** Whether a driver of user ABI 1.13 has it. */
    public boolean accepted() {
        return until == 0;
    }

    public String purpose() {
        return purpose;
    }
}
