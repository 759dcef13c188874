package io.softpath.psm.engine;

import io.softpath.abi.packet.MessageHeader;
import io.softpath.abi.psm.FlowPsn;
import io.softpath.abi.psm.MqClass;
import io.softpath.abi.psm.PsmError;
import io.softpath.abi.psm.SubOpcode;
import io.softpath.fault.FaultPoint;
import io.softpath.fault.Faults;

import java.lang.foreign.MemorySegment;

/**
 * Packets to one peer and from it, each once and in order, over a link that loses some: go back N.
 *
 * <pre>
 *   oldest           toSend              next
 *     | acknowledged?  | made, not sent    | not made yet: the queue of operations
 * ----+----------------+-------------------+------------
 *     |<--------- credits at most -------->|
 * </pre>
 *
 * The receiver takes the next packet only. It answers a later one with one NAK, and the sender goes
 * back to the number in it. When nothing is heard for a while the sender asks, with ERR_CHK; no
 * timer sends data again. Numbers have 16 bits. Source: psm, ips_proto.c and ips_proto_recv.c.
 */
final class Flow extends Work {
    static final int MAX_CREDITS = 64;

    private static final int NUMBER = 0xFFFF;

    /** How often in a row nobody answers before we ask whether anybody is there. */
    private static final int EXPIRIES_PER_QUESTION = 8;

    private final Peer peer;
    private final MessageEngine engine;
    private final Outlet outlet;
    private final EngineSettings settings;
    private final int flowId;
    private final int ackInterval;
    private final Slot[] slots = new Slot[MAX_CREDITS];

    private int oldest;
    private int toSend;
    private int next;

    /** Behind the last packet that was ever sent; more than {@link #toSend} after going back. */
    private int everSent;

    private final SendOps ops = new SendOps();

    private int expected;
    private boolean nakSent;
    private boolean ackDue;
    private boolean nakDue;
    private boolean errChkDue;

    private long timeoutNs;
    private long deadlineNs;
    private boolean timing;
    private int expiries;

    /** One packet that is not acknowledged. */
    private static final class Slot {
        int subOpcode;
        int flags;
        int hdrDlen;
        int mqHdr;
        int message;
        long data0;
        long data1;

        long offset;
        int length;

        /** Means nothing if it has no bytes. */
        MemorySegment payload;

        Request request;
        ActiveSend active;
        TidSend odd;
    }

    /**
     * @param flowId which of the flows to the peer it is, {@link io.softpath.abi.psm.FlowId}
     */
    Flow(Peer peer, MessageEngine engine, EngineSettings settings, int flowId) {
        this.peer = peer;
        this.engine = engine;
        outlet = engine.outlet();
        this.settings = settings;
        this.flowId = flowId;
        ackInterval = Math.max(settings.credits() / 4 - 1, 1);
        timeoutNs = settings.timeoutMinNs();
        for (int i = 0; i < slots.length; i++) {
            slots[i] = new Slot();
        }
    }

    // Sending.

    void add(SendOp op) {
        ops.add(op);
        engine.hasWork(this);
    }

    /**
     * Sends a message that is all in its header, without an operation that would have to wait.
     *
     * @param data its bytes, the first one lowest
     * @return false if others wait, or there is no credit for it
     */
    boolean sendTiny(long tag, long data, int length) {
        if (!ops.isEmpty() || !hasCredit()) {
            return false;
        }
        Slot slot = slots[next % MAX_CREDITS];
        slot.subOpcode = SubOpcode.MQ_HDR;
        slot.flags = 0;
        slot.hdrDlen = length;
        slot.mqHdr = MqClass.TINY;
        slot.data0 = tag;
        slot.data1 = data;
        slot.offset = 0;
        slot.length = 0;
        slot.message = nextMessage();
        next = next + 1 & NUMBER;
        engine.hasWork(this);
        transmit();
        return true;
    }

    private boolean hasCredit() {
        return FlowPsn.distance(next, oldest) < settings.credits();
    }

    private int nextMessage() {
        int message = peer.nextMessage;
        peer.nextMessage = message + 1 & NUMBER;
        return message;
    }

    /** Whether everything that was to be sent is acknowledged. */
    boolean isIdle() {
        return ops.isEmpty() && oldest == next;
    }

