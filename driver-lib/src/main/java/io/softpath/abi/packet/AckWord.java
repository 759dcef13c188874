package io.softpath.abi.packet;

import io.softpath.abi.register.Field;

/**
 * The ack word of a message header: what the sender acknowledges, and which context it is;
 * little-endian.
 *
 * <pre>
 *   31   30 29    28 27     24 23                     0
 * +--------+--------+---------+------------------------+
 * | ctxHi  | subctx | context | acknowledged sequence  |
 * +--------+--------+---------+------------------------+
 * </pre>
 *
 * {@code ctxHi} continues the context from its bit 4. Source: psm ipath_proto.h,
 * ips_message_header, IPS_EPSTADDR.
 */
public final class AckWord {
    public static final Field SEQ = new Field(0, 24);
    public static final Field CONTEXT = new Field(24, 4);
    public static final Field SUBCONTEXT = new Field(28, 2);
    public static final Field CONTEXT_HIGH = new Field(30, 2);

    private AckWord() {}

    /**
     * The word.
     *
     * @throws IllegalArgumentException if a value does not fit its field
     */
    public static int of(int ackSeq, int sourceContext, int sourceSubcontext) {
        long word = SEQ.set(0, ackSeq);
        word = CONTEXT.set(word, sourceContext & 0xF);
        word = SUBCONTEXT.set(word, sourceSubcontext);
        return (int) CONTEXT_HIGH.set(word, sourceContext >>> 4);
    }

    public static int ackSeq(int word) {
        return word & 0xFFFFFF;
    }

    public static int sourceContext(int word) {
        return (word >>> 24 & 0xF) | word >>> 30 << 4;
    }

    public static int sourceSubcontext(int word) {
        return word >>> 28 & 3;
    }
}
