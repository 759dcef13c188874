package io.softpath.psm.engine;

import io.softpath.abi.psm.EndpointId;
import io.softpath.abi.psm.PsmError;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A matched queue and the connections under it: sends and receives with tags go in, packets go in
 * and out, completed requests come out. {@link Matching} has the messages, a {@link Path} for each
 * peer brings them; here is what all paths share: whose turn it is, the time, and who is gone.
 */
public final class MessageEngine {
    /** How long to sleep, at most, when a ring is full: nobody tells us that there is room. */
    private static final long ROOM_NS = 200_000;

    private final EndpointId own;
    private final EngineSettings settings;
    private final PacketPort port;
    private final EngineCounters counters = new EngineCounters();
    private final Alarm alarm;
    private final Thrown thrown = new Thrown();
    private final Requests requests;
    private final Matching matching;
    private final ActiveMessageEngine active;
    private final ControlQueue control;
    private final TidReceiver tidReceiver;
    private final TidSender tidSender;
    private final Connections connections;

    private final Outlet outlet;
    private final Intake intake;
    private final Rings rings;

    /** Null if nobody records. */
    private MessageTrace trace;

    private final ArrayDeque<SendOp> freeOps = new ArrayDeque<>();
    private final ArrayList<Work> working = new ArrayList<>();

    /**
     * @param own the id of this endpoint
     * @param nowNs the time, on the clock that {@link #progress} is told of
     */
    public MessageEngine(EndpointId own, EngineSettings settings, PacketPort port, long nowNs) {
        this(own, settings, port, DirectSettings.NONE, null, nowNs);
    }

    /**
     * As the other one, with a direct way to processes of the same host.
     *
     * @param directPort may be null if the direct way is not wanted
     */
    public MessageEngine(
            EndpointId own,
            EngineSettings settings,
            PacketPort port,
            DirectSettings directSettings,
            DirectPort directPort,
            long nowNs) {
        this.own = own;
        this.settings = settings;
        this.port = port;
        outlet = new Outlet(port, settings, counters);
        alarm = new Alarm(nowNs);
        requests = new Requests(settings.maxRequests(), alarm, thrown);
        matching = new Matching(settings, counters, requests);
        rings = new Rings(this, settings, directSettings, directPort, requests, matching);
        active = new ActiveMessageEngine(settings, counters, thrown);
        control = new ControlQueue(outlet);
        tidReceiver = new TidReceiver(this, settings, requests, matching, control, port.tids());
        tidSender = new TidSender(this, settings, requests, control);
        connections = new Connections(this, own, settings, rings);
        intake = new Intake(this, settings, connections, tidReceiver, tidSender);
    }

    /** From now on somebody hears of each message; before the first one. */
    public void trace(MessageTrace listener) {
        trace = listener;
        matching.trace(listener);
        requests.trace(listener);
    }

    public EndpointId own() {
        return own;
    }

    public EngineCounters counters() {
        return counters;
    }

    /** Active messages over the same connections. */
    public ActiveMessageEngine active() {
        return active;
    }

    public Connections connections() {
        return connections;
    }

    /** Requests that are not released. */
    public int requestsInUse() {
        return requests.inUse();
    }

    /** Whether all that was sent to a peer has arrived, and nothing is under way with it. */
    public boolean isIdle(Peer peer) {
        return peer.failure != null
                || peer.path.isIdle() && peer.running.size() == 0 && tidSender.isIdle(peer);
    }

    /** Messages that nobody has asked for yet. */
    public int unexpectedCount() {
        return matching.unexpectedCount();
    }

    /** Bytes of such messages that are kept here. */
    public long unexpectedBytes() {
        return matching.unexpectedBytes();
    }

    /** Windows that peers send to by TID, and messages that wait for some. */
    public int tidWindows() {
        return tidReceiver.openWindows() + tidReceiver.waitingCount();
    }

    /** Requests that peers may refer to. */
    public int referredCount() {
        return requests.referredCount();
    }

    /** Receives that have not matched. */
    public int postedCount() {
        return matching.postedCount();
    }

    /** Takes back all receives that have not matched. */
    public void cancelAll() {
        matching.cancelAll();
    }

    // What a program asks for.