    /** Whether the peer has been asked what has come, and has not said so since. */
    boolean hasAsked() {
        return expiries > 0;
    }

    /** Whether nothing was ever sent or taken, nor is to be sent. */
    boolean isUntouched() {
        return isIdle() && next == 0 && expected == 0;
    }

    /** Packets that are sent and not acknowledged. */
    int unacknowledged() {
        return FlowPsn.distance(toSend, oldest);
    }

    /**
     * Sends what can be sent now, and sees to it that the answer is waited for.
     *
     * @return whether all of it is sent, as far as credits go
     */
    @Override
    boolean flush(long nowNs) {
        boolean all = transmit();
        startTimer(nowNs);
        return all;
    }

    /** As {@link #flush}, for who does not know the time; flush later. */
    boolean transmit() {
        if (peer.failure != null) {
            return true;
        }
        if (!flushControl()) {
            return false;
        }
        while (toSend != next || make()) {
            Slot slot = slots[toSend % MAX_CREDITS];
            PacketHeader header = outlet.header();
            header.psn = FlowPsn.of(toSend, slot.message);
            header.subOpcode = slot.subOpcode;
            header.flags = slot.flags | (wantsAck() ? MessageHeader.FLAG_ACK_WANTED : 0);
            header.peerIndex = peer.remoteIndex;
            header.ackSeq = FlowPsn.of(expected, slot.message >>> Byte.SIZE);
            header.flowId = flowId;
            header.hdrDlen = slot.hdrDlen;
            header.mqHdr = slot.mqHdr;
            header.data0 = slot.data0;
            header.data1 = slot.data1;
            MemorySegment payload = slot.length == 0 ? MemorySegment.NULL : slot.payload;
            if (!outlet.send(peer, header, payload, slot.offset, slot.length)) {
                return false;
            }
            Faults.at(FaultPoint.FLOW_SENT);
            if (toSend == everSent) {
                everSent = everSent + 1 & NUMBER;
            }
            toSend = toSend + 1 & NUMBER;
        }
        return true;
    }

    /** Every so often, and when this is the last one that may be sent. */
    private boolean wantsAck() {
        int behind = FlowPsn.distance(toSend, oldest) + 1;
        return (behind & ackInterval) == 0 || behind == settings.credits();
    }

    /** Makes the next packet, if there is one to make and a credit for it. */
    private boolean make() {
        SendOp op = ops.first();
        if (op == null || !hasCredit()) {
            return false;
        }
        Slot slot = slots[next % MAX_CREDITS];
        if (op.active == null) {
            make(op, slot);
        } else {
            make(op.active, slot);
        }
        next = next + 1 & NUMBER;
        if (op.made == op.length) {
            engine.recycle(ops.remove());
        }
        return true;
    }

    private void make(SendOp op, Slot slot) {
        int mqClass = op.mqClass;
        int left = op.length - op.made;
        boolean first = !op.started;
        op.started = true;
        slot.subOpcode = mqClass == MqClass.TINY ? SubOpcode.MQ_HDR : SubOpcode.MQ_CTRL;
        slot.flags = 0;
        slot.hdrDlen = 0;
        slot.mqHdr = mqClass;
        slot.data0 = op.data0;
        slot.data1 = op.data1;
        slot.offset = 0;
        slot.length = 0;
        slot.request = op.request;
        slot.odd = op.odd;
        slot.message =
                first && MqClass.beginsMessage(mqClass)
                        ? nextMessage()
                        : peer.nextMessage - 1 & NUMBER;
        if (op.odd != null) {
            slot.subOpcode = SubOpcode.MQ_EXPTID_UNALIGNED;
            slot.flags = MessageHeader.FLAG_ACK_WANTED | MessageHeader.FLAG_UNALIGNED;
            slot.hdrDlen = op.odd.oddBytes();
            return;
        }
        switch (mqClass) {
            case MqClass.TINY -> {
                slot.hdrDlen = op.length;
                slot.request = null; // complete already: the header has it all
                op.made = op.length;
            }
            case MqClass.SHORT -> piece(op, slot, left);
            case MqClass.LONG -> {
                if (first) {
                    piece(op, slot, firstPiece(left));
                } else {
                    slot.mqHdr = MqClass.DATA;
                    slot.data0 = 0;
                    slot.data1 = MqClass.pair(MqClass.first(op.data1), op.made);
                    piece(op, slot, Math.min(left, peer.fragmentBytes));
                }
            }
            case MqClass.DATA_REQ -> {
                slot.data1 = MqClass.pair(MqClass.first(op.data1), op.made);
                piece(op, slot, Math.min(left, peer.fragmentBytes));
            }
            default -> {
                slot.request = null;
                op.made = op.length; // nothing but a header: RTS, CTS
            }
        }
        if (op.made == op.length && mqClass != MqClass.TINY) {
            slot.flags = MessageHeader.FLAG_ACK_WANTED;
        }
    }

