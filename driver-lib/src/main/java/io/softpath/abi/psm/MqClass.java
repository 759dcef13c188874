package io.softpath.abi.psm;

/**
 * The classes of matched-queue packets, in the lower 14 bits of {@code mqhdr}. Source: psm,
 * psm_mq_internal.h, MQ_MSG_*.
 *
 * <pre>
 *  class        data[0]                 data[1]                              payload
 *  TINY         tag                     the message, hdr_dlen bytes          none
 *  SHORT        tag                     -                                    the message, hdr_dlen bytes more
 *  LONG         tag                     message id, length                   its beginning
 *  DATA         -                       message id, offset                   a piece
 *  RTS          tag                     sender's request, length             none
 *  CTS_EGR      sender's, receiver's request              length wanted, -   none
 *  DATA_REQ     -                       receiver's request, offset           a piece
 * </pre>
 *
 * Of two numbers in one qword the first is the upper dword: PSM's {@code u32w0}. Source also:
 * ptl.h, struct ptl_arg.
 */
public final class MqClass {
    /** A message of up to {@link #TINY_BYTES}, all of it in the header. */
    public static final int TINY = 1;

    /** A message in one packet, padded to whole cache lines; hdr_dlen says by how much. */
    public static final int SHORT = 2;

    /** The first packet of an eager message in several. */
    public static final int LONG = 3;

    /** The sender is ready; the data waits until the receiver asks for it. */
    public static final int RTS = 4;

    /** As {@link #RTS}, from a sender without expected transfers. */
    public static final int RTS_EGR = 5;

    /** As {@link #RTS}, and the sender does nothing else until then. */
    public static final int RTS_WAIT = 6;

    /** Another packet of a {@link #LONG} message. */
    public static final int DATA = 9;

    /** As {@link #DATA}, sent by send DMA. */
    public static final int DATA_BLK = 10;

    /** A packet that was asked for by {@link #CTS_EGR}. */
    public static final int DATA_REQ = 11;

    /** As {@link #DATA_REQ}, sent by send DMA. */
    public static final int DATA_REQ_BLK = 12;

    /** Asks for the data of an {@link #RTS}, in eager packets. */
    public static final int CTS_EGR = 13;

    /** The longest message of class {@link #TINY}. */
    public static final int TINY_BYTES = 8;

    private static final int MASK = 0x3FFF;

    private MqClass() {}

    /** Two numbers in a qword of the header. */
    public static long pair(int first, int second) {
        return (long) first << Integer.SIZE | second & 0xFFFF_FFFFL;
    }

    public static int first(long pair) {
        return (int) (pair >>> Integer.SIZE);
    }

    public static int second(long pair) {
        return (int) pair;
    }

    /** The class in an mqhdr. */
    public static int of(int mqHdr) {
        return mqHdr & MASK;
    }

    /** Whether it begins a message, so that it carries the message's number. */
    public static boolean beginsMessage(int mqClass) {
        return mqClass >= TINY && mqClass <= RTS_WAIT;
    }
}
