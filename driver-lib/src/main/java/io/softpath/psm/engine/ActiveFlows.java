package io.softpath.psm.engine;

import io.softpath.abi.psm.FlowId;
import io.softpath.abi.psm.SubOpcode;

import java.lang.foreign.MemorySegment;

/**
 * Active messages in packets of the chip: requests in one flow, replies in another, so that neither
 * waits for the other. Source: psm, ips_proto_am.c.
 */
final class ActiveFlows {
    private final Peer peer;
    private final MessageEngine engine;
    private final ActiveMessageEngine active;
    private final Flow requests;
    private final Flow replies;

    /** A request was sent back, because there was no room for the reply to it. */
    private boolean refused;

    ActiveFlows(Peer peer, MessageEngine engine, EngineSettings settings) {
        this.peer = peer;
        this.engine = engine;
        active = engine.active();
        requests = new Flow(peer, engine, settings, FlowId.AM_REQUESTS);
        replies = new Flow(peer, engine, settings, FlowId.AM_REPLIES);
    }

    Flow requests() {
        return requests;
    }

    Flow replies() {
        return replies;
    }

    void send(ActiveSend message) {
        SendOp op = engine.op(0);
        op.active = message;
        Flow flow = message.isReply() ? replies : requests;
        flow.add(op);
        flow.transmit();
    }

    boolean isIdle() {
        return requests.isIdle() && replies.isIdle();
    }

    void part() {
        requests.part();
        replies.part();
    }

    void abandon() {
        requests.abandon();
        replies.abandon();
    }

    /** Asks if it is time to; says when to look again. */
    long checkTime(long nowNs) {
        long next = requests.checkTime(nowNs);
        if (peer.failure != null) {
            return Long.MAX_VALUE;
        }
        return Alarm.earlier(next, replies.checkTime(nowNs));
    }

    /** An active message has come. */
    void onPacket(PacketHeader in, MemorySegment payload, long offset, int length) {
        Flow flow = flowOf(in);
        if (flow == null) {
            engine.counters().malformed++;
            return;
        }
        int flags = in.flags;
        flow.acknowledged(in.ackSeq);
        if (!flow.isNext(in.psn)) {
            return;
        }
        if (in.subOpcode == SubOpcode.AM_REQUEST && !active.hasRoomForReply(peer)) {
            refused = true; // as if it had not come
            return;
        }
        flow.took(flags); // before its handler is called: whatever that does, it has been called
        active.arrived(
                peer,
                in.subOpcode,
                in.mqHdr,
                in.hdrDlen,
                in.data0,
                in.data1,
                payload,
                offset,
                length);
    }

    /** The header of an active message; there was no room for its payload. */
    void onOverflow(PacketHeader in) {
        Flow flow = flowOf(in);
        if (flow != null) {
            if (flow.isNext(in.psn)) {
                flow.missing();
            }
            flow.acknowledged(in.ackSeq);
        }
    }

    /** Null if a message of that kind is in no such flow. */
    private Flow flowOf(PacketHeader in) {
        boolean isReply = in.subOpcode == SubOpcode.AM_REPLY;
        if (in.flowId != (isReply ? FlowId.AM_REPLIES : FlowId.AM_REQUESTS)) {
            return null;
        }
        return isReply ? replies : requests;
    }

    /** A reply has arrived: the requests that were sent back can come again. */
    void roomForReply() {
        if (refused) {
            refused = false;
            requests.missing();
        }
    }
}