    private static void make(ActiveSend message, Slot slot) {
        slot.subOpcode = message.subOpcode;
        slot.flags = message.completion == null ? 0 : MessageHeader.FLAG_ACK_WANTED;
        slot.hdrDlen = message.hdrDlen;
        slot.mqHdr = message.amHeader;
        slot.message = 0;
        slot.data0 = message.data0;
        slot.data1 = message.data1;
        slot.payload = message.payload;
        slot.offset = message.offset;
        slot.length = message.length;
        slot.active = message;
    }

    /** Two packets share evenly, the second a whole number of dwords; more of them are full. */
    private int firstPiece(int length) {
        return length <= 2 * peer.fragmentBytes
                ? length - (length / 2 + 3 & ~3)
                : peer.fragmentBytes;
    }

    private static void piece(SendOp op, Slot slot, int length) {
        slot.payload = op.buffer;
        slot.offset = op.offset + op.made;
        slot.length = length;
        op.made += length;
    }

    // What the peer says of our packets.

    /** Everything before this number has arrived. */
    void acknowledged(int ackSeq) {
        int packets = FlowPsn.distance(FlowPsn.packet(ackSeq), oldest);
        if (packets < 1 || packets > FlowPsn.distance(everSent, oldest)) {
            return; // nothing new, or nonsense
        }
        boolean wasSent = packets <= unacknowledged();
        for (int i = 0; i < packets; i++) {
            Slot slot = slots[oldest % MAX_CREDITS];
            oldest = oldest + 1 & NUMBER;
            Request request = slot.request;
            ActiveSend message = slot.active;
            slot.request = null;
            slot.active = null;
            slot.payload = null;
            if (request != null) {
                engine.arrived(request, slot.length);
            }
            if (message != null) {
                engine.active().over(message, PsmError.OK);
            }
            if (slot.odd != null) {
                TidSend window = slot.odd;
                slot.odd = null;
                engine.oddArrived(window);
            }
        }
        if (!wasSent) {
            toSend = oldest; // it was sent once and was to be sent again
        }
        expiries = 0;
        timeoutNs = settings.timeoutMinNs();
        timing = false;
        engine.hasWork(this);
    }

    /** Something is missing from this number on: all of it is sent again. */
    void goBack(int ackSeq) {
        int packet = FlowPsn.packet(ackSeq);
        int packets = FlowPsn.distance(packet, oldest);
        if (packets < 0 || packets > FlowPsn.distance(everSent, oldest)) {
            return;
        }
        acknowledged(ackSeq);
        toSend = oldest;
        timing = false;
        engine.counters().wentBack++;
        Faults.at(FaultPoint.FLOW_WENT_BACK);
        engine.hasWork(this);
    }

    // What comes from the peer.

    /** The number of the packet that is taken next. */
    int expected() {
        return expected;
    }

    /** Whether this packet is the next one; if not, what is to be done about it is done. */
    boolean isNext(int psn) {
        int ahead = FlowPsn.distance(FlowPsn.packet(psn), expected);
        if (ahead == 0) {
            return true;
        }
        if (ahead < 0) {
            engine.counters().duplicates++;
        } else {
            missing();
        }
        return false;
    }

    /** A packet is missing, or could not be taken: says so, once. */
    void missing() {
        engine.counters().outOfOrder++;
        if (!nakSent) {
            nakSent = true;
            nakDue = true;
            engine.hasWork(this);
        }
    }

