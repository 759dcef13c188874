package io.softpath.abi.psm;

/**
 * Which numbered sequence of packets a packet belongs to: byte 36 of its header. Source: psm,
 * ips_proto.h, ptl_epaddr_flow_t and IPS_FLOWID_PACK.
 *
 * <pre>
 *   7   6   5        3   2      0
 * +-------+------------+---------+
 * |   0   |  protocol  |  index  |
 * +-------+------------+---------+
 * </pre>
 *
 * Each flow of the go-back-N protocol, which is 0, counts its packets alone.
 */
public final class FlowId {
    /** Matched-queue messages, and all that is in no flow. */
    public static final int MESSAGES = 0;

    /** Matched-queue messages by send DMA. */
    public static final int SEND_DMA = 1;

    /** Requests of active messages. */
    public static final int AM_REQUESTS = 2;

    /** Replies of active messages. */
    public static final int AM_REPLIES = 3;

    private FlowId() {}
}
