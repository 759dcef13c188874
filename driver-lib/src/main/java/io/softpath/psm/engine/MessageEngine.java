package io.softpath.psm.engine;

import io.softpath.abi.psm.EndpointId;
import io.softpath.abi.psm.MqClass;
import io.softpath.abi.psm.PsmError;
import io.softpath.abi.psm.SubOpcode;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * A matched queue and the connections under it: sends and receives with tags go in, packets go in
 * and out, completed requests come out.
 *
 * <p>Messages from one peer match in the order in which they were sent. A receive takes the first
 * message that matches, in the order in which they came; a message takes the first receive that
 * takes it, in the order in which they were posted. Source: psm, psm_mq.c and ips_proto_mq.c.
 */
public final class MessageEngine {
    private static final ValueLayout.OfLong LE64 =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final int RTS_INDEX_LIMIT = 1 << 20;

    /** A peer that we wait for and hear nothing of for so long may be dead. */
    private static final long QUIET_NS = 250_000_000;

    private final EndpointId own;
    private final EngineSettings settings;
    private final PacketPort port;
    private final EngineCounters counters = new EngineCounters();
    private final Connections connections;
    private final PacketHeader out = new PacketHeader();
    private final PacketHeader in = new PacketHeader();

    private final MatchList<Request> posted = new MatchList<>(Request.class);
    private final MatchList<Unexpected> unexpected = new MatchList<>(Unexpected.class);
    private final RequestTable referred = new RequestTable(RTS_INDEX_LIMIT);
    private final ArrayDeque<Request> freeRequests = new ArrayDeque<>();
    private final ArrayDeque<SendOp> freeOps = new ArrayDeque<>();

    /** Complete requests whose owner wants to be called. */
    private final ArrayDeque<Request> toTell = new ArrayDeque<>();

    private final ArrayList<Flow> working = new ArrayList<>();
    private final MemorySegment tiny = Arena.ofAuto().allocate(Long.BYTES, Long.BYTES);

    private int requests;

    /** Requests completed since somebody was told so. */
    private int finished;

    private long unexpectedBytes;
    private long nowNs;
    private long wakeNs = Long.MAX_VALUE;

    /**
     * @param own the id of this endpoint
     * @param nowNs the time, on the clock that {@link #progress} is told of
     */
    public MessageEngine(EndpointId own, EngineSettings settings, PacketPort port, long nowNs) {
        this.own = own;
        this.settings = settings;
        this.port = port;
        this.nowNs = nowNs;
        connections = new Connections(this, own, settings);
    }

    public EndpointId own() {
        return own;
    }

    public EngineCounters counters() {
        return counters;
    }

    public Connections connections() {
        return connections;
    }

    /** Requests that are not released. */
    public int requestsInUse() {
        return requests;
    }

    /** Whether all that was sent to a peer has arrived, and nothing is under way with it. */
    public boolean isIdle(Peer peer) {
        return peer.failure != null || peer.flow.isIdle() && peer.running.size() == 0;
    }

    /** Messages that nobody has asked for yet. */
    public int unexpectedCount() {
        return unexpected.size();
    }

    /** Bytes of such messages that are kept here. */
    long unexpectedBytes() {
        return unexpectedBytes;
    }

    /** Requests that peers may refer to. */
    int referredCount() {
        return referred.size();
    }

    /** Takes back all receives that have not matched. */
    public void cancelAll() {
        Request request = posted.first();
        while (request != null) {
            cancel(request);
            request = posted.first();
        }
    }

