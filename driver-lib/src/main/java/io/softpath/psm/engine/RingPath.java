package io.softpath.psm.engine;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import io.softpath.abi.psm.PsmError;
import io.softpath.fault.FaultPoint;
import io.softpath.fault.Faults;

import java.lang.foreign.MemorySegment;

/**
 * Messages to a process of the same host, through rings in shared memory. Up to a length they are
 * copied into the ring, and sent. A longer one is announced; its receiver copies it straight out of
 * the sender's memory if that is pinned, or has it sent in pieces. Source: psm, ptl_am.
 */
final class RingPath implements Path {
    /** When somebody who sleeps and has not read is woken again, at first and at last. */
    private static final long WAKE_MIN_NS = 5_000_000;

    private static final long WAKE_MAX_NS = 1_000_000_000;

    /** A ring full: a reader that keeps up would have all of a message written in one go. */
    private static final int PIECES_AT_ONCE = 8;

    private final Peer peer;
    private final DirectLink link;
    private final MessageEngine engine;
    private final Requests requests;
    private final Matching matching;
    private final PinnedGrants grants;
    private final PeerCopies copies;
    private final RecordWriter out;
    private final MemorySegment memory;
    private final DirectWords words;
    private final int eagerBytes;
    private final int pieceBytes;

    /** What there was no room for yet. */
    private final SendOps ops = new SendOps();

    /** Something was written since we looked whether the peer sleeps. */
    private boolean wrote;

    /** The peer sleeps, and may not have heard that it is to wake. */
    private boolean waking;

    /** So many records were written when it was to wake last. */
    private long wokenFor;

    /** Of long messages, so many more may be written before something else has its turn. */
    private int piecesLeft;

    private long wakeAgainNs;
    private long wakeIntervalNs = WAKE_MIN_NS;

    RingPath(
            Peer peer,
            DirectLink link,
            MessageEngine engine,
            DirectPort port,
            DirectSettings settings,
            Requests requests,
            Matching matching) {
        this.peer = peer;
        this.link = link;
        this.engine = engine;
        this.requests = requests;
        this.matching = matching;
        grants = new PinnedGrants(peer.id, port);
        copies = new PeerCopies(peer.id, port, matching);
        out = link.out;
        memory = link.memory();
        words = link.words();
        eagerBytes = Math.min(settings.rendezvousBytes(), out.maxBytes() - RingRecord.EAGER_BYTES);
        pieceBytes = out.maxBytes() - RingRecord.DATA_BYTES & -Long.BYTES;
    }

    // Messages.

    @Override
    public void send(Request request, boolean synchronous) {
        if (synchronous || request.length > eagerBytes) {
            requests.runs(peer, request);
            announce(request);
        } else if (ops.isEmpty() && eager(request)) {
            requests.completeAtOnce(request, PsmError.OK);
        } else {
            requests.runs(peer, request);
            SendOp op = engine.op(request.length);
            op.mqClass = RingRecord.EAGER;
            op.request = request;
            add(op);
        }
    }

    @Override
    public boolean sendNow(long tag, MemorySegment buffer, long offset, int length) {
        if (length > eagerBytes || !ops.isEmpty() || !eager(tag, buffer, offset, length)) {
            return false;
        }
        if (tell()) {
            engine.flush(engine.nowNs()); // nobody says when we look again
        }
        return true;
    }

    private boolean eager(Request request) {
        return eager(request.tag, request.buffer, request.offset, request.length);
    }

    private boolean eager(long tag, MemorySegment buffer, long offset, int length) {
        long at = out.claim(RingRecord.EAGER, RingRecord.EAGER_BYTES + length);
        if (at < 0) {
            return false;
        }
        putLong(at, tag);
        copy(buffer, offset, at + RingRecord.EAGER_BYTES, length);
        commit();
        return true;
    }

