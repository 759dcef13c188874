package io.softpath.psm.engine;

import io.softpath.abi.packet.MessageHeader;
import io.softpath.abi.packet.PacketCrc;
import io.softpath.abi.psm.EndpointId;
import io.softpath.abi.psm.MqClass;
import io.softpath.abi.psm.PsmError;
import io.softpath.abi.psm.SubOpcode;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * A matched queue and the connections under it: sends and receives with tags go in, packets go in
 * and out, completed requests come out. {@link Matching} has the messages, a {@link Path} for each
 * peer brings them; here is what all paths share: the port, the time and the packets that come.
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

    /** Null if packets have no checksum. */
    private final PacketCrc crc;

    private final PacketHeader out = new PacketHeader();
    private final PacketHeader in = new PacketHeader();
    private final ArrayDeque<SendOp> freeOps = new ArrayDeque<>();
    private final ArrayList<Work> working = new ArrayList<>();
    private final DirectPort directPort;
    private final DirectSettings directSettings;

    private final Rings rings = new Rings();

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
        this.directSettings = directSettings;
        this.directPort = directPort;
        this.own = own;
        this.settings = settings;
        this.port = port;
        alarm = new Alarm(nowNs);
        requests = new Requests(settings.maxRequests(), alarm, thrown);
        matching = new Matching(settings, counters, requests);
        crc = settings.checksum() ? new PacketCrc(EngineSettings.MTU_BYTES.most()) : null;
        active = new ActiveMessageEngine(settings, counters, thrown);
        control = new ControlQueue(this);
        tidReceiver = new TidReceiver(this, settings, requests, matching, control, port.tids());
        tidSender = new TidSender(this, settings, requests, control);
        connections = new Connections(this, own, settings);
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
    long unexpectedBytes() {
        return matching.unexpectedBytes();
    }

    /** Windows that peers send to by TID, and messages that wait for some. */
    int tidWindows() {
        return tidReceiver.openWindows() + tidReceiver.waitingCount();
    }

    /** Requests that peers may refer to. */
    int referredCount() {
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
        counters.messagesSent++;
        counters.bytesSent += length;
        to.path.send(request, synchronous);
        return request;
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
        int records = rings.look(this);
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
        int records = rings.look(this);
        return requests.tell() + records;
    }

    /** Whether {@link #look} and {@link #progress} have nothing to do, but for the time. */
    public boolean isQuiet() {
        return rings.isQuiet() && !requests.hasToTell() && !isBusy();
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

    /**
     * Takes a packet from the wire.
     *
     * @param header its 56 bytes
     * @param payload what came with it, {@code length} bytes; with its checksum, if there is one
     */
    public void onPacket(
            MemorySegment header, long headerAt, MemorySegment payload, long offset, int length) {
        int bytes = crc == null ? length : crc.check(header, headerAt, payload, offset, length);
        if (bytes < 0) {
            counters.badChecksum++; // as if it had not come
        } else {
            take(header, headerAt, payload, offset, bytes);
        }
    }

    private void take(
            MemorySegment header, long headerAt, MemorySegment payload, long offset, int length) {
        in.read(header, headerAt);
        if (SubOpcode.isConnection(in.subOpcode)) {
            connections.onMessage(in, payload, offset, length, alarm.nowNs());
            return;
        }
        if (in.subOpcode == SubOpcode.ERR_CHK_BAD) {
            Peer stranger = connections.whoIsThere(in);
            if (stranger != null) {
                fail(stranger, PsmError.EPID_NETWORK_ERROR);
            }
            return;
        }
        Peer peer = connections.find(in);
        if (peer == null) {
            counters.strays++;
            if (in.subOpcode == SubOpcode.ERR_CHK) {
                connections.answerStranger(in, alarm.nowNs());
            }
            return;
        }
        if (peer.failure != null) {
            return;
        }
        peer.heard = true;
        if (carriesMessage(in.subOpcode)) {
            peer.packets.onPacket(in, payload, offset, length);
            return;
        }
        switch (in.subOpcode) {
            case SubOpcode.ACK -> {
                if (isOfTidFlow()) {
                    tidSender.onAck(peer, in);
                } else {
                    acknowledged(peer);
                }
            }
            case SubOpcode.NAK -> {
                if (isOfTidFlow()) {
                    tidSender.onNak(peer, in);
                } else {
                    goBack(peer);
                }
            }
            case SubOpcode.ERR_CHK -> asked(peer);
            case SubOpcode.ERR_CHK_GEN -> tidReceiver.onQuestion(peer, in);
            case SubOpcode.MQ_EXPTID -> onEmpty(peer, length);
            case SubOpcode.TIDS_GRANT -> tidSender.onGrant(peer, in, payload, offset, length);
            case SubOpcode.TIDS_GRANT_ACK -> tidReceiver.onGrantAck(peer, in);
            case SubOpcode.TIDS_RELEASE -> tidReceiver.onRelease(peer, in);
            case SubOpcode.TIDS_RELEASE_CONFIRM -> tidSender.onConfirm(peer, in);
            default -> counters.malformed++;
        }
    }

    private void acknowledged(Peer peer) {
        Flow flow = flowOf(peer);
        if (flow != null) {
            flow.acknowledged(in.ackSeq);
        }
    }

    private void goBack(Peer peer) {
        Flow flow = flowOf(peer);
        if (flow != null) {
            flow.goBack(in.ackSeq);
        }
    }

    private void asked(Peer peer) {
        Flow flow = flowOf(peer);
        if (flow != null) {
            flow.asked(in.psn);
        }
    }

    /** The flow that a packet is about; null, and counted, if there is none. */
    private Flow flowOf(Peer peer) {
        Flow flow = peer.packets.flowOf(in.flowId);
        if (flow == null) {
            counters.malformed++;
        }
        return flow;
    }

    private static boolean carriesMessage(int subOpcode) {
        return subOpcode == SubOpcode.MQ_HDR
                || subOpcode == SubOpcode.MQ_CTRL
                || subOpcode == SubOpcode.MQ_EXPTID_UNALIGNED
                || SubOpcode.isActiveMessage(subOpcode);
    }

    /** The only packet of a window without TIDs is an eager one without a payload. */
    private void onEmpty(Peer peer, int length) {
        if (length == 0) {
            tidReceiver.onData(peer, in, 0, false);
        } else {
            counters.malformed++;
        }
    }

    private boolean isOfTidFlow() {
        return (in.flowId & MessageHeader.FLOWID_TID_FLOW) != 0;
    }

    /**
     * Takes the header of an expected packet, whose payload the chip has placed.
     *
     * @param length bytes of the payload
     * @param bad the chip has found something wrong, and most likely written nothing
     */
    public void onExpected(MemorySegment header, long headerAt, int length, boolean bad) {
        in.read(header, headerAt);
        Peer peer = connections.find(in);
        if (peer == null) {
            counters.strays++;
        } else if (peer.failure == null) {
            peer.heard = true;
            if (bad || in.subOpcode == SubOpcode.MQ_EXPTID) {
                tidReceiver.onData(peer, in, length, bad);
            } else {
                counters.malformed++;
            }
        }
    }

    /**
     * The chip has dropped the payload of a packet, whose header is all right: there was no room.
     */
    public void onOverflow(MemorySegment header, long headerAt) {
        if (crc != null) {
            return; // nobody knows whether the header is all right
        }
        in.read(header, headerAt);
        Peer peer = connections.find(in);
        if (peer != null && peer.failure == null && carriesMessage(in.subOpcode)) {
            peer.packets.onOverflow(in);
        }
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
        peer.packets.abandon();
        tidReceiver.abandon(peer);
        tidSender.abandon(peer);
        unlink(peer);
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

    /** Shares memory with a peer, if we want to and it is of this host. */
    void link(Peer peer) {
        if (!directSettings.direct() || peer.ring != null) {
            return;
        }
        DirectLink link = directPort.open(peer.id);
        if (link == null) {
            peer.whyNotDirect = directPort.refusal();
        } else {
            RingPath path =
                    new RingPath(peer, link, this, directPort, directSettings, requests, matching);
            peer.ring = new RingReader(peer, link, path, counters, requests, matching);
            rings.add(peer.ring);
        }
    }

    /** The peer has told us who it is: reads what it writes. */
    void listen(Peer peer, int runId) {
        if (peer.ring != null) {
            peer.ring.link().listenTo(runId);
        }
    }

    /**
     * The way to a peer is open: chooses how messages go.
     *
     * @return false if it cannot be reached by any of the ways that we want
     */
    boolean choosePath(Peer peer) {
        if (peer.ring != null && peer.ring.link().isListenedTo(settings.runId())) {
            peer.path = peer.ring.path();
            return true;
        }
        return directSettings.chip();
    }

    /** Shares memory with a peer no longer. */
    void unlink(Peer peer) {
        if (peer.ring != null) {
            peer.ring.link().listenToNobody();
            peer.ring.path().abandon();
            rings.remove(peer.ring);
            peer.ring = null;
            peer.path = peer.packets;
        }
    }

    DirectSettings ways() {
        return directSettings;
    }

    void hasWork(Work work) {
        if (!work.listed) {
            work.listed = true;
            working.add(work);
        }
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
        if (!port.isGone(peer.route)) {
            return false;
        }
        boolean more = peer.ring != null;
        while (more) {
            more = peer.ring.take() > 0;
        }
        return true;
    }

    int route(EndpointId to) {
        return port.route(to);
    }

    /** A header to fill in for the next packet; all else in it is 0. */
    PacketHeader header() {
        out.clear();
        return out;
    }

    boolean send(Peer to, PacketHeader header, MemorySegment payload, long offset, int length) {
        return send(to.route, header, payload, offset, length);
    }

    boolean send(int route, PacketHeader header, MemorySegment payload, long offset, int length) {
        if (!port.send(route, header, payload, offset, length)) {
            counters.noBuffer++;
            return false;
        }
        counters.packetsSent++;
        return true;
    }

    /** Whether the chip can send these bytes by itself, in packets of so many each. */
    boolean gathers(MemorySegment buffer, long offset, int length, int packetBytes) {
        return port.gathers(buffer, offset, length, packetBytes);
    }

    /** Has the chip make the packets of a window's run, which it {@link #gathers}. */
    boolean gather(PacketHeader header, TidSend window) {
        boolean sent =
                port.gather(
                        window.peer.route,
                        header,
                        window.tids(),
                        window.runTid(),
                        window.runTids(),
                        window.interval(),
                        window.request.buffer,
                        window.at(),
                        window.runBytes());
        if (sent) {
            counters.gathers++;
            counters.packetsSent += window.runPackets();
        } else {
            counters.noBuffer++;
        }
        return sent;
    }

    /** Who asks, for an ERR_CHK: PSM tells the host's address and the process, we the run. */
    long errChkData() {
        return MqClass.pair(0, Integer.reverseBytes(settings.runId()));
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
