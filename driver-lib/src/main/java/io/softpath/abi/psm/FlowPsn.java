package io.softpath.abi.psm;

/**
 * The sequence number of a packet of a go-back-N flow, in the 24 bits of BTH2 and of the ack word.
 *
 * <pre>
 *  23            16 15                        0
 * +----------------+---------------------------+
 * | message, 8 low | packet                    |
 * +----------------+---------------------------+
 * </pre>
 *
 * Packets count up within their flow. Messages count up between two endpoints, in 16 bits: the
 * upper eight travel where an ack word has its message bits. Source: psm, ips_proto.h,
 * psmi_seqnum_t; ips_proto_mq.c, ips_mq_send_envelope.
 */
public final class FlowPsn {
    private static final int PACKET_MASK = 0xFFFF;
    private static final int BYTE = 0xFF;

    private FlowPsn() {}

    /** The number, of a packet and the low or the high byte of a message's number. */
    public static int of(int packet, int messageByte) {
        return packet & PACKET_MASK | (messageByte & BYTE) << Short.SIZE;
    }

    /** 0 to 65535. */
    public static int packet(int psn) {
        return psn & PACKET_MASK;
    }

    /** The byte of a message's number that this one carries. */
    public static int messageByte(int psn) {
        return psn >>> Short.SIZE & BYTE;
    }

    /** The message's number, from a packet's psn and the number in its ack word. */
    public static int message(int psn, int ackSeq) {
        return messageByte(psn) | messageByte(ackSeq) << Byte.SIZE;
    }

    /** How far a packet number is behind another one; negative if it is before it. */
    public static int distance(int packet, int from) {
        return (short) (packet - from);
    }
}
