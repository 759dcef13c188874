package io.softpath.psm.engine;

import io.softpath.abi.model.ChipModel;
import io.softpath.abi.packet.MessageHeader;
import io.softpath.abi.psm.ConnectMessage;
import io.softpath.abi.psm.EndpointId;
import io.softpath.abi.psm.PsmError;
import io.softpath.abi.psm.SubOpcode;
import io.softpath.fault.FaultPoint;
import io.softpath.fault.Faults;

import org.agrona.collections.Long2ObjectHashMap;

import java.lang.foreign.Arena;
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

    /** One stranger in so long is told that it is one. */
    private static final long BETWEEN_STRANGERS_NS = 10 * NS_PER_MS;

    /** So many answers of another process than we know, and it has the place of that one. */
    private static final int OTHER_ANSWERS = 3;

    private static final int FEATURES =
            ConnectMessage.FEATURE_BIG_ENDIAN
                    | ConnectMessage.FEATURE_64_BIT
                    | ConnectMessage.FEATURE_MESSAGE_IDS
                    | ConnectMessage.FEATURE_EITHER_ANSWER;

    private static final int MAJOR = 0xFF00;
    private static final int MAX_PEERS = 1 << 19;

    /** First indexes have so few bits that all indexes of a job fit into a header's 16. */
    private static final int FIRST_INDEX_BITS = 15;

    private static final int GOLDEN = 0x9E37_79B9;

    private final MessageEngine engine;
    private final Outlet outlet;
    private final EndpointId own;
    private final EngineSettings settings;
    private final Rings rings;
    private final Long2ObjectHashMap<Peer> byPlace = new Long2ObjectHashMap<>();

    /** By our index, which is one of those from {@link #firstIndex} on. */
    private final List<Peer> byIndex = new ArrayList<>();

    /**
     * Another one in each process: a packet that is late, and was for a process that had our place,
     * says an index that is none of ours. 0 is nobody's. Source: psm, ips_epstate.c, eps_base_idx.
     */
    private final int firstIndex;

    private final MemorySegment scratch = Arena.ofAuto().allocate(ConnectMessage.BYTES, Long.BYTES);
    private long nextStrangerNs;
    private boolean strangerSeen;

    Connections(MessageEngine engine, EndpointId own, EngineSettings settings, Rings rings) {
        this.engine = engine;
        outlet = engine.outlet();
        this.own = own;
        this.settings = settings;
        this.rings = rings;
        firstIndex = 1 + (settings.runId() * GOLDEN >>> Integer.SIZE - FIRST_INDEX_BITS);
    }

    /** LID, context and sub-context: all that a packet says of its sender. */
    private static long place(int lid, int context, int subcontext) {
        return (long) lid << 16 | context << 2 | subcontext;
    }

    private static long place(EndpointId id) {
        return place(id.lid(), id.context(), id.subcontext());
    }

    /** All that there ever were; some places are null. */
    List<Peer> peers() {
        return byIndex;
    }

    /** Those that messages can be sent to. */
    public List<Peer> connected() {
        List<Peer> all = new ArrayList<>();
        for (Peer peer : byIndex) {
            if (peer != null && peer.isConnected()) {
                all.add(peer);
            }
        }
        return all;
    }

    /** Whether everybody who has connected to us has parted from us, or is gone. */
    public boolean allHaveParted() {
        for (Peer peer : byIndex) {
            if (peer != null && peer.failure == null && peer.from == Peer.Way.ESTABLISHED) {
                return false;
            }
        }
        return true;
    }

    /** Who sent this packet, if its sender is who its index says; else null. */
    Peer find(PacketHeader header) {
        int place = header.peerIndex - firstIndex;
        if (place < 0 || place >= byIndex.size()) {
            return null;
        }
        Peer peer = byIndex.get(place);
        return peer != null
                        && peer.id.lid() == header.sourceLid
                        && peer.id.context() == header.sourceContext
                        && peer.id.subcontext() == header.sourceSubcontext
                ? peer
                : null;
    }

    /** Whoever is where this packet comes from, by whatever index it calls us; null if nobody. */
    Peer whoIsThere(PacketHeader header) {
        return byPlace.get(place(header.sourceLid, header.sourceContext, header.sourceSubcontext));
    }

    /** The peer of that place, or null. */
    public Peer at(EndpointId id) {
        return byPlace.get(place(id));
    }

    private Peer create(EndpointId id) {
        if (byIndex.size() == MAX_PEERS) {
            return null;
        }
        Peer peer = new Peer(id, outlet.route(id), firstIndex + byIndex.size(), engine, settings);
        byIndex.add(peer);
        byPlace.put(place(id), peer);
        return peer;
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
        Peer peer = at(id);
        if (peer != null && peer.failure != null) {
            forget(peer);
            peer = null;
        }
        if (peer == null) {
            peer = create(id);
            if (peer == null) {
                throw new IllegalStateException(
                        "psm: peers=" + byIndex.size() + " are connected, that is the maximum");
            }
        }
        if (peer.to == Peer.Way.ESTABLISHED) {
            return peer;
        }
        rings.link(peer);
        peer.to = Peer.Way.WAITING;
        peer.outcome = PsmError.OK;
        peer.askIntervalNs = FIRST_INTERVAL_NS;
        peer.askAgainNs = nowNs;
        ask(peer, nowNs);
        return peer;
    }

    /** We ourselves: no packet is needed. Source: psm, ptl_self. */
    private Peer self() {
        Peer self = at(own);
        if (self == null) {
            self = create(own);
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

    private void forget(Peer peer) {
        byIndex.set(peer.ownIndex - firstIndex, null);
        byPlace.remove(place(peer.id));
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
        send(peer.route, opcode, PsmError.OK, peer.ownIndex, settings.runId(), peer.remoteIndex);
        Faults.at(
                peer.to == Peer.Way.PARTING
                        ? FaultPoint.DISCONNECT_ASKED
                        : FaultPoint.CONNECT_ASKED);
        peer.askAgainNs = nowNs + peer.askIntervalNs;
        peer.askIntervalNs = Math.min(2 * peer.askIntervalNs, LONGEST_INTERVAL_NS);
        engine.wakeAt(peer.askAgainNs);
    }

    private void send(
            int route, int opcode, PsmError result, int index, int runId, int remoteIndex) {
        new ConnectMessage(
                        opcode,
                        ConnectMessage.CONNECT_VERSION,
                        ConnectMessage.PSM_VERSION,
                        own.family().psmType(),
                        own.serviceLevel(),
                        settings.job(),
                        result.code(),
                        index,
                        runId,
                        settings.pkey(),
                        FEATURES,
                        MessageHeader.BYTES,
                        settings.mtuBytes(),
                        settings.host(),
                        opcode == SubOpcode.CONNECT_REPLY ? settings.runId() : 0)
                .write(scratch, 0);
        PacketHeader header = outlet.header();
        header.subOpcode = opcode;
        header.hdrDlen = ConnectMessage.HEADER_DWORDS;
        header.peerIndex = remoteIndex;
        outlet.send(route, header, scratch, 0, ConnectMessage.bytes(opcode));
    }

    /** Asks again where it is time to; says when to look again. */
    long checkTime(long nowNs) {
        long next = Long.MAX_VALUE;
        for (int i = 0; i < byIndex.size(); i++) {
            Peer peer = byIndex.get(i);
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
        EndpointId id = message == null ? null : sender(header, message);
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

    /** Who sent it; null if that is nobody there can be. */
    private EndpointId sender(PacketHeader header, ConnectMessage message) {
        for (ChipModel.Family family : ChipModel.Family.values()) {
            if (family.psmType() == message.hcaClass()
                    && header.sourceLid > 0
                    && message.serviceLevel() < 16) {
                EndpointId id =
                        EndpointId.of(
                                header.sourceLid,
                                header.sourceContext,
                                header.sourceSubcontext,
                                message.serviceLevel(),
                                family);
                return id.equals(own) ? null : id;
            }
        }
        return null;
    }

    private void onConnectRequest(EndpointId id, Peer known, ConnectMessage message) {
        boolean sameJob = message.job().equals(settings.job());
        Peer peer = known;
        if (peer != null && peer.isAnother(message.runId())) {
            if (!sameJob) {
                return; // a stranger; whom we know is still there
            }
            engine.fail(peer, PsmError.EPID_NETWORK_ERROR); // another process has its place
        } else if (peer != null && peer.runKnown && !isUpToDate(peer, message)) {
            return;
        }
        if (peer != null && peer.failure != null) {
            forget(peer);
            peer = null;
        }
        PsmError result = judge(message, sameJob);
        if (result != PsmError.OK) {
            int route = peer == null ? outlet.route(id) : peer.route;
            send(route, SubOpcode.CONNECT_REPLY, result, 0, message.runId(), message.index());
            return;
        }
        if (peer == null) {
            peer = create(id);
            if (peer == null) {
                return;
            }
        }
        if (peer.from != Peer.Way.ESTABLISHED) {
            learn(peer, message);
            peer.is(message.runId());
            peer.from = Peer.Way.ESTABLISHED;
            rings.link(peer);
            rings.listen(peer, message.runId());
        }
        Faults.at(FaultPoint.CONNECT_ACCEPTED);
        send(
                peer.route,
                SubOpcode.CONNECT_REPLY,
                PsmError.OK,
                peer.ownIndex,
                message.runId(),
                peer.remoteIndex);
        Faults.at(FaultPoint.CONNECT_REPLIED);
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
     * this is the next one; or this is a late answer of one before it. Who answers again and again
     * is there.
     */
    private boolean comesFromWhomWeKnow(Peer peer, ConnectMessage message) {
        if (!peer.isAnother(message.ownRunId())) {
            boolean upToDate = !peer.runKnown || isUpToDate(peer, message);
            peer.is(message.ownRunId());
            return upToDate && peer.failure == null;
        }
        peer.otherAnswers++;
        if (peer.otherAnswers == OTHER_ANSWERS) {
            engine.fail(peer, PsmError.EPID_NETWORK_ERROR);
        }
        return false;
    }

    private PsmError judge(ConnectMessage message, boolean sameJob) {
        if ((message.connectVersion() & MAJOR) != (ConnectMessage.CONNECT_VERSION & MAJOR)
                || (message.psmVersion() & MAJOR) != (ConnectMessage.PSM_VERSION & MAJOR)) {
            return PsmError.EPID_INVALID_VERSION;
        }
        if ((message.features() & ConnectMessage.FEATURES_OF_A_NODE)
                != (FEATURES & ConnectMessage.FEATURES_OF_A_NODE)) {
            return PsmError.EPID_INVALID_NODE;
        }
        if (!settings.ofEverybody() && message.pkey() != settings.pkey()) {
            return PsmError.EPID_INVALID_PKEY;
        }
        if (!sameJob) {
            return PsmError.EPID_INVALID_UUID_KEY;
        }
        return message.mtu() < 64 ? PsmError.EPID_INVALID_CONNECT : PsmError.OK;
    }

    private void learn(Peer peer, ConnectMessage message) {
        peer.remoteIndex = message.index();
        peer.fragmentBytes = Math.min(settings.mtuBytes(), message.mtu()) & -64;
        peer.host = message.host();
        peer.takesEitherAnswer = (message.features() & ConnectMessage.FEATURE_EITHER_ANSWER) != 0;
    }

    private void onConnectReply(Peer peer, ConnectMessage message) {
        if (peer == null
                || peer.to != Peer.Way.WAITING && !isRenewed(peer)
                || peer.failure != null
                || message.runId() != settings.runId()) {
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
        if (!rings.choosePath(peer)) {
            peer.to = Peer.Way.NONE;
            peer.outcome = PsmError.EPID_UNREACHABLE;
            return;
        }
        peer.to = Peer.Way.ESTABLISHED;
        Faults.at(FaultPoint.CONNECT_ESTABLISHED);
    }

    private void onDisconnectRequest(EndpointId id, Peer peer, ConnectMessage message) {
        int route = peer == null ? outlet.route(id) : peer.route;
        if (peer != null && message.job().equals(settings.job())) {
            if (!engine.hasAnswered(peer)) {
                return; // it asks again; after the reply it does not know us any more
            }
            peer.from = Peer.Way.NONE;
            parted(peer);
        }
        send(
                route,
                SubOpcode.DISCONNECT_REPLY,
                PsmError.OK,
                0,
                0,
                peer == null ? 0 : peer.remoteIndex);
        Faults.at(FaultPoint.DISCONNECT_ANSWERED);
    }

    private void onDisconnectReply(Peer peer, ConnectMessage message) {
        if (peer != null && peer.to == Peer.Way.PARTING && message.job().equals(settings.job())) {
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
