package io.softpath.abi.psm;

/** What a PSM packet is for: byte 28 of its header. Source: psm, ips_proto_header.h, OPCODE_*. */
public final class SubOpcode {
    /** A matched-queue message with a payload, or one that asks for something. */
    public static final int MQ_CTRL = 0x04;

    /** A matched-queue message that fits in the header. */
    public static final int MQ_HDR = 0x05;

    /** Expected data: the payload is where its TID says. The bytes of {@link TidMessage}. */
    public static final int MQ_EXPTID = 0x06;

    /** The up to three bytes before and behind expected data, in a packet of the ordinary flow. */
    public static final int MQ_EXPTID_UNALIGNED = 0x07;

    public static final int ACK = 0x10;

    /** Something is missing: go back to the number it carries. */
    public static final int NAK = 0x11;

    /** Asks what has arrived; answered with {@link #ACK} or {@link #NAK}. */
    public static final int ERR_CHK = 0x22;

    /** The answer of somebody who does not know the sender. */
    public static final int ERR_CHK_BAD = 0x23;

    /** As {@link #ERR_CHK}, about the packets of a TID flow. */
    public static final int ERR_CHK_GEN = 0x24;

    /** The sender has nothing more to send by these TIDs: they may be freed. */
    public static final int TIDS_RELEASE = 0x40;

    /** The answer to {@link #TIDS_RELEASE}. */
    public static final int TIDS_RELEASE_CONFIRM = 0x41;

    /** Tells the sender of a message the TIDs that a part of it may be sent to. */
    public static final int TIDS_GRANT = 0x42;

    /** The answer to {@link #TIDS_GRANT}. */
    public static final int TIDS_GRANT_ACK = 0x43;

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