    /**
     * Begins to send a message. The buffer must not change until the request is complete.
     *
     * @param synchronous complete only when the receiver has matched
     * @param completion told when it is complete; null if somebody asks
     * @throws IllegalStateException if the peer is not connected, or has failed
     */
    public Request send(
            Peer to,
            long tag,
            MemorySegment buffer,
            long offset,
            int length,
            boolean synchronous,
            Request.Completion completion,
            Object context) {
        if (!to.isConnected()) {
            throw new IllegalStateException("psm: peer=" + to + " is not connected");
        }
        Request request = requests.take(tag, buffer, offset, length, completion, context);
        request.isSend = true;
        request.messageLength = length;
        request.wanted = length;
        request.peer(to);
        request.number = to.sentCount++;
        if (trace != null) {
            trace.posted(to, request.number, tag, length, synchronous);
        }
        counters.messagesSent++;
        counters.bytesSent += length;
        to.path.send(request, synchronous);
        return request;
    }

    /**
     * Sends a message whose buffer is the program's again at once, with no request. One that is
     * recorded has a request, as has one for which there is no room.
     *
     * @return false if nothing is done: {@link #send} it
     * @throws IndexOutOfBoundsException if the bytes are not inside the buffer
     */
    public boolean sendNow(Peer to, long tag, MemorySegment buffer, long offset, int length) {
        Objects.checkFromIndexSize(offset, length, buffer.byteSize());
        if (trace != null || !to.isConnected() || !to.path.sendNow(tag, buffer, offset, length)) {
            return false;
        }
        to.sentCount++;
        counters.messagesSent++;
        counters.bytesSent += length;
        return true;
    }

    /**
     * Posts a receive, or takes a message that is there.
     *
     * @param selector which bits of the tag must agree
     */
    public Request receive(
            long tag,
            long selector,
            MemorySegment buffer,
            long offset,
            int length,
            Request.Completion completion,
            Object context) {
        return matching.receive(tag, selector, buffer, offset, length, completion, context);
    }

    /** Bytes of the first message that such a receive would take; -1 if none is there. */
    public int probe(long tag, long selector) {
        return matching.probe(tag, selector);
    }

    /** The tag of the message that {@link #probe} found. */
    public long probedTag(long tag, long selector) {
        return matching.probedTag(tag, selector);
    }

    /**
     * Takes back a receive that has not matched. It is then released.
     *
     * @return false if it has matched: it will be complete
     */
    public boolean cancel(Request request) {
        return matching.cancel(request);
    }

    /** Gives back a request that is complete or cancelled; it is another one then. */
    public void release(Request request) {
        requests.release(request);
    }

    // Time and packets.

    /**
     * Does what is to be done: sends what can be sent, asks peers that have not answered, completes
     * requests, hands over what was sent to oneself.
     *
     * @return how many requests were completed, active messages handed over or ended, and records
     *     that came the direct way
     * @throws RuntimeException what a handler or a completion has thrown, here or before; all else
     *     has been done
     */
    public int progress(long nowNs) {
        int done = advance(nowNs);
        throwOnce();
        return done;
    }

    /**
     * Throws what a handler or a completion has thrown since the last time; nothing if none has.
     */
    public void throwOnce() {
        thrown.throwOnce();
    }

    /** As {@link #progress}, and keeps what handlers throw for who calls that. */
    public int advance(long nowNs) {
        int records = rings.look();
        if (alarm.rings(nowNs)) {
            checkTime(nowNs);
        }
        flush(nowNs);
        return requests.tell() + active.handOver() + records;
    }

    /** Sends what can be sent; calls nobody. */
    public void flush(long nowNs) {
        for (int i = working.size() - 1; i >= 0; i--) {
            Work work = working.get(i);
            if (work.flush(nowNs)) {
                work.listed = false;
                int last = working.size() - 1;
                working.set(i, working.get(last));
                working.remove(last);
            }
        }
        control.flush();
        tidReceiver.flush();
        tidSender.flush();
    }

    /**
     * The part of {@link #progress} that needs no time: takes what came from processes of the same
     * host.
     *
     * @return as {@link #progress}
     */
    public int look() {
        int records = rings.look();
        return requests.tell() + records;
    }

    /** Whether there are processes of this host that share memory with us. */
    public boolean isDirect() {
        return !rings.isEmpty();
    }

    /** Whether {@link #progress} has something to do now, which {@link #look} does not do. */
    public boolean isBusy() {
        return !working.isEmpty()
                || active.hasToDo()
                || !control.isEmpty()
                || tidReceiver.hasWork()
                || tidSender.hasWork();
    }

