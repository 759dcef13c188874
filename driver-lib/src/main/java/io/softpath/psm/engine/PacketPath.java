package io.softpath.psm.engine;

import io.softpath.abi.psm.FlowId;
import io.softpath.abi.psm.MqClass;
import io.softpath.abi.psm.PsmError;
import io.softpath.abi.psm.SubOpcode;
import io.softpath.fault.FaultPoint;
import io.softpath.fault.Faults;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Messages in packets of the chip: tiny, short, long, and by request. Source: psm, ips_proto_mq.c.
 */
final class PacketPath implements Path {
    private static final ValueLayout.OfLong LE64 =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Peer peer;
    private final MessageEngine engine;
    private final EngineSettings settings;
    private final Requests requests;
    private final Matching matching;
    private final TidReceiver tids;
    private final Flow flow;
    private ActiveFlows active;
    private final MemorySegment tiny = Arena.ofAuto().allocate(Long.BYTES, Long.BYTES);

    /** The peer sends what it has announced by TID, if it is not asked for something else. */
    private boolean sendsByTid;

    /** The id of the next long message to it. */
    private int nextLongId;

    PacketPath(
            Peer peer,
            MessageEngine engine,
            EngineSettings settings,
            Requests requests,
            Matching matching,
            TidReceiver tids) {
        this.peer = peer;
        this.engine = engine;
        this.settings = settings;
        this.requests = requests;
        this.matching = matching;
        this.tids = tids;
        flow = peer.flow;
    }

    // To the peer.

    @Override
    public void send(Request request, boolean synchronous) {
        int length = request.length;
        if (length <= MqClass.TINY_BYTES && length <= settings.rendezvousBytes() && !synchronous) {
            long data = ActiveSend.load(request.buffer, request.offset, length);
            if (flow.sendTiny(request.tag, data, length)) {
                requests.watch(peer);
                requests.completeAtOnce(request, PsmError.OK);
                return;
            }
        }
        requests.runs(peer, request);
        if (synchronous || length > settings.rendezvousBytes()) {
            rendezvous(request);
            return;
        }
        SendOp op = engine.op(length);
        op.data0 = request.tag;
        op.buffer = request.buffer;
        op.offset = request.offset;
        op.request = request;
        if (length <= MqClass.TINY_BYTES) {
            op.mqClass = MqClass.TINY;
            op.data1 = ActiveSend.load(request.buffer, request.offset, length);
            flow.add(op);
            requests.complete(request, PsmError.OK);
        } else if (length <= peer.fragmentBytes) {
            op.mqClass = MqClass.SHORT;
            flow.add(op);
        } else {
            op.mqClass = MqClass.LONG;
            op.data1 = MqClass.pair(nextLongId++, length);
            flow.add(op);
        }
        flow.transmit();
    }

    private void rendezvous(Request request) {
        requests.refer(request);
        SendOp op = engine.op(0);
        op.mqClass = settings.tids() ? MqClass.RTS : MqClass.RTS_EGR;
        op.data0 = request.tag;
        op.data1 = MqClass.pair(request.index, request.length);
        flow.add(op);
        flow.transmit();
        Faults.at(FaultPoint.RENDEZVOUS_ANNOUNCED);
    }

    /** Has the sender of a message that waits there send as much of it as is wanted. */
    @Override
    public void fetch(Request receive, int remoteRequest, long source) {
        receive.wanted = Math.min(receive.messageLength, receive.length);
        if (!sendsByTid || !tids.fetch(receive, remoteRequest, peer.ours)) {
            fetchInPackets(receive, remoteRequest);
        }
    }

    /** As {@link #fetch}, not by TID. */
    void fetchInPackets(Request receive, int remoteRequest) {
        requests.refer(receive);
        SendOp op = engine.op(0);
        op.mqClass = MqClass.CTS_EGR;
        op.data0 = MqClass.pair(remoteRequest, receive.index);
        op.data1 = MqClass.pair(receive.wanted, 0);
        flow.add(op);
        Faults.at(FaultPoint.RENDEZVOUS_CLEARED);
        if (receive.wanted == 0) {
            matching.received(receive);
        }
    }

    /** The receiver has matched and wants so many bytes. */
    private void sendData(int index, int remoteRequest, int wanted) {
        Request request = requests.referred(index);
        if (request == null
                || !request.isSend
                || request.peer != peer
                || request.grants > 0
                || wanted < 0
                || wanted > request.length) {
            engine.counters().malformed++;
            return;
        }
        requests.forget(request);
        request.wanted = wanted;
        if (wanted == 0) {
            requests.complete(request, PsmError.OK);
            return;
        }
        SendOp op = engine.op(wanted);
        op.mqClass = MqClass.DATA_REQ;
        op.request = request;
        op.buffer = request.buffer;
        op.offset = request.offset;
        op.data1 = MqClass.pair(remoteRequest, 0);
        flow.add(op);
    }