    private void announce(Request request) {
        int closed = grants.takeClosed();
        while (closed >= 0) {
            control(RingRecord.GONE, closed, 0, 0);
            closed = grants.takeClosed();
        }
        requests.refer(request);
        SendOp op = engine.op(0);
        op.mqClass = RingRecord.RTS;
        op.request = request;
        op.data0 = grants.sourceOf(request);
        add(op);
        Faults.at(FaultPoint.RENDEZVOUS_ANNOUNCED);
    }

    @Override
    public void fetch(Request receive, int remoteRequest, long source) {
        int wanted = Math.min(receive.messageLength, receive.length);
        receive.wanted = wanted;
        MemorySegment there =
                source < 0 || wanted == 0 ? null : copies.find(source, receive.messageLength);
        if (there != null) {
            SendOp op = engine.op(wanted);
            op.mqClass = RingRecord.DONE;
            op.request = receive;
            op.buffer = there;
            op.offset = RingRecord.place(source);
            op.data0 = remoteRequest;
            copies.add(op, source);
            engine.hasWork(peer.ring);
        } else if (wanted == 0) {
            control(RingRecord.DONE, remoteRequest, 0, 0);
            matching.received(receive);
        } else {
            requests.refer(receive);
            control(RingRecord.CTS, remoteRequest, receive.index, wanted);
            Faults.at(FaultPoint.RENDEZVOUS_CLEARED);
        }
    }

    /** The receiver has what it wants. */
    void done(int index) {
        Request request = sendOfOurs(index);
        if (request != null) {
            requests.complete(request, PsmError.OK);
        }
    }

    /** The receiver cannot read our memory, and wants so many bytes sent. */
    void clearToSend(int index, int remoteRequest, int wanted) {
        Request request = sendOfOurs(index);
        if (request == null) {
            return;
        }
        if (wanted < 1 || wanted > request.length) {
            engine.counters().malformed++;
            return;
        }
        requests.forget(request);
        SendOp op = engine.op(wanted);
        op.mqClass = RingRecord.DATA;
        op.request = request;
        op.data0 = remoteRequest;
        add(op);
    }

    private Request sendOfOurs(int index) {
        Request request = requests.referred(index);
        if (request == null || !request.isSend || request.peer != peer) {
            engine.counters().malformed++;
            return null;
        }
        return request;
    }

    /** The peer has closed memory that we could read. */
    void gone(int handle) {
        copies.forget(handle);
    }

    // Active messages: by packets, for now.

    @Override
    public void send(ActiveSend message) {
        peer.packets.send(message);
    }

    @Override
    public void roomForReply() {
        peer.packets.roomForReply();
    }

    // Records.

    private void control(int type, int first, int second, int third) {
        SendOp op = engine.op(0);
        op.mqClass = type;
        op.data0 = first;
        op.data1 = (long) second << Integer.SIZE | Integer.toUnsignedLong(third);
        add(op);
    }

    private void add(SendOp op) {
        ops.add(op);
        engine.hasWork(peer.ring);
        writeWaiting();
    }

    /** Writes what there is room for. */
    private void writeWaiting() {
        piecesLeft = PIECES_AT_ONCE;
        while (!ops.isEmpty() && write(ops.first())) {
            engine.recycle(ops.remove());
        }
    }

    private boolean write(SendOp op) {
        Request request = op.request;
        switch (op.mqClass) {
            case RingRecord.EAGER -> {
                if (!eager(request)) {
                    return false;
                }
                requests.complete(request, PsmError.OK);
                return true;
            }
            case RingRecord.DATA -> {
                return pieces(op);
            }
            case RingRecord.RTS -> {
                long at = out.claim(RingRecord.RTS, RingRecord.RTS_BYTES);
                if (at < 0) {
                    return false;
                }
                putLong(at, request.tag);
                putInt(at + 8, request.index);
                putInt(at + 12, request.length);
                putLong(at + 16, op.data0);
                commit();
                return true;
            }
            default -> {
                int bytes = RingRecord.leastBytes(op.mqClass);
                long at = out.claim(op.mqClass, bytes);
                if (at < 0) {
                    return false;
                }
                putInt(at, (int) op.data0);
                if (bytes == RingRecord.CTS_BYTES) {
                    putInt(at + 4, (int) (op.data1 >>> Integer.SIZE));
                    putInt(at + 8, (int) op.data1);
                }
                commit();
                return true;
            }
        }
    }

