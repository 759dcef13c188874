package io.softpath.abi.psm;

import io.softpath.abi.register.Field;

/**
 * What the header of an active message has in the place of {@code mqhdr}. Source: psm,
 * ips_proto_header.h, struct ips_message_header; ips_proto_am.c, am_short_reqrep.
 *
 * <pre>
 *  15       14 13   11 10     8 7       0
 * +-----------+-------+--------+---------+
 * | dst subctx| flags |  nargs | handler |
 * +-----------+-------+--------+---------+
 * </pre>
 *
 * The first two arguments are data[0] and data[1], more of them are the beginning of the payload.
 * Data that has room behind the arguments in data[] is there, {@code hdr_dlen} bytes, and the
 * packet is {@link #TINY}; else it is in the payload behind the arguments, and {@code hdr_dlen}
 * tells how many bytes of padding follow it. PSM promises 8 arguments, which three bits make 0.
 */
public final class AmHeader {
    /** How many handlers an endpoint has. Source: psm, psm_am_internal.h, PSMI_AM_NUM_HANDLERS. */
    public static final int HANDLERS = 256;

    /** The most arguments that the header can tell. */
    public static final int MAX_ARGS = 7;

    /**
     * Arguments that have a place in the header. Source: psm, ips_proto_am.h, PSM_AM_HDR_QWORDS.
     */
    public static final int HEADER_ARGS = 2;

    /** Flag: all of the data is in the header. Source: psm, ips_proto_am.c, IPS_AMFLAG_ISTINY. */
    public static final int TINY = 1;

    private static final Field HANDLER = new Field(0, 8);
    private static final Field ARGS = new Field(8, 3);
    private static final Field FLAGS = new Field(11, 3);

    private AmHeader() {}

    /**
     * The word, for sub-context 0.
     *
     * @throws IllegalArgumentException if a value does not fit
     */
    public static int of(int handler, int args, int flags) {
        return (int) FLAGS.set(ARGS.set(HANDLER.set(0, handler), args), flags);
    }

    public static int handler(int word) {
        return (int) HANDLER.get(word);
    }

    /** How many arguments there are. */
    public static int args(int word) {
        return (int) ARGS.get(word);
    }

    public static boolean isTiny(int word) {
        return (FLAGS.get(word) & TINY) != 0;
    }

    /** Bytes of arguments that are in the payload. */
    public static int argBytesInPayload(int args) {
        return Math.max(0, args - HEADER_ARGS) * Long.BYTES;
    }

    /** Bytes of data that have room in the header behind so many arguments. */
    public static int dataBytesInHeader(int args) {
        return Math.max(0, HEADER_ARGS - args) * Long.BYTES;
    }
}
