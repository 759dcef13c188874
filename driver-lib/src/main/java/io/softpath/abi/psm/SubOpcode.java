package io.softpath.abi.psm;

/** What a PSM packet is for: byte 28 of its header. Source: psm, ips_proto_header.h, OPCODE_*. */
public final class SubOpcode {
    /** A matched-queue message with a payload, or one that asks for something. */
    public static final int MQ_CTRL = 0x04;

    /** A matched-queue message that fits in the header. */
    public static final int MQ_HDR = 0x05;

    public static final int ACK = 0x10;

    /** Something is missing: go back to the number it carries. */
    public static final int NAK = 0x11;

    /** Asks what has arrived; answered with {@link #ACK} or {@link #NAK}. */
    public static final int ERR_CHK = 0x22;

    /** The answer of somebody who does not know the sender. */
    public static final int ERR_CHK_BAD = 0x23;

    public static final int CONNECT_REQUEST = 0x60;
    public static final int CONNECT_REPLY = 0x61;
    public static final int DISCONNECT_REQUEST = 0x62;
    public static final int DISCONNECT_REPLY = 0x63;

    /** An active message whose handler may reply. */
    public static final int AM_REQUEST = 0x70;

    public static final int AM_REPLY = 0x71;

    /** An active message whose handler does not reply. */
    public static final int AM_REQUEST_NOREPLY = 0x72;

    private SubOpcode() {}

    /** Whether it is about the connection itself, so that strangers may send it. */
    public static boolean isConnection(int subOpcode) {
        return subOpcode >= CONNECT_REQUEST && subOpcode <= DISCONNECT_REPLY;
    }

    /** Whether it is an active message, of whatever kind. */
    public static boolean isActiveMessage(int subOpcode) {
        return subOpcode >= AM_REQUEST && subOpcode <= AM_REQUEST_NOREPLY;
    }
}
