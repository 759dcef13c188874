package io.softpath.psm.engine;

import io.softpath.abi.packet.IpathHeader;
import io.softpath.abi.packet.MessageHeader;
import io.softpath.abi.psm.MqClass;
import io.softpath.abi.psm.PsmError;
import io.softpath.abi.psm.SubOpcode;
import io.softpath.fault.FaultPoint;
import io.softpath.fault.Faults;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;

/**
 * Sends by TID what receivers have granted. Each window has numbers of its own and goes back by
 * itself; when all of it has arrived the receiver is told so until it has answered. Source: psm,
 * ips_proto_expected.c and ips_proto_recv.c.
 */
final class TidSender {
    /** Windows of one peer that are not done; further grants have to wait. */
    private static final int WINDOWS_PER_PEER = 64;

    /** Source: psm, ips_expected_proto.h, PSM_DEFAULT_EXPECTED_HEADER. */
    private static final int HEADER_INTERVAL = 16;

    /** Times as many packets may be under way if the chip makes them: a buffer is a window then. */
    private static final int GATHER_CREDITS = 4;

    /** How often in a row nobody answers before we ask whether anybody is there. */
    private static final int EXPIRIES_PER_QUESTION = 8;

    private final MessageEngine engine;
    private final Outlet outlet;
    private final EngineSettings settings;
    private final Requests requests;
    private final ControlQueue control;
    private final int headerInterval;
    private final int ackInterval;
    private final ArrayList<TidSend> places = new ArrayList<>();
    private final ArrayList<TidSend> free = new ArrayList<>();

    /** Windows whose time begins to run, or whose receiver is to be asked. */
    private final ArrayList<TidSend> working = new ArrayList<>();

    /** Peers that there may be packets for. */
    private final ArrayList<Peer> sending = new ArrayList<>();

    TidSender(
            MessageEngine engine,
            EngineSettings settings,
            Requests requests,
            ControlQueue control) {
        this.engine = engine;
        outlet = engine.outlet();
        this.settings = settings;
        this.requests = requests;
        this.control = control;
        headerInterval = Math.max(Math.min(HEADER_INTERVAL, settings.credits() / 4), 1);
        ackInterval = Math.max(settings.credits() / 4 - 1, 1);
    }

    /** Windows that are not done. */
    int windowCount() {
        return places.size() - free.size();
    }

    boolean isIdle(Peer peer) {
        return peer.tidSends == 0;
    }

    boolean hasWork() {
        return !working.isEmpty() || !sending.isEmpty();
    }

    // Packets.

    /** TIDS_GRANT: a receiver wants a part of a message. */
    void onGrant(Peer peer, PacketHeader in, MemorySegment list, long at, int bytes) {
        int wanted = MqClass.second(in.data0);
        Request request = requests.referred(MqClass.first(in.data0));
        if (peer.tidSends == WINDOWS_PER_PEER) {
            return; // it will say so again
        }
        TidSend window = take();
        boolean readable =
                window.read(
                        MqClass.first(in.data1),
                        wanted,
                        TidSend.fragmentBytes(peer),
                        list,
                        at,
                        bytes);
        if (readable && request == null && requests.wasReferred(MqClass.first(in.data0))) {
            engine.counters().duplicates++;
            acknowledgeGrant(peer, window.remote);
        } else if (!readable || !isOf(request, peer, wanted)) {
            engine.counters().malformed++;
        } else if (window.number < request.grants) {
            engine.counters().duplicates++;
            acknowledgeGrant(peer, window.remote);
        } else if (window.number > request.grants) {
            engine.counters().outOfOrder++; // one before it is lost, and will come again
        } else if (window.length > wanted - request.granted || window.length == 0 && wanted != 0) {
            engine.counters().malformed++;
        } else {
            acknowledgeGrant(peer, window.remote);
            begin(window, peer, request, wanted);
            return;
        }
        free.add(window);
    }

    private static boolean isOf(Request request, Peer peer, int wanted) {
        return request != null
                && request.isSend
                && request.peer == peer
                && wanted >= 0
                && (request.grants == 0 ? wanted <= request.length : wanted == request.wanted);
    }

    private void acknowledgeGrant(Peer peer, long remote) {
        control.send(peer, SubOpcode.TIDS_GRANT_ACK, 0, 0, 0, remote, 0);
    }

    private TidSend take() {
        if (!free.isEmpty()) {
            return free.removeLast();
        }
        TidSend window = new TidSend(places.size());
        places.add(window);
        return window;
    }

    private void begin(TidSend window, Peer peer, Request request, int wanted) {
        Faults.at(FaultPoint.WINDOW_SENDING);
        request.wanted = wanted;
        request.grants++;
        request.granted += window.length;
        window.uses++;
        window.peer = peer;
        window.request = request;
        window.timeoutNs = settings.timeoutMinNs();
        window.interval(headerInterval);
        peer.tidSends++;
        if (window.oddBytes() > 0) {
            window.oddDue = true;
            SendOp op = engine.op(0);
            op.mqClass = 0;
            op.odd = window;
            op.data0 = window.remote;
            op.data1 = window.odd();
            peer.flow.add(op);
        }
        peer.tidQueue.addLast(window);
        list(peer);
    }