    /** The next packet was taken. */
    void took(int flags) {
        expected = expected + 1 & NUMBER;
        Faults.at(FaultPoint.FLOW_TAKEN);
        nakSent = false;
        nakDue = false;
        if ((flags & MessageHeader.FLAG_ACK_WANTED) != 0) {
            ackDue = true;
            engine.hasWork(this);
        }
    }

    /** ERR_CHK: the peer asks whether this packet has arrived. */
    void asked(int psn) {
        if (FlowPsn.distance(expected, FlowPsn.packet(psn)) <= 0) {
            nakSent = true;
            nakDue = true;
        } else {
            ackDue = true;
        }
        engine.hasWork(this);
    }

    /** Has the peer hear of us, if only to wake up. */
    void nudge() {
        ackDue = true;
        engine.hasWork(this);
    }

    /** Neither side wants anything more of the other: what was to be answered is not. */
    void part() {
        ackDue = false;
        nakDue = false;
        errChkDue = false;
        timing = false;
    }

    private boolean flushControl() {
        if (!peer.knowsUs()) {
            nakDue = false;
            ackDue = false; // it takes us for a stranger
        }
        if (nakDue && sendControl(SubOpcode.NAK, 0)) {
            Faults.at(FaultPoint.FLOW_NAK_SENT);
            nakDue = false;
            ackDue = false; // the NAK says as much
        }
        if (ackDue && !nakDue && sendControl(SubOpcode.ACK, 0)) {
            Faults.at(FaultPoint.FLOW_ACK_SENT);
            ackDue = false;
        }
        if (errChkDue && sendControl(SubOpcode.ERR_CHK, FlowPsn.of(toSend - 1, 0))) {
            Faults.at(FaultPoint.FLOW_ASKED);
            errChkDue = false;
            engine.counters().questions++;
        }
        return !nakDue && !ackDue && !errChkDue;
    }

    private boolean sendControl(int subOpcode, int psn) {
        PacketHeader header = outlet.header();
        header.subOpcode = subOpcode;
        header.flowId = flowId;
        header.psn = psn;
        header.peerIndex = peer.remoteIndex;
        header.ackSeq = FlowPsn.of(expected, 0);
        if (subOpcode == SubOpcode.ERR_CHK) {
            header.data0 = outlet.errChkData();
        }
        return outlet.send(peer, header, MemorySegment.NULL, 0, 0);
    }

    // Time.

    private void startTimer(long nowNs) {
        if (!timing && oldest != toSend) {
            timing = true;
            deadlineNs = nowNs + timeoutNs;
            engine.wakeAt(deadlineNs);
        }
    }

    /** Asks if it is time to; says when to look again. */
    long checkTime(long nowNs) {
        if (!timing) {
            return Long.MAX_VALUE;
        }
        if (oldest == toSend) {
            timing = false;
            return Long.MAX_VALUE;
        }
        if (nowNs - deadlineNs >= 0) {
            expiries++;
            if (expiries % EXPIRIES_PER_QUESTION == 0 && engine.isGone(peer)) {
                engine.fail(peer, PsmError.EPID_NETWORK_ERROR);
                return Long.MAX_VALUE;
            }
            errChkDue = true;
            engine.hasWork(this);
            timeoutNs = Math.min(timeoutNs * settings.timeoutFactor(), settings.timeoutMaxNs());
            deadlineNs = nowNs + timeoutNs;
        }
        return deadlineNs;
    }

    /** The peer is gone: forgets everything. Requests are told otherwise. */
    void abandon() {
        while (oldest != next) {
            Slot slot = slots[oldest % MAX_CREDITS];
            oldest = oldest + 1 & NUMBER;
            fail(slot.active);
            slot.request = null;
            slot.active = null;
            slot.payload = null;
            slot.odd = null;
        }
        while (!ops.isEmpty()) {
            SendOp op = ops.remove();
            fail(op.active);
            engine.recycle(op);
        }
        toSend = next;
        everSent = next;
        ackDue = false;
        nakDue = false;
        errChkDue = false;
        timing = false;
    }

    private void fail(ActiveSend message) {
        if (message != null) {
            engine.active().over(message, peer.failure);
        }
    }
}
