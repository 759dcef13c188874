package io.softpath.abi.register;

import java.util.ArrayList;
import java.util.List;

/**
 * The chip-wide error status register: one bit for each thing that went wrong since the driver last
 * looked. Source: ipath_registers.h and qib_7322_regs.h, INFINIPATH_E_* and QLOGIC_IB_E_*.
 */
public final class ErrorStatus {
    public static final long RCV_FORMAT = 1L;
    public static final long RCV_VCRC = 1L << 1;
    public static final long RCV_ICRC = 1L << 2;
    public static final long RCV_MIN_PKT_LEN = 1L << 3;
    public static final long RCV_MAX_PKT_LEN = 1L << 4;
    public static final long RCV_LONG_PKT_LEN = 1L << 5;
    public static final long RCV_SHORT_PKT_LEN = 1L << 6;
    public static final long RCV_UNEXPECTED_CHAR = 1L << 7;
    public static final long RCV_UNSUPPORTED_VL = 1L << 8;
    public static final long RCV_EBP = 1L << 9;
    public static final long RCV_IB_FLOW = 1L << 10;
    public static final long RCV_BAD_VERSION = 1L << 11;
    public static final long RCV_EGR_FULL = 1L << 12;
    public static final long RCV_HDR_FULL = 1L << 13;
    public static final long RCV_BAD_TID = 1L << 14;
    public static final long RCV_HDR_LEN = 1L << 15;
    public static final long RCV_HDR = 1L << 16;
    public static final long RCV_IB_LOST_LINK = 1L << 17;
    public static final long SEND_SPECIAL_TRIGGER = 1L << 27;
    public static final long SDMA_DISABLED = 1L << 28;
    public static final long SEND_MIN_PKT_LEN = 1L << 29;
    public static final long SEND_MAX_PKT_LEN = 1L << 30;
    public static final long SEND_UNDERRUN = 1L << 31;
    public static final long SEND_PKT_LEN = 1L << 32;
    public static final long SEND_DROPPED_SMP_PKT = 1L << 33;
    public static final long SEND_DROPPED_DATA_PKT = 1L << 34;
    public static final long SEND_PIO_ARMLAUNCH = 1L << 35;
    public static final long SEND_UNEXPECTED_PKT_NUM = 1L << 36;
    public static final long SEND_UNSUPPORTED_VL = 1L << 37;
    public static final long SEND_BUF_MISUSE = 1L << 38;
    public static final long IB_STATUS_CHANGED = 1L << 48;
    public static final long INVALID_ADDRESS = 1L << 49;
    public static final long RESET = 1L << 50;
    public static final long HARDWARE = 1L << 51;

    /** Errors after which the driver disarms the PIO buffers that the chip names. */
    public static final long DISARMING =
            SEND_MIN_PKT_LEN
                    | SEND_MAX_PKT_LEN
                    | SEND_UNDERRUN
                    | SEND_PKT_LEN
                    | SEND_DROPPED_SMP_PKT
                    | SEND_DROPPED_DATA_PKT
                    | SEND_UNEXPECTED_PKT_NUM
                    | SEND_UNSUPPORTED_VL
                    | SEND_BUF_MISUSE;

    private static final String[] NAMES = new String[Long.SIZE];
    private static final String[] PURPOSES = new String[Long.SIZE];