    public int postedCount() {
        return posted.size();
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
        checkBuffer(buffer, offset, length);
        Request request = take(tag, buffer, offset, length, completion, context);
        request.isSend = true;
        request.state = Request.RUNS;
        request.peer = to;
        runs(to, request);
        request.messageLength = length;
        request.wanted = length;
        counters.messagesSent++;
        counters.bytesSent += length;
        if (to.id.equals(own)) {
            sendToSelf(to, request, synchronous);
            return request;
        }
        if (synchronous || length > settings.rendezvousBytes()) {
            rendezvous(to, request);
            return request;
        }
        SendOp op = op(length);
        op.data0 = tag;
        op.buffer = buffer;
        op.offset = offset;
        op.request = request;
        if (length <= MqClass.TINY_BYTES) {
            op.mqClass = MqClass.TINY;
            op.data1 = load(buffer, offset, length);
            to.flow.add(op);
            complete(request, PsmError.OK);
        } else if (length <= to.fragmentBytes) {
            op.mqClass = MqClass.SHORT;
            to.flow.add(op);
        } else {
            op.mqClass = MqClass.LONG;
            op.data1 = MqClass.pair(to.nextLongId++, length);
            to.flow.add(op);
        }
        to.flow.transmit();
        return request;
    }

    private void sendToSelf(Peer self, Request request, boolean synchronous) {
        Request receive = posted.forMessage(request.tag);
        if (receive != null) {
            posted.remove(receive);
            begin(receive, self, request.tag, request.length);
            hand(request, receive);
            return;
        }
        Unexpected message = new Unexpected();
        message.peer = self;
        message.tag = request.tag;
        message.messageLength = request.length;
        unexpected.append(message);
        counters.unexpected++;
        if (synchronous
                || request.length > settings.rendezvousBytes()
                || unexpectedBytes + request.length > settings.maxUnexpectedBytes()) {
            message.local = request;
            return;
        }
        message.done = request.length;
        if (request.length != 0) {
            message.buffer = MemorySegment.ofArray(new byte[request.length]);
            unexpectedBytes += request.length;
            MemorySegment.copy(request.buffer, request.offset, message.buffer, 0, request.length);
        }
        complete(request, PsmError.OK);
    }

    /** A send and a receive of ours have met. */
    private void hand(Request send, Request receive) {
        if (send.length == 0) {
            received(receive);
        } else {
            store(receive, 0, send.buffer, send.offset, send.length);
        }
        complete(send, PsmError.OK);
    }

    private void rendezvous(Peer to, Request request) {
        referred.add(request);
        SendOp op = op(0);
        op.mqClass = MqClass.RTS_EGR;
        op.data0 = request.tag;
        op.data1 = MqClass.pair(request.index, request.length);
        to.flow.add(op);
        to.flow.transmit();
    }

    private static long load(MemorySegment buffer, long offset, int length) {
        long value = 0;
        for (int i = 0; i < length; i++) {
            value |= (buffer.get(ValueLayout.JAVA_BYTE, offset + i) & 0xFFL) << i * Byte.SIZE;
        }
        return value;
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
        checkBuffer(buffer, offset, length);
        Request request = take(tag, buffer, offset, length, completion, context);
        request.isSend = false;
        request.selector = selector;
        Unexpected message = unexpected.forReceive(tag, selector);
        if (message == null) {
            request.state = Request.WAITS;
            posted.append(request);
            return request;
        }
        unexpected.remove(message);
        begin(request, message.peer, message.tag, message.messageLength);
        if (message.local != null) {
            hand(message.local, request);
            return request;
        }
        boolean all = message.remoteRequest < 0 && message.done >= message.messageLength;
        if (!all && message.peer.failure != null) {
            forget(message);
            complete(request, message.peer.failure);
            return request;
        }
        if (message.remoteRequest >= 0) {
            askForData(request, message.remoteRequest);
            return request;
        }
        int kept = Math.min(message.done, length);
        if (message.buffer != null) {
            MemorySegment.copy(message.buffer, 0, buffer, offset, kept);
        }
        forget(message);
        request.done = message.done;
        if (all) {
            received(request);
        } else {
            request.messageId = message.messageId;
            message.peer.longs.set(message.peer.longs.indexOf(message), request);
        }
        return request;
    }

    private void forget(Unexpected message) {
        if (message.buffer != null) {
            message.buffer = null;
            unexpectedBytes -= message.messageLength;
        }
    }