    private void list(Peer peer) {
        if (!peer.tidListed) {
            peer.tidListed = true;
            sending.add(peer);
        }
    }

    private void list(TidSend window) {
        if (!window.listed) {
            window.listed = true;
            working.add(window);
        }
    }

    private TidSend find(Peer peer, long name) {
        int place = MqClass.first(name);
        if (place < 0 || place >= places.size()) {
            return null;
        }
        TidSend window = places.get(place);
        return window.peer == peer && window.uses == MqClass.second(name) ? window : null;
    }

    /** A late answer is about a window that was done with; nothing else has a name like that. */
    private void missed(long name) {
        int place = MqClass.first(name);
        if (place >= 0
                && place < places.size()
                && MqClass.second(name) > 0
                && places.get(place).uses - MqClass.second(name) >= 0) {
            engine.counters().duplicates++;
        } else {
            engine.counters().malformed++;
        }
    }

    void onAck(Peer peer, PacketHeader in) {
        TidSend window = find(peer, in.data0);
        if (window == null) {
            missed(in.data0);
            return;
        }
        int before = window.unacknowledged();
        if (window.acknowledge(in.ackSeq)) {
            advanced(window, before);
        }
    }

    void onNak(Peer peer, PacketHeader in) {
        TidSend window = find(peer, in.data0);
        if (window == null) {
            missed(in.data0);
            return;
        }
        int before = window.unacknowledged();
        boolean queued = !window.isSent();
        if (window.goBack(in.ackSeq, MqClass.first(in.data1))) {
            engine.counters().wentBack++;
            if (peer.ours) {
                window.tellMore(); // PSM's library counts on the interval to stay what it is
            }
            if (!queued && !window.isSent()) {
                peer.tidQueue.addFirst(window);
            }
            advanced(window, before);
        }
    }

    /**
     * @param before packets of it that were under way
     */
    private void advanced(TidSend window, int before) {
        window.peer.tidInFlight -= before - window.unacknowledged();
        list(window.peer);
        window.expiries = 0;
        window.timeoutNs = settings.timeoutMinNs();
        window.timing = false;
        window.questionDue = false;
        if (!finish(window)) {
            list(window);
        }
    }

    void oddArrived(TidSend window) {
        window.oddDue = false;
        finish(window);
    }

    /** Whether all of it has arrived; then its receiver is told, and its request. */
    private boolean finish(TidSend window) {
        if (window.request == null || !window.isAcknowledged() || window.oddDue) {
            return false;
        }
        Request request = window.request;
        window.request = null;
        window.timeoutNs = settings.timeoutMinNs() / 2;
        release(window);
        Faults.at(FaultPoint.WINDOW_RELEASED);
        window.timing = false;
        list(window);
        if (request.wanted == 0) {
            requests.complete(request, PsmError.OK);
        } else {
            engine.arrived(request, window.length);
        }
        return true;
    }

    private void release(TidSend window) {
        control.send(window.peer, SubOpcode.TIDS_RELEASE, 0, 0, 0, window.remote, window.name());
    }

    /** TIDS_RELEASE_CONFIRM. */
    void onConfirm(Peer peer, PacketHeader in) {
        TidSend window = find(peer, in.data1);
        if (window == null) {
            missed(in.data1);
        } else if (window.request != null) {
            engine.counters().malformed++; // it was not asked
        } else {
            giveBack(window);
        }
    }

    private void giveBack(TidSend window) {
        window.peer.tidSends--;
        window.clear();
        free.add(window);
    }

    // Sending.

    /** Sends what can be sent. */
    void flush() {
        for (int i = sending.size() - 1; i >= 0; i--) {
            Peer peer = sending.get(i);
            if (sendData(peer)) {
                peer.tidListed = false;
                int last = sending.size() - 1;
                sending.set(i, sending.get(last));
                sending.remove(last);
            }
        }
        for (int i = working.size() - 1; i >= 0; i--) {
            TidSend window = working.get(i);
            if (window.peer == null || flush(window)) {
                window.listed = false;
                int last = working.size() - 1;
                working.set(i, working.get(last));
                working.remove(last);
            }
        }
    }

    /** Asks its receiver if that is to be done, and lets its time run; false if it could not. */
    private boolean flush(TidSend window) {
        boolean done = window.request == null; // and its receiver is told so
        boolean all = done || sendQuestion(window);
        if (!window.timing && (done || window.unacknowledged() > 0)) {
            window.timing = true;
            window.deadlineNs = engine.nowNs() + window.timeoutNs;
            engine.wakeAt(window.deadlineNs);
        }
        return all;
    }

