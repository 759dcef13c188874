package io.softpath.psm.engine;

import io.softpath.abi.psm.ConnectMessage;
import io.softpath.abi.psm.EndpointId;
import io.softpath.abi.psm.PsmError;
import io.softpath.abi.psm.SubOpcode;
import io.softpath.fault.FaultPoint;
import io.softpath.fault.Faults;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * The peers of an endpoint, and how they come and go. Each side asks the other: a connection is two
 * half ones. Requests and replies go outside the flows and may be lost; who asked asks again, after
 * 2, 4, 8 ms and so on, at most every 100. Source: psm, ips_proto_connect.c.
 */
public final class Connections {
    private static final long NS_PER_MS = 1_000_000;
    private static final long FIRST_INTERVAL_NS = 2 * NS_PER_MS;
    private static final long LONGEST_INTERVAL_NS = 100 * NS_PER_MS;

    /** In so long, PSM's library asks twice at least. Source: psm, ips_proto_disconnect. */
    private static final long ASKS_TO_PART_NS = 250 * NS_PER_MS;

    /** One stranger in so long is told that it is one. */
    private static final long BETWEEN_STRANGERS_NS = 10 * NS_PER_MS;

    /** So many answers of another process than we know, and it has the place of that one. */
    private static final int OTHER_ANSWERS = 3;

    private final MessageEngine engine;
    private final Outlet outlet;
    private final EndpointId own;
    private final EngineSettings settings;
    private final Rings rings;
    private final PeerTable table;
    private final ConnectPost post;

    /** How many connections there ever were: each has another number, and later ones greater. */
    private int connections;

    /** Whether a process of PSM's library has ever parted from us, and when one last did. */
    private boolean hasLetGo;

    private long letGoNs;

    private long nextStrangerNs;
    private boolean strangerSeen;

    Connections(MessageEngine engine, EndpointId own, EngineSettings settings, Rings rings) {
        this.engine = engine;
        outlet = engine.outlet();
        this.own = own;
        this.settings = settings;
        this.rings = rings;
        table = new PeerTable(engine, settings);
        post = new ConnectPost(outlet, own, settings);
    }

    /** All that there ever were; some places are null. */
    List<Peer> peers() {
        return table.all();
    }

    /** Those that messages can be sent to. */
    public List<Peer> connected() {
        List<Peer> all = new ArrayList<>();
        for (Peer peer : table.all()) {
            if (peer != null && peer.isConnected()) {
                all.add(peer);
            }
        }
        return all;
    }