    /** Bytes of the first message that such a receive would take; -1 if none is there. */
    public int probe(long tag, long selector) {
        Unexpected message = unexpected.forReceive(tag, selector);
        return message == null ? -1 : message.messageLength;
    }

    /** The tag of the message that {@link #probe} found. */
    public long probedTag(long tag, long selector) {
        Unexpected message = unexpected.forReceive(tag, selector);
        if (message == null) {
            throw new IllegalStateException("psm: no message matches, probe first");
        }
        return message.tag;
    }

    /**
     * Takes back a receive that has not matched. It is then released.
     *
     * @return false if it has matched: it will be complete
     */
    public boolean cancel(Request request) {
        if (request.state != Request.WAITS) {
            return false;
        }
        posted.remove(request);
        release(request);
        return true;
    }

    /** Gives back a request that is complete or cancelled; it is another one then. */
    public void release(Request request) {
        if (request.state == Request.FREE || request.state == Request.RUNS) {
            throw new IllegalStateException(
                    "psm: request is "
                            + (request.state == Request.FREE ? "released already" : "under way"));
        }
        if (request.completion != null) {
            toTell.remove(request); // its owner knows already
        }
        request.state = Request.FREE;
        request.buffer = null;
        request.peer = null;
        request.context = null;
        request.completion = null;
        requests--;
        freeRequests.push(request);
    }

    private Request take(
            long tag,
            MemorySegment buffer,
            long offset,
            int length,
            Request.Completion completion,
            Object context) {
        if (requests == settings.maxRequests()) {
            throw new IllegalStateException(
                    "psm: requests="
                            + requests
                            + " are under way, maximum="
                            + settings.maxRequests()
                            + "; wait for some of them");
        }
        requests++;
        Request request = freeRequests.isEmpty() ? new Request() : freeRequests.pop();
        request.tag = tag;
        request.selector = -1;
        request.buffer = buffer;
        request.offset = offset;
        request.length = length;
        request.done = 0;
        request.messageLength = 0;
        request.wanted = 0;
        request.error = PsmError.MQ_INCOMPLETE;
        request.completion = completion;
        request.context = context;
        return request;
    }

    private static void checkBuffer(MemorySegment buffer, long offset, int length) {
        if (length < 0 || offset < 0 || offset > buffer.byteSize() - length) {
            throw new IndexOutOfBoundsException(
                    "psm: offset="
                            + offset
                            + " length="
                            + length
                            + " is not inside the buffer, bytes="
                            + buffer.byteSize());
        }
    }

    // Time and packets.

    /**
     * Does what is to be done: sends what can be sent, asks peers that have not answered, completes
     * requests.
     *
     * @return how many requests were completed
     */
    public int progress(long newNowNs) {
        nowNs = newNowNs;
        if (nowNs - wakeNs >= 0) {
            wakeNs = Long.MAX_VALUE;
            checkTime();
        }
        for (int i = working.size() - 1; i >= 0; i--) {
            Flow flow = working.get(i);
            if (flow.flush(nowNs)) {
                flow.listed = false;
                int last = working.size() - 1;
                working.set(i, working.get(last));
                working.remove(last);
            }
        }
        return tellCompleted();
    }

    private void checkTime() {
        List<Peer> peers = connections.peers();
        for (int i = 0; i < peers.size(); i++) {
            Peer peer = peers.get(i);
            if (peer != null && peer.failure == null) {
                wakeAt(peer.flow.checkTime(nowNs));
                checkQuiet(peer);
            }
        }
        wakeAt(connections.checkTime(nowNs));
    }

    /** We may wait for data, or for a receive, with nothing of ours to be acknowledged. */
    private void checkQuiet(Peer peer) {
        if (peer.running.size() == 0) {
            return;
        }
        if (nowNs - peer.lookNs >= 0) {
            if (!peer.heard && isGone(peer)) {
                fail(peer, PsmError.EPID_NETWORK_ERROR);
                return;
            }
            peer.heard = false;
            peer.lookNs = nowNs + QUIET_NS;
        }
        wakeAt(peer.lookNs);
    }