    /**
     * Says to those who share memory with us that we sleep, or no longer.
     *
     * @return false if there is something to do, and we must not sleep
     */
    public boolean sleep(boolean asleep) {
        return rings.sleep(asleep);
    }

    /** A peer has spoilt the memory that it shares with us. */
    void broken(Peer peer) {
        counters.malformed++;
        fail(peer, PsmError.EPID_NETWORK_ERROR);
    }

    private void checkTime(long nowNs) {
        List<Peer> peers = connections.peers();
        for (int i = 0; i < peers.size(); i++) {
            Peer peer = peers.get(i);
            if (peer != null && peer.failure == null) {
                alarm.at(peer.packets.checkTime(nowNs));
                if (peer.ring != null) {
                    alarm.at(peer.ring.path().checkTime(nowNs));
                }
                checkQuiet(peer, nowNs);
            }
        }
        tidReceiver.checkTime(nowNs);
        tidSender.checkTime(nowNs);
        alarm.at(connections.checkTime(nowNs));
    }

    /** We may wait for data, or for a receive, with nothing of ours to be acknowledged. */
    private void checkQuiet(Peer peer, long nowNs) {
        if (!peer.watched) {
            return;
        }
        if (isIdle(peer)) {
            peer.watched = false;
            return;
        }
        if (nowNs - peer.lookNs >= 0) {
            if (!peer.heard && isGone(peer)) {
                fail(peer, PsmError.EPID_NETWORK_ERROR);
                return;
            }
            peer.heard = false;
            peer.lookNs = nowNs + Requests.QUIET_NS;
        }
        alarm.at(peer.lookNs);
    }

    /** When {@link #progress} has something to do even if nothing comes, or MAX_VALUE. */
    public long wakeNs() {
        if (isBusy() || requests.hasToTell() || rings.hasWork()) {
            return alarm.nowNs();
        }
        if (rings.isFull()) {
            alarm.at(alarm.nowNs() + ROOM_NS);
        }
        return alarm.wakeNs();
    }

    /** What comes from the wire goes there. */
    public Intake intake() {
        return intake;
    }

    // What flows tell.

    /** Bytes of a send have arrived at the peer. */
    void arrived(Request request, int bytes) {
        request.done += bytes;
        if (request.done == request.wanted) {
            requests.complete(request, PsmError.OK);
        }
    }

    /** The odd bytes of a window have arrived at the peer. */
    void oddArrived(TidSend window) {
        tidSender.oddArrived(window);
    }

    /** The peer is gone: whatever was under way with it ends with this error. */
    void fail(Peer peer, PsmError error) {
        if (peer.failure != null) {
            return;
        }
        peer.failure = error;
        peer.outcome = error;
        peer.arrivals.end();
        peer.packets.abandon();
        tidReceiver.abandon(peer);
        tidSender.abandon(peer);
        rings.unlink(peer);
        peer.longs.clear();
        requests.completeAll(peer, error);
    }

    // The ways to a peer.

    /** Gives a new peer its ways to us. */
    void equip(Peer peer) {
        peer.running = requests.newList();
        peer.packets = new PacketPath(peer, this, settings, requests, matching, tidReceiver);
        peer.path =
                peer.id.equals(own)
                        ? new SelfPath(peer, settings, requests, matching, active)
                        : peer.packets;
    }

    void hasWork(Work work) {
        if (!work.listed) {
            work.listed = true;
            working.add(work);
        }
    }

    /** The same, of a peer that shares memory with us. */
    void hasWork(RingReader reader) {
        rings.hasWork(reader);
    }

    /** Where packets go out. */
    Outlet outlet() {
        return outlet;
    }

    void wakeAt(long timeNs) {
        alarm.at(timeNs);
    }

    long nowNs() {
        return alarm.nowNs();
    }

    /** Whether all that a peer was to be told about its windows is sent. */
    boolean hasAnswered(Peer peer) {
        return control.flush(peer);
    }

    /** Asks whether a peer is no more; if so, what it has written before is taken first. */
    boolean isGone(Peer peer) {
        if (!port.isGone(peer.route, peer.numberedRun())) {
            return false;
        }
        boolean more = peer.ring != null;
        while (more) {
            more = peer.ring.take() > 0;
        }
        return true;
    }

    SendOp op(int length) {
        SendOp op = freeOps.isEmpty() ? new SendOp() : freeOps.pop();
        op.length = length;
        return op;
    }

    void recycle(SendOp op) {
        op.clear();
        freeOps.push(op);
    }
}