    /** Whether everybody who has connected to us has parted from us, or is gone. */
    public boolean allHaveParted() {
        for (Peer peer : table.all()) {
            if (peer != null && peer.failure == null && peer.from == Peer.Way.ESTABLISHED) {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether a process of PSM's library has parted just now: should it not hear the answer, it
     * asks again, and cannot know that we have gone.
     */
    public boolean mayBeAskedToPart(long nowNs) {
        return hasLetGo && nowNs - letGoNs < ASKS_TO_PART_NS;
    }

    /** Who sent this packet, if its sender is who its index says; else null. */
    Peer find(PacketHeader header) {
        return table.find(header);
    }

    /** Whoever is where this packet comes from, by whatever index it calls us; null if nobody. */
    Peer whoIsThere(PacketHeader header) {
        return table.whoIsThere(header);
    }

    /** The peer of that place, or null. */
    public Peer at(EndpointId id) {
        return table.at(id);
    }

    // Asking.

    /**
     * Begins to connect to an endpoint. Whether it has come to something {@link #isSettled} and
     * {@link Peer#isConnected} tell.
     *
     * @return the peer; connected already, if it was
     */
    public Peer connect(EndpointId id, long nowNs) {
        if (id.equals(own)) {
            return self();
        }
        Peer peer = alive(id, at(id));
        if (peer == null) {
            throw new IllegalStateException(
                    "psm: peers=" + table.all().size() + " are connected, that is the maximum");
        }
        if (peer.to == Peer.Way.ESTABLISHED) {
            return peer;
        }
        rings.link(peer);
        if (peer.to != Peer.Way.WAITING) {
            peer.connection = ++connections;
        }
        peer.to = Peer.Way.WAITING;
        peer.outcome = PsmError.OK;
        peer.askIntervalNs = FIRST_INTERVAL_NS;
        peer.askAgainNs = nowNs;
        ask(peer, nowNs);
        return peer;
    }

    /** Who is known there, or somebody new; null if there are as many as there can be. */
    private Peer alive(EndpointId id, Peer known) {
        if (known == null) {
            return table.create(id);
        }
        return known.failure == null ? known : table.replace(known);
    }

    /** We ourselves: no packet is needed. Source: psm, ptl_self. */
    private Peer self() {
        Peer self = at(own);
        if (self == null) {
            self = table.create(own);
            self.host = settings.host();
        }
        boolean can = rings.ways().self();
        self.to = can ? Peer.Way.ESTABLISHED : Peer.Way.NONE;
        self.outcome = can ? PsmError.OK : PsmError.EPID_UNREACHABLE;
        return self;
    }

    /** Begins to part from a peer: it is asked, again and again, until it has answered. */
    public void disconnect(Peer peer, long nowNs) {
        if (peer.to != Peer.Way.ESTABLISHED || peer.failure != null || peer.id.equals(own)) {
            peer.to = Peer.Way.NONE;
            return;
        }
        peer.to = Peer.Way.PARTING;
        peer.askIntervalNs = FIRST_INTERVAL_NS;
        peer.askAgainNs = nowNs;
        ask(peer, nowNs);
    }

    /** Whether nothing is awaited from it any more: it has answered, or failed, or was given up. */
    public boolean isSettled(Peer peer) {
        return peer.to != Peer.Way.WAITING && peer.to != Peer.Way.PARTING || peer.failure != null;
    }

    /**
     * Whether nothing is between us any more: each side has parted from the other, or it failed.
     */
    public boolean isApart(Peer peer) {
        return peer.failure != null || peer.to == Peer.Way.NONE && peer.from == Peer.Way.NONE;
    }

    private static boolean isRenewed(Peer peer) {
        return peer.renews && peer.to == Peer.Way.ESTABLISHED && peer.failure == null;
    }

    /** What the last connect or disconnect has come to. */
    public PsmError outcome(Peer peer) {
        return peer.outcome;
    }

    /** Asks no longer. */
    public void giveUp(Peer peer, PsmError outcome) {
        if (!isSettled(peer)) {
            peer.to = Peer.Way.NONE;
            peer.outcome = outcome;
            parted(peer);
        }
    }

    /** It does not answer our parting, and is no more; who waits for a peer to come waits on. */
    private boolean hasLeft(Peer peer) {
        return peer.to == Peer.Way.PARTING
                && peer.askIntervalNs == LONGEST_INTERVAL_NS
                && engine.isGone(peer);
    }

    private void ask(Peer peer, long nowNs) {
        int opcode =
                peer.to == Peer.Way.PARTING
                        ? SubOpcode.DISCONNECT_REQUEST
                        : SubOpcode.CONNECT_REQUEST;
        boolean asked = post.ask(peer, opcode);
        Faults.at(
                peer.to == Peer.Way.PARTING
                        ? FaultPoint.DISCONNECT_ASKED
                        : FaultPoint.CONNECT_ASKED);
        peer.askAgainNs = nowNs + (asked ? peer.askIntervalNs : FIRST_INTERVAL_NS);
        if (asked) {
            peer.askIntervalNs = Math.min(2 * peer.askIntervalNs, LONGEST_INTERVAL_NS);
        }
        engine.wakeAt(peer.askAgainNs);
    }

    /** Asks again where it is time to; says when to look again. */
    long checkTime(long nowNs) {
        long next = Long.MAX_VALUE;
        for (int i = 0; i < table.all().size(); i++) {
            Peer peer = table.all().get(i);
            if (peer == null || isSettled(peer) && !isRenewed(peer)) {
                continue;
            }
            if (nowNs - peer.askAgainNs >= 0) {
                if (hasLeft(peer)) {
                    engine.fail(peer, PsmError.EPID_NETWORK_ERROR);
                    continue;
                }
                ask(peer, nowNs);
            }
            if (next == Long.MAX_VALUE || peer.askAgainNs - next < 0) {
                next = peer.askAgainNs;
            }
        }
        return next;
    }

    // Being asked.

    void onMessage(
            PacketHeader header, MemorySegment payload, long offset, int length, long nowNs) {
        ConnectMessage message = ConnectMessage.read(header.subOpcode, payload, offset, length);
        EndpointId id = message == null ? null : post.sender(header, message);
        if (id == null) {
            engine.counters().malformed++;
            return;
        }
        Peer peer = at(id);
        switch (header.subOpcode) {
            case SubOpcode.CONNECT_REQUEST -> onConnectRequest(id, peer, message);
            case SubOpcode.CONNECT_REPLY -> onConnectReply(peer, message);
            case SubOpcode.DISCONNECT_REQUEST -> onDisconnectRequest(id, peer, message);
            default -> onDisconnectReply(peer, message);
        }
    }

    private void onConnectRequest(EndpointId id, Peer known, ConnectMessage message) {
        boolean sameJob = message.job().equals(settings.job());
        if (known != null && !isTimely(known, message, sameJob)) {
            return;
        }
        PsmError result = post.judge(message, sameJob);
        if (result != PsmError.OK) {
            int route = known == null ? outlet.route(id) : known.route;
            post.answer(route, message, SubOpcode.CONNECT_REPLY, result, 0, message.index());
            return;
        }
        Peer peer = alive(id, known);
        if (peer == null) {
            return;
        }
        boolean anew = peer.from != Peer.Way.ESTABLISHED || peer.arrivals.isAnother(message);
        peer.arrivals.connected(message);
        if (anew) {
            learn(peer, message);
            peer.is(message.runId());
            peer.from = Peer.Way.ESTABLISHED;
            rings.link(peer);
            if (peer.ours) {
                rings.meet(peer, message.runId());
            }
            rings.listen(peer, message.runId());
        }
        Faults.at(FaultPoint.CONNECT_ACCEPTED);
        post.answer(
                peer.route,
                message,
                SubOpcode.CONNECT_REPLY,
                PsmError.OK,
                peer.ownIndex,
                peer.remoteIndex);
        Faults.at(FaultPoint.CONNECT_REPLIED);
    }

    /** Whether a request to connect is to be looked at; whom we know may have failed by it. */
    private boolean isTimely(Peer known, ConnectMessage message, boolean sameJob) {
        boolean another = known.isAnother(message.runId());
        if (!sameJob) {
            return !another; // a stranger; whom we know is still there
        }
        if (known.arrivals.isLateRequest(message)) {
            return false;
        }
        if (another) {
            engine.fail(known, PsmError.EPID_NETWORK_ERROR); // another process has its place
            return true;
        }
        return !known.runKnown || isUpToDate(known, message);
    }

    /**
     * Looks at how the process that we know says that we must address it. Its numbers grow: a
     * greater one says that it has forgotten us since, and knows us anew; a smaller one is late.
     *
     * @return false if the message is to be forgotten
     */
    private boolean isUpToDate(Peer peer, ConnectMessage message) {
        if (message.index() - peer.remoteIndex < 0) {
            return false;
        }
        if (message.index() != peer.remoteIndex) {
            if (peer.isUntouched()) {
                peer.remoteIndex = message.index();
                peer.renews = peer.to == Peer.Way.ESTABLISHED;
                peer.connection = ++connections; // it takes the one that it has forgotten for late
                peer.askIntervalNs = FIRST_INTERVAL_NS;
                peer.askAgainNs = engine.nowNs();
                engine.wakeAt(peer.askAgainNs);
            } else {
                engine.fail(peer, PsmError.EPID_NETWORK_ERROR);
            }
        }
        return true;
    }

    /**
     * Whether an answer is to be believed. The process that we know as this peer may be dead, and
     * this is the next one; or, if its library does not number them, this is a late answer of one
     * before it: then who answers again and again is there.
     */
    private boolean comesFromWhomWeKnow(Peer peer, ConnectMessage message) {
        if (!peer.isAnother(message.ownRunId())) {
            boolean upToDate = !peer.runKnown || isUpToDate(peer, message);
            peer.is(message.ownRunId());
            return upToDate && peer.failure == null;
        }
        peer.otherAnswers++;
        if (peer.ours || peer.otherAnswers == OTHER_ANSWERS) {
            engine.fail(peer, PsmError.EPID_NETWORK_ERROR);
        }
        return false;
    }

    private void learn(Peer peer, ConnectMessage message) {
        peer.remoteIndex = message.index();
        peer.fragmentBytes = Math.min(settings.mtuBytes(), message.mtu()) & -64;
        peer.host = message.host();
        peer.ours = message.isOurs();
    }

    private boolean isLateReply(Peer peer, ConnectMessage message) {
        return message.connection() != peer.connection
                || message.job().equals(settings.job()) && peer.arrivals.isLateReply(message);
    }

    private void onConnectReply(Peer peer, ConnectMessage message) {
        if (peer == null
                || peer.to != Peer.Way.WAITING && !isRenewed(peer)
                || peer.failure != null
                || message.runId() != settings.runId()
                || message.isOurs() && isLateReply(peer, message)) {
            return; // late, or to somebody who was here before us
        }
        PsmError result = PsmError.of(message.result());
        if (result != PsmError.OK) {
            peer.to = Peer.Way.NONE;
            peer.outcome = result == null ? PsmError.EPID_INVALID_CONNECT : result;
            return;
        }
        if (!message.job().equals(settings.job()) || message.mtu() < 64) {
            peer.to = Peer.Way.NONE;
            peer.outcome = PsmError.EPID_INVALID_CONNECT;
            return;
        }
        if (message.ownRunId() != 0 && !comesFromWhomWeKnow(peer, message)) {
            return;
        }
        if (isRenewed(peer)) {
            peer.renews = false;
            return;
        }
        if (peer.from != Peer.Way.ESTABLISHED) {
            learn(peer, message);
        }
        if (message.ownRunId() != 0) {
            rings.meet(peer, message.ownRunId());
        }
        if (!rings.choosePath(peer)) {
            peer.to = Peer.Way.NONE;
            peer.outcome = PsmError.EPID_UNREACHABLE;
            return;
        }
        peer.arrivals.answered(message);
        peer.to = Peer.Way.ESTABLISHED;
        Faults.at(FaultPoint.CONNECT_ESTABLISHED);
    }

    private void onDisconnectRequest(EndpointId id, Peer peer, ConnectMessage message) {
        int route = peer == null ? outlet.route(id) : peer.route;
        if (peer != null && message.job().equals(settings.job())) {
            if (peer.arrivals.isLateParting(message)) {
                return; // it has connected again since, or another process has its place
            }
            if (!engine.hasAnswered(peer)) {
                return; // it asks again; after the reply it does not know us any more
            }
            peer.arrivals.parted(message);
            peer.from = Peer.Way.NONE;
            parted(peer);
            if (!peer.ours) {
                hasLetGo = true;
                letGoNs = engine.nowNs();
            }
        }
        post.answer(
                route,
                message,
                SubOpcode.DISCONNECT_REPLY,
                PsmError.OK,
                0,
                peer == null ? 0 : peer.remoteIndex);
        Faults.at(FaultPoint.DISCONNECT_ANSWERED);
    }

    private void onDisconnectReply(Peer peer, ConnectMessage message) {
        if (peer != null
                && peer.to == Peer.Way.PARTING
                && message.job().equals(settings.job())
                && (!peer.ours
                        || peer.connection == message.connection()
                                && message.runId() == settings.runId())) {
            peer.to = Peer.Way.NONE;
            parted(peer);
            Faults.at(FaultPoint.DISCONNECT_DONE);
        }
    }

    /** Once neither side wants anything of the other, nothing is sent, and nothing shared. */
    private void parted(Peer peer) {
        if (peer.to == Peer.Way.NONE && peer.from == Peer.Way.NONE) {
            peer.packets.part();
            rings.unlink(peer);
        }
    }

    /**
     * Somebody whom we do not know asks what has become of its packets: most likely it takes us for
     * another process, which had our place.
     */
    void answerStranger(PacketHeader header, long nowNs) {
        if (strangerSeen && nowNs - nextStrangerNs < 0 || header.sourceLid == 0) {
            return;
        }
        strangerSeen = true;
        nextStrangerNs = nowNs + BETWEEN_STRANGERS_NS;
        EndpointId id =
                EndpointId.of(
                        header.sourceLid,
                        header.sourceContext,
                        header.sourceSubcontext,
                        0,
                        own.family());
        PacketHeader answer = outlet.header();
        answer.subOpcode = SubOpcode.ERR_CHK_BAD;
        answer.data0 = outlet.errChkData();
        outlet.send(outlet.route(id), answer, MemorySegment.NULL, 0, 0);
    }
}
