package io.softpath.abi.psm;

/**
 * What the packets of a rendezvous by expected receive say in their headers. The payload of a grant
 * is a {@link io.softpath.abi.packet.TidSessionList}.
 *
 * <pre>
 *  sub-opcode         BTH2        ack word   data[0]                    data[1]
 *  TIDS_GRANT         -           -          request, message length    first PSN, -
 *  TIDS_GRANT_ACK     -           -          receiver's window          -
 *  MQ_EXPTID          its PSN     -          receiver's window          sender's window
 *  ..._UNALIGNED      of the flow the flow's receiver's window          bytes before, bytes behind
 *  ACK                -           next PSN   sender's window            -
 *  NAK                -           see below  sender's window            where to go on: PSN, -
 *  ERR_CHK_GEN        last PSN    -          receiver's window          sender's window
 *  TIDS_RELEASE       -           -          receiver's window          sender's window
 *  ..._CONFIRM        -           -          both as in the release
 * </pre>
 *
 * Request and message length are the sender's number of its send, and the bytes of all its windows.
 * A window's name is any qword: PSM's has an index and, in the lower half, how often that was used.
 * A NAK acknowledges in the generation that it ends. ACK and NAK have flow id {@link
 * io.softpath.abi.packet.MessageHeader#FLOWID_TID_FLOW}, as data and questions have; the others
 * have that of the ordinary flow.
 *
 * <p>Of two numbers in one qword the first is the upper half ({@link MqClass#pair}). The odd bytes
 * are arrays: the lowest byte of each half is the first.
 *
 * <p>Source: psm, ips_proto_expected.c, ips_protoexp_build_ctrl_message and
 * ips_scb_send_unaligned_data; ips_proto.c, _build_ctrl_message.
 */
public final class TidMessage {
    /** More odd bytes than this are no odd bytes: a dword would hold them. */
    public static final int MAX_ODD_BYTES = 3;

    private TidMessage() {}

    /** A half of a qword with one more byte of the array in it. */
    public static int withByte(int half, int index, int value) {
        return half | (value & 0xFF) << index * Byte.SIZE;
    }

    /** A byte of the array in a half of a qword. */
    public static byte byteAt(int half, int index) {
        return (byte) (half >>> index * Byte.SIZE);
    }
}