    /** When {@link #progress} has something to do even if nothing comes, or MAX_VALUE. */
    public long wakeNs() {
        return working.isEmpty() ? wakeNs : nowNs;
    }

    private int tellCompleted() {
        while (!toTell.isEmpty()) {
            Request request = toTell.poll();
            if (!request.completion.onComplete(request)) {
                release(request);
            }
        }
        int done = finished;
        finished = 0;
        return done;
    }

    /**
     * Takes a packet from the wire.
     *
     * @param header its 56 bytes
     * @param payload what came with it, {@code length} bytes
     */
    public void onPacket(
            MemorySegment header, long headerAt, MemorySegment payload, long offset, int length) {
        in.read(header, headerAt);
        if (SubOpcode.isConnection(in.subOpcode)) {
            connections.onMessage(in, payload, offset, length, nowNs);
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
                connections.answerStranger(in, nowNs);
            }
            return;
        }
        if (peer.failure != null) {
            return;
        }
        peer.heard = true;
        switch (in.subOpcode) {
            case SubOpcode.MQ_HDR, SubOpcode.MQ_CTRL ->
                    onMessagePacket(peer, payload, offset, length);
            case SubOpcode.ACK -> peer.flow.acknowledged(in.ackSeq);
            case SubOpcode.NAK -> peer.flow.goBack(in.ackSeq);
            case SubOpcode.ERR_CHK -> peer.flow.asked(in.psn);
            default -> counters.malformed++;
        }
    }

    /**
     * The chip has dropped the payload of a packet, whose header is all right: there was no room.
     */
    public void onOverflow(MemorySegment header, long headerAt) {
        in.read(header, headerAt);
        Peer peer = connections.find(in);
        if (peer != null
                && peer.failure == null
                && (in.subOpcode == SubOpcode.MQ_HDR || in.subOpcode == SubOpcode.MQ_CTRL)) {
            if (peer.flow.isNext(in.psn)) {
                peer.flow.missing();
            }
            peer.flow.acknowledged(in.ackSeq);
        }
    }

    private void onMessagePacket(Peer peer, MemorySegment payload, long offset, int length) {
        if (peer.flow.isNext(in.psn)) {
            if (accept(peer, payload, offset, length)) {
                peer.flow.took(in.flags);
            } else {
                counters.noMemory++; // as if it had not come; the sender will ask
            }
        }
        peer.flow.acknowledged(in.ackSeq);
    }

    /**
     * Takes the next packet of a peer.
     *
     * @return false if there is no memory for it now
     */
    private boolean accept(Peer peer, MemorySegment payload, long offset, int length) {
        int mqClass = MqClass.of(in.mqHdr);
        int number = MqClass.first(in.data1);
        int size = MqClass.second(in.data1);
        switch (mqClass) {
            case MqClass.TINY -> {
                if (in.hdrDlen > MqClass.TINY_BYTES) {
                    counters.malformed++;
                    return true;
                }
                tiny.set(LE64, 0, in.data1);
                return envelope(peer, in.data0, in.hdrDlen, 0, tiny, 0, in.hdrDlen);
            }
            case MqClass.SHORT -> {
                int bytes = length - in.hdrDlen;
                if (bytes < 0) {
                    counters.malformed++;
                    return true;
                }
                return envelope(peer, in.data0, bytes, 0, payload, offset, bytes);
            }
            case MqClass.LONG -> {
                if (size < length || length == 0) {
                    counters.malformed++;
                    return true;
                }
                return envelope(peer, in.data0, size, number, payload, offset, length);
            }
            case MqClass.DATA, MqClass.DATA_BLK -> {
                more(peer, number, size, payload, offset, length);
                return true;
            }
            case MqClass.RTS, MqClass.RTS_EGR, MqClass.RTS_WAIT -> {
                return readyToSend(peer, in.data0, number, size);
            }
            case MqClass.CTS_EGR -> {
                sendData(peer, MqClass.first(in.data0), MqClass.second(in.data0), number);
                return true;
            }
            case MqClass.DATA_REQ, MqClass.DATA_REQ_BLK -> {
                Request request = referred.get(number);
                if (request == null || request.isSend || request.peer != peer) {
                    counters.malformed++;
                } else {
                    store(request, size, payload, offset, length);
                }
                return true;
            }
            default -> {
                counters.malformed++;
                return true;
            }
        }
    }

    /** The beginning of a message, or all of it. */
    private boolean envelope(
            Peer peer,
            long tag,
            int messageLength,
            int messageId,
            MemorySegment bytes,
            long offset,
            int length) {
        Request request = posted.forMessage(tag);
        if (request != null) {
            posted.remove(request);
            begin(request, peer, tag, messageLength);
            request.messageId = messageId;
            if (length != messageLength) {
                peer.longs.add(request);
            }
            store(request, 0, bytes, offset, length);
            if (messageLength == 0) {
                received(request);
            }
        } else {
            if (unexpected.size() == settings.maxRequests()
                    || unexpectedBytes + messageLength > settings.maxUnexpectedBytes()) {
                return false;
            }
            Unexpected message = new Unexpected();
            message.peer = peer;
            message.tag = tag;
            message.messageLength = messageLength;
            message.messageId = messageId;
            message.done = length;
            if (messageLength != 0) {
                message.buffer = MemorySegment.ofArray(new byte[messageLength]);
                unexpectedBytes += messageLength;
                MemorySegment.copy(bytes, offset, message.buffer, 0, length);
            }
            unexpected.append(message);
            counters.unexpected++;
            if (length != messageLength) {
                peer.longs.add(message);
            }
        }
        messageBegan(peer);
        return true;
    }

    private void messageBegan(Peer peer) {
        peer.expectedMessage = peer.expectedMessage + 1 & 0xFFFF;
    }

    /** More of a long message. */
    private void more(Peer peer, int id, int at, MemorySegment bytes, long offset, int length) {
        List<Matchable> longs = peer.longs;
        for (int i = 0; i < longs.size(); i++) {
            Matchable each = longs.get(i);
            if (each instanceof Request request && request.messageId == id) {
                store(request, at, bytes, offset, length);
                if (request.state == Request.COMPLETE) {
                    longs.remove(i);
                }
                return;
            }
            if (each instanceof Unexpected message && message.messageId == id) {
                if (at < 0 || at > message.messageLength - length) {
                    counters.malformed++;
                    return;
                }
                MemorySegment.copy(bytes, offset, message.buffer, at, length);
                // Pieces that overlap are more than the message, and there is no more of it.
                message.done = Math.min(message.done + length, message.messageLength);
                if (message.done >= message.messageLength) {
                    longs.remove(i);
                }
                return;
            }
        }
        counters.malformed++;
    }

    private void runs(Peer peer, Request request) {
        if (peer.running.size() == 0) {
            peer.lookNs = nowNs + QUIET_NS;
            wakeAt(peer.lookNs);
        }
        peer.running.append(request);
    }

    /** A receive has its message. */
    private void begin(Request request, Peer peer, long tag, int messageLength) {
        request.state = Request.RUNS;
        request.peer = peer;
        runs(peer, request);
        request.tag = tag;
        request.messageLength = messageLength;
        request.wanted = messageLength;
    }

    /** Bytes of the message of a receive, as far as there is room. */
    private void store(Request request, int at, MemorySegment bytes, long offset, int length) {
        if (at < 0 || at > request.messageLength - length || request.done + length < 0) {
            counters.malformed++;
            return;
        }
        int room = Math.min(length, request.length - at);
        if (room > 0) {
            MemorySegment.copy(bytes, offset, request.buffer, request.offset + at, room);
        }
        request.done += length;
        if (request.done >= request.wanted && request.state == Request.RUNS && length != 0) {
            received(request);
        }
    }

    private void received(Request request) {
        counters.messagesReceived++;
        counters.bytesReceived += request.bytes();
        complete(
                request,
                request.messageLength > request.length ? PsmError.MQ_TRUNCATION : PsmError.OK);
    }

    private boolean readyToSend(Peer peer, long tag, int remoteRequest, int messageLength) {
        if (messageLength < 0 || remoteRequest < 0) {
            counters.malformed++;
            return true;
        }
        Request request = posted.forMessage(tag);
        if (request != null) {
            posted.remove(request);
            begin(request, peer, tag, messageLength);
            askForData(request, remoteRequest);
        } else {
            if (unexpected.size() == settings.maxRequests()) {
                return false;
            }
            Unexpected message = new Unexpected();
            message.peer = peer;
            message.tag = tag;
            message.messageLength = messageLength;
            message.remoteRequest = remoteRequest;
            unexpected.append(message);
            counters.unexpected++;
        }
        messageBegan(peer);
        return true;
    }

    /** Has the sender of a message that waits there send as much of it as is wanted. */
    private void askForData(Request request, int remoteRequest) {
        request.wanted = Math.min(request.messageLength, request.length);
        referred.add(request);
        SendOp op = op(0);
        op.mqClass = MqClass.CTS_EGR;
        op.data0 = MqClass.pair(remoteRequest, request.index);
        op.data1 = MqClass.pair(request.wanted, 0);
        request.peer.flow.add(op);
        if (request.wanted == 0) {
            received(request);
        }
    }

    /** The receiver has matched and wants so many bytes. */
    private void sendData(Peer peer, int index, int remoteRequest, int wanted) {
        Request request = referred.get(index);
        if (request == null
                || !request.isSend
                || request.peer != peer
                || wanted < 0
                || wanted > request.length) {
            counters.malformed++;
            return;
        }
        referred.remove(request);
        request.wanted = wanted;
        if (wanted == 0) {
            complete(request, PsmError.OK);
            return;
        }
        SendOp op = op(wanted);
        op.mqClass = MqClass.DATA_REQ;
        op.request = request;
        op.buffer = request.buffer;
        op.offset = request.offset;
        op.data1 = MqClass.pair(remoteRequest, 0);
        peer.flow.add(op);
    }

    // What flows tell.

    /** Bytes of a send have arrived at the peer. */
    void arrived(Request request, int bytes) {
        request.done += bytes;
        if (request.done == request.wanted) {
            complete(request, PsmError.OK);
        }
    }

    private void complete(Request request, PsmError error) {
        if (request.index >= 0) {
            referred.remove(request);
        }
        request.peer.running.remove(request);
        request.state = Request.COMPLETE;
        request.error = error;
        finished++;
        if (request.completion != null) {
            toTell.add(request);
        }
    }

    /** The peer is gone: whatever was under way with it ends with this error. */
    void fail(Peer peer, PsmError error) {
        if (peer.failure != null) {
            return;
        }
        peer.failure = error;
        peer.outcome = error;
        peer.flow.abandon();
        peer.longs.clear();
        Request request = peer.running.first();
        while (request != null) {
            complete(request, error);
            request = peer.running.first();
        }
    }

    void hasWork(Flow flow) {
        if (!flow.listed) {
            flow.listed = true;
            working.add(flow);
        }
    }

    void wakeAt(long timeNs) {
        if (timeNs != Long.MAX_VALUE && (wakeNs == Long.MAX_VALUE || timeNs - wakeNs < 0)) {
            wakeNs = timeNs;
        }
    }

    boolean isGone(Peer peer) {
        return port.isGone(peer.route);
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

    /** Who asks, for an ERR_CHK: PSM tells the host's address and the process, we the run. */
    long errChkData() {
        return MqClass.pair(0, Integer.reverseBytes(settings.runId()));
    }

    private SendOp op(int length) {
        SendOp op = freeOps.isEmpty() ? new SendOp() : freeOps.pop();
        op.length = length;
        return op;
    }

    void recycle(SendOp op) {
        op.clear();
        freeOps.push(op);
    }
}