    /**
     * Sends one window after the other, so that no two of them are in the middle; whether all is
     * sent, as far as credits go.
     */
    private boolean sendData(Peer peer) {
        while (!peer.tidQueue.isEmpty()) {
            TidSend window = peer.tidQueue.peekFirst();
            if (!sendData(window)) {
                return false;
            }
            list(window);
            if (!window.isSent()) {
                return true;
            }
            peer.tidQueue.pollFirst();
        }
        return true;
    }

    private boolean sendData(TidSend window) {
        while (!window.isSent() && gathers(window)) {
            if (!gather(window)) {
                return false;
            }
        }
        while (!window.isSent() && window.peer.tidInFlight < settings.credits()) {
            PacketHeader header = header(window, SubOpcode.MQ_EXPTID, window.psn());
            header.tid = window.hasTids() ? window.tid() : IpathHeader.TID_EAGER;
            header.tidOffset = window.hasTids() ? window.pageOffset() : 0;
            boolean told = window.isTold();
            header.suppressed = !told;
            header.flags =
                    (told || wantsAck(window) ? MessageHeader.FLAG_ACK_WANTED : 0)
                            | (window.isLast() ? MessageHeader.FLAG_EXPECTED_LAST : 0);
            if (!outlet.send(
                    window.peer, header, window.request.buffer, window.at(), window.bytes())) {
                return false;
            }
            window.sent();
            window.peer.tidInFlight++;
            list(window);
        }
        return true;
    }

    /** Whether the chip can make the next packets of a window by itself; finds them. */
    private boolean gathers(TidSend window) {
        int credits = GATHER_CREDITS * settings.credits() - window.peer.tidInFlight;
        return window.findRun(credits)
                && outlet.gathers(
                        window.request.buffer, window.at(), window.runBytes(), window.fragment());
    }

    private boolean gather(TidSend window) {
        PacketHeader header = header(window, SubOpcode.MQ_EXPTID, window.psn());
        header.tid = window.tid();
        header.tidOffset = window.pageOffset();
        header.flags =
                MessageHeader.FLAG_ACK_WANTED
                        | (window.runIsLast() ? MessageHeader.FLAG_EXPECTED_LAST : 0);
        if (!outlet.gather(header, window)) {
            return false;
        }
        window.peer.tidInFlight += window.runPackets();
        window.runSent();
        list(window);
        return true;
    }

    private PacketHeader header(TidSend window, int subOpcode, int psn) {
        PacketHeader header = outlet.header();
        header.subOpcode = subOpcode;
        header.flowId = MessageHeader.FLOWID_TID_FLOW;
        header.peerIndex = window.peer.remoteIndex;
        header.psn = psn;
        header.data0 = window.remote;
        header.data1 = window.name();
        return header;
    }

    private boolean wantsAck(TidSend window) {
        return (window.unacknowledged() + 1) % ackInterval == 0
                || window.peer.tidInFlight + 1 == settings.credits();
    }

    private boolean sendQuestion(TidSend window) {
        if (window.questionDue) {
            PacketHeader header = header(window, SubOpcode.ERR_CHK_GEN, window.lastPsn());
            if (!outlet.send(window.peer, header, MemorySegment.NULL, 0, 0)) {
                return false;
            }
            window.questionDue = false;
            engine.counters().questions++;
        }
        return true;
    }

    // Time.

    /** Asks where nobody has answered; asks to be woken for the next time. */
    void checkTime(long nowNs) {
        for (int i = 0; i < places.size(); i++) {
            TidSend window = places.get(i);
            if (window.peer == null || !window.timing) {
                continue;
            }
            if (window.request != null && window.unacknowledged() == 0) {
                window.timing = false;
                continue;
            }
            if (nowNs - window.deadlineNs >= 0 && !ask(window, nowNs)) {
                continue;
            }
            engine.wakeAt(window.deadlineNs);
        }
    }

    /** False if there is nobody who could answer. */
    private boolean ask(TidSend window, long nowNs) {
        window.expiries++;
        if (window.expiries % EXPIRIES_PER_QUESTION == 0 && engine.isGone(window.peer)) {
            engine.fail(window.peer, PsmError.EPID_NETWORK_ERROR);
            return false;
        }
        window.timeoutNs = Math.min(2 * window.timeoutNs, settings.timeoutMaxNs());
        window.deadlineNs = nowNs + window.timeoutNs;
        if (window.request == null) {
            release(window);
        } else {
            window.questionDue = true;
            list(window);
        }
        return true;
    }

    /** The peer is gone. The requests are told otherwise. */
    void abandon(Peer peer) {
        peer.tidQueue.clear();
        peer.tidInFlight = 0;
        for (int i = 0; i < places.size(); i++) {
            TidSend window = places.get(i);
            if (window.peer == peer) {
                giveBack(window);
            }
        }
    }
}