    static {
        name(RCV_FORMAT, "RcvFormat", "packet of an unknown format");
        name(RCV_VCRC, "RcvVCRC", "variant CRC wrong");
        name(RCV_ICRC, "RcvICRC", "invariant CRC wrong");
        name(RCV_MIN_PKT_LEN, "RcvMinPktLen", "packet below the minimum length");
        name(RCV_MAX_PKT_LEN, "RcvMaxPktLen", "packet above the maximum length");
        name(RCV_LONG_PKT_LEN, "RcvLongPktLen", "packet longer than its length field");
        name(RCV_SHORT_PKT_LEN, "RcvShortPktLen", "packet shorter than its length field");
        name(RCV_UNEXPECTED_CHAR, "RcvUnexpectedChar", "unexpected character on the link");
        name(
                RCV_UNSUPPORTED_VL,
                "RcvUnsupportedVL",
                "packet on a virtual lane that is not configured");
        name(RCV_EBP, "RcvEBP", "bad end of packet");
        name(RCV_IB_FLOW, "RcvIBFlow", "flow control violated");
        name(RCV_BAD_VERSION, "RcvBadVersion", "link version not 0");
        name(RCV_EGR_FULL, "RcvEgrFull", "no eager buffer free: payload dropped");
        name(RCV_HDR_FULL, "RcvHdrFull", "rcvhdrq full: packet dropped");
        name(RCV_BAD_TID, "RcvBadTid", "TID entry not valid: payload dropped");
        name(RCV_HDR_LEN, "RcvHdrLen", "header shorter than configured");
        name(RCV_HDR, "RcvHdr", "InfiniPath header wrong");
        name(RCV_IB_LOST_LINK, "RcvIBLostLink", "link went away in a packet");
        name(SEND_SPECIAL_TRIGGER, "SendSpecialTrigger", "special trigger missing or wrong");
        name(SDMA_DISABLED, "SDmaDisabled", "send DMA used while off");
        name(SEND_MIN_PKT_LEN, "SendMinPktLen", "PBC length below a header");
        name(SEND_MAX_PKT_LEN, "SendMaxPktLen", "PBC length above the maximum packet");
        name(SEND_UNDERRUN, "SendUnderRun", "packet data came too late");
        name(SEND_PKT_LEN, "SendPktLen", "PBC length differs from the LRH length");
        name(SEND_DROPPED_SMP_PKT, "SendDroppedSmpPkt", "management packet dropped");
        name(
                SEND_DROPPED_DATA_PKT,
                "SendDroppedDataPkt",
                "data packet dropped, the link is not active");
        name(
                SEND_PIO_ARMLAUNCH,
                "SendPioArmLaunch",
                "an armed buffer was written again or launched wrongly");
        name(SEND_UNEXPECTED_PKT_NUM, "SendUnexpectedPktNum", "unexpected packet number");
        name(
                SEND_UNSUPPORTED_VL,
                "SendUnsupportedVL",
                "send on a virtual lane that is not configured");
        name(SEND_BUF_MISUSE, "SendBufMisuse", "buffer used by one that does not own it");
        for (int bit = 39; bit <= 47; bit++) {
            name(1L << bit, "SDma" + bit, "send DMA error");
        }
        name(IB_STATUS_CHANGED, "IBStatusChanged", "link state changed");
        name(INVALID_ADDRESS, "InvalidAddr", "access to no register");
        name(RESET, "Reset", "the chip was reset");
        name(HARDWARE, "Hardware", "a hardware error froze the chip");
    }

    private ErrorStatus() {}

    private static void name(long bit, String name, String purpose) {
        int index = Long.numberOfTrailingZeros(bit);
        if (NAMES[index] != null) {
            throw new IllegalStateException(
                    "error bit named twice: bit=" + index + " name=" + name);
        }
        NAMES[index] = name;
        PURPOSES[index] = purpose;
    }

    /**
     * The names of the bits that are set, lowest first; a bit without a name is {@code "bit<n>"}.
     */
    public static List<String> names(long status) {
        List<String> names = new ArrayList<>();
        for (int bit = 0; bit < Long.SIZE; bit++) {
            if (((status >>> bit) & 1) != 0) {
                names.add(NAMES[bit] != null ? NAMES[bit] : "bit" + bit);
            }
        }
        return names;
    }

    /** What a set bit means; empty for a bit without a name. */
    public static String purpose(int bit) {
        return NAMES[bit] != null ? PURPOSES[bit] : "";
    }
}