    @Override
    public void send(ActiveSend message) {
        active().send(message);
    }

    @Override
    public void roomForReply() {
        active().roomForReply();
    }

    /** Made when the first active message comes or goes. */
    private ActiveFlows active() {
        if (active == null) {
            active = new ActiveFlows(peer, engine, settings);
        }
        return active;
    }

    @Override
    public boolean isIdle() {
        return flow.isIdle() && (active == null || active.isIdle());
    }

    @Override
    public void abandon() {
        flow.abandon();
        if (active != null) {
            active.abandon();
        }
    }

    /** Neither side wants anything more of the other: what was to be answered is not. */
    void part() {
        flow.part();
        if (active != null) {
            active.part();
        }
    }

    /** Asks if it is time to; says when to look again. */
    long checkTime(long nowNs) {
        long next = flow.checkTime(nowNs);
        if (active == null || peer.failure != null) {
            return next;
        }
        return Alarm.earlier(next, active.checkTime(nowNs));
    }

    // From the peer.

    /** Whether the peer has been asked what has come, in any flow, and has not said so since. */
    boolean hasAsked() {
        return flow.hasAsked()
                || active != null && (active.requests().hasAsked() || active.replies().hasAsked());
    }

    /** The flow that an acknowledgement or a question is about; null if there is none. */
    Flow flowOf(int flowId) {
        return switch (flowId) {
            case FlowId.MESSAGES -> flow;
            case FlowId.AM_REQUESTS -> active().requests();
            case FlowId.AM_REPLIES -> active().replies();
            default -> null;
        };
    }

    /** A packet that carries a message. */
    void onPacket(PacketHeader in, MemorySegment payload, long offset, int length) {
        if (SubOpcode.isActiveMessage(in.subOpcode)) {
            active().onPacket(in, payload, offset, length);
            return;
        }
        if (in.flowId != FlowId.MESSAGES) {
            engine.counters().malformed++;
            return;
        }
        if (flow.isNext(in.psn)) {
            if (accept(in, payload, offset, length)) {
                flow.took(in.flags);
            } else {
                engine.counters().noMemory++; // as if it had not come; the sender will ask
            }
        }
        flow.acknowledged(in.ackSeq);
    }

    /** The header of a packet that carries a message; there was no room for its payload. */
    void onOverflow(PacketHeader in) {
        if (SubOpcode.isActiveMessage(in.subOpcode)) {
            active().onOverflow(in);
            return;
        }
        if (flow.isNext(in.psn)) {
            flow.missing();
        }
        flow.acknowledged(in.ackSeq);
    }

    /** Takes the next packet; false if there is no memory for it now. */
    private boolean accept(PacketHeader in, MemorySegment payload, long offset, int length) {
        if (in.subOpcode == SubOpcode.MQ_EXPTID_UNALIGNED) {
            tids.onOddBytes(peer, in);
            return true;
        }
        int number = MqClass.first(in.data1);
        int size = MqClass.second(in.data1);
        switch (MqClass.of(in.mqHdr)) {
            case MqClass.TINY -> {
                if (in.hdrDlen <= MqClass.TINY_BYTES) {
                    tiny.set(LE64, 0, in.data1);
                    return matching.arrives(peer, in.data0, in.hdrDlen, 0, tiny, 0, in.hdrDlen);
                }
            }
            case MqClass.SHORT -> {
                int bytes = length - in.hdrDlen;
                if (bytes >= 0) {
                    return matching.arrives(peer, in.data0, bytes, 0, payload, offset, bytes);
                }
            }
            case MqClass.LONG -> {
                if (size >= length && length != 0) {
                    return matching.arrives(peer, in.data0, size, number, payload, offset, length);
                }
            }
            case MqClass.DATA, MqClass.DATA_BLK -> {
                matching.more(peer, number, size, payload, offset, length);
                return true;
            }
            case MqClass.RTS, MqClass.RTS_EGR, MqClass.RTS_WAIT -> {
                if (size >= 0 && number >= 0) {
                    if (!matching.hasRoom()) {
                        return false;
                    }
                    sendsByTid = MqClass.of(in.mqHdr) != MqClass.RTS_EGR;
                    matching.offered(this, peer, in.data0, size, number, 0);
                    return true;
                }
            }
            case MqClass.CTS_EGR -> {
                sendData(MqClass.first(in.data0), MqClass.second(in.data0), number);
                return true;
            }
            case MqClass.DATA_REQ, MqClass.DATA_REQ_BLK -> {
                Request request = requests.referred(number);
                if (request != null && !request.isSend && request.peer == peer) {
                    matching.store(request, size, payload, offset, length);
                    return true;
                }
            }
            default -> {
                // nothing that a message has
            }
        }
        engine.counters().malformed++;
        return true;
    }
}