    private boolean pieces(SendOp op) {
        while (op.made < op.length) {
            if (piecesLeft-- == 0) {
                return false;
            }
            int piece = Math.min(op.length - op.made, pieceBytes);
            long at = out.claim(RingRecord.DATA, RingRecord.DATA_BYTES + piece);
            if (at < 0) {
                return false;
            }
            putInt(at, (int) op.data0);
            putInt(at + 4, op.made);
            copy(op.request.buffer, op.request.offset + op.made, at + RingRecord.DATA_BYTES, piece);
            commit();
            op.made += piece;
        }
        requests.complete(op.request, PsmError.OK);
        return true;
    }

    private void commit() {
        out.commit();
        if (!wrote) {
            wrote = true;
            engine.hasWork(peer.ring);
        }
        engine.counters().recordsSent++;
    }

    private void putLong(long at, long value) {
        words.putLong(at, value);
    }

    private void putInt(long at, int value) {
        words.putInt(at, value);
    }

    private void copy(MemorySegment from, long offset, long at, int length) {
        if (length == Long.BYTES) {
            putLong(at, from.get(JAVA_LONG_UNALIGNED, offset));
        } else {
            MemorySegment.copy(from, offset, memory, at, length);
        }
    }

    // Time.

    /** Whether {@link #flush} may do something. */
    boolean hasWork() {
        return wrote || !ops.isEmpty() || !copies.isEmpty();
    }

    /** Whether it does something even if the peer does nothing. */
    boolean isBusy() {
        return wrote || !copies.isEmpty();
    }

    /** Whether something waits for room in the ring; nobody tells us when there is some. */
    boolean isFull() {
        return !ops.isEmpty();
    }

    /** Whether the peer has written where only we write. */
    boolean isBroken() {
        return out.isBroken();
    }

    /** Writes and copies what can be, and wakes the peer if it must be. */
    void flush() {
        writeWaiting();
        if (!copies.isEmpty()) {
            SendOp copied = copies.step();
            if (copied != null) {
                Faults.at(FaultPoint.DIRECT_COPIED);
                control(RingRecord.DONE, (int) copied.data0, 0, 0);
                engine.recycle(copied);
            }
        }
        if (wrote) {
            tell();
        }
    }

    /**
     * Records were written, which the peer must read.
     *
     * @return whether it sleeps, and is to be woken by a packet, which waits to be sent
     */
    private boolean tell() {
        wrote = false;
        requests.watch(peer);
        if (!link.peerSleeps() || waking && !out.isTaken(wokenFor)) {
            return false;
        }
        wake();
        return true;
    }

    private void wake() {
        waking = true;
        wokenFor = out.written();
        peer.flow.nudge();
        wakeAgainNs = engine.nowNs() + wakeIntervalNs;
        engine.wakeAt(wakeAgainNs);
    }

    /** A packet that was to wake the peer may be lost: wakes it again; says when to look again. */
    long checkTime(long nowNs) {
        if (!waking) {
            return Long.MAX_VALUE;
        }
        if (out.isDrained() || !link.peerSleeps()) {
            waking = false;
            wakeIntervalNs = WAKE_MIN_NS;
            return Long.MAX_VALUE;
        }
        if (nowNs - wakeAgainNs >= 0) {
            wakeIntervalNs = Math.min(2 * wakeIntervalNs, WAKE_MAX_NS);
            wake();
        }
        return wakeAgainNs;
    }

    @Override
    public boolean isIdle() {
        return ops.isEmpty() && copies.isEmpty() && out.isDrained() && peer.packets.isIdle();
    }

    @Override
    public void abandon() {
        ops.recycleAll(engine);
        waking = false;
        copies.abandon(engine);
    }
}
