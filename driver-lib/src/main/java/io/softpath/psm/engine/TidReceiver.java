package io.softpath.psm.engine;

import io.softpath.abi.packet.ExpectedPsn;
import io.softpath.abi.packet.MessageHeader;
import io.softpath.abi.psm.MqClass;
import io.softpath.abi.psm.PsmError;
import io.softpath.abi.psm.SubOpcode;
import io.softpath.abi.psm.TidMessage;
import io.softpath.fault.FaultPoint;
import io.softpath.fault.Faults;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;

/**
 * Brings messages by TID: opens windows for them, tells their senders, looks at the headers of what
 * comes, and asks for it again from where something is missing. Source: psm, ips_proto_expected.c.
 */
final class TidReceiver {
    /** One message leaves TIDs for others. */
    private static final int WINDOWS_PER_MESSAGE = 4;

    private final MessageEngine engine;
    private final Outlet outlet;
    private final EngineSettings settings;
    private final Requests requests;
    private final Matching matching;
    private final ControlQueue control;
    private final TidWindows windows;
    private final ArrayList<TidFetch> waiting = new ArrayList<>();
    private final ArrayDeque<TidFetch> free = new ArrayDeque<>();
    private final MemorySegment list = Arena.ofAuto().allocate(2048, Long.BYTES);

    /**
     * Windows whose grant is to be sent; those of one message in their order, as they are taken.
     */
    private final ArrayList<TidWindow> due = new ArrayList<>();

    /** TIDs are not enough for those who wait. */
    private boolean scarce;

    /** Some of those who wait can do without. */
    private boolean someCanBePackets;

    /** When a window was opened last. */
    private long openedNs;

    private long tryAgainNs;
    private boolean trying;

    TidReceiver(
            MessageEngine engine,
            EngineSettings settings,
            Requests requests,
            Matching matching,
            ControlQueue control,
            TidPort port) {
        this.engine = engine;
        outlet = engine.outlet();
        this.settings = settings;
        this.requests = requests;
        this.matching = matching;
        this.control = control;
        windows = new TidWindows(settings, settings.tids() ? port : null);
    }

    /** Windows that are open. */
    int openWindows() {
        return windows.openCount();
    }

    /** Messages of which not all is granted. */
    int waitingCount() {
        return waiting.size();
    }

    boolean hasWork() {
        return !due.isEmpty();
    }

    // Messages.

    /**
     * Has a message brought by TID.
     *
     * @param receive matched, with {@code wanted} set
     * @param either the sender can do without TIDs
     * @return false if it should
     */
    boolean fetch(Request receive, int remoteRequest, boolean either) {
        if (!windows.canOpen()) {
            return false;
        }
        boolean inBuffer = windows.isPinned(receive);
        if (either && (!inBuffer || receive.wanted < TidPort.PAGE_BYTES)) {
            return false;
        }
        if (!inBuffer && receive.wanted > 0 && !windows.hasBounce()) {
            // The sender must send by TID, and there is no memory that it could send to.
            requests.complete(receive, PsmError.NO_MEMORY);
            return true;
        }
        if (either && isStarved(engine.nowNs())) {
            return false;
        }
        TidFetch fetch = free.isEmpty() ? new TidFetch() : free.pop();
        fetch.begin(receive, remoteRequest, either, inBuffer);
        if (scarce || !grant(fetch)) {
            waiting.add(fetch);
            someCanBePackets |= fetch.canBePackets();
            isScarce(scarce || fetch.open < WINDOWS_PER_MESSAGE);
        }
        return true;
    }

    /** Whether there are TIDs for no more windows, and messages that want some. */
    private void isScarce(boolean now) {
        scarce = now;
        if (scarce && windows.openCount() == 0 && !trying) {
            tryLater();
        }
        wakeStarved();
    }

    private void wakeStarved() {
        if (scarce && someCanBePackets) {
            engine.wakeAt(openedNs + settings.timeoutMinNs());
        }
    }

    /** Whether those who have the TIDs have not used them for long. */
    private boolean isStarved(long nowNs) {
        return scarce && nowNs - openedNs >= settings.timeoutMinNs();
    }

    /** Who can do without TIDs need not wait for those who do not use theirs. */
    private void askForPackets() {
        for (TidFetch fetch : waiting) {
            if (fetch.canBePackets()) {
                fetch.peer.packets.fetchInPackets(fetch.receive, fetch.remoteRequest);
                free.push(fetch);
            }
        }
        waiting.removeIf(TidFetch::canBePackets);
        someCanBePackets = false;
        scarce = !waiting.isEmpty();
    }

    /** Whoever has the TIDs is not of this engine: nothing tells when they are free. */
    private void tryLater() {
        trying = true;
        tryAgainNs = engine.nowNs() + settings.timeoutMinNs();
        engine.wakeAt(tryAgainNs);
    }

    private void grantWaiting() {
        int kept = 0;
        int seen = 0;
        boolean out = false;
        while (seen < waiting.size() && !out) {
            TidFetch fetch = waiting.get(seen++);
            if (!grant(fetch)) {
                waiting.set(kept++, fetch);
                out = fetch.open < WINDOWS_PER_MESSAGE; // and nobody overtakes it
            }
        }
        waiting.subList(kept, seen).clear();
        isScarce(out);
    }

    /** Opens as many windows of a message as may be; true if there are no more to open. */
    private boolean grant(TidFetch fetch) {
        while (!fetch.isGranted()) {
            TidWindow window = fetch.open == WINDOWS_PER_MESSAGE ? null : windows.open(fetch);
            if (window == null) {
                return false;
            }
            window.intervalNs = settings.timeoutMinNs() / 2;
            openedNs = engine.nowNs();
            Faults.at(FaultPoint.WINDOW_OPENED);
            due(window);
        }
        return true;
    }

    private void due(TidWindow window) {
        int at = due.size();
        for (int i = due.size() - 1; i >= 0; i--) {
            TidWindow other = due.get(i);
            if (other.fetch == window.fetch && other.number > window.number) {
                at = i;
            }
        }
        due.add(at, window);
        window.grantDue = true;
    }

    /** False if there is no buffer now. */
    private boolean sendGrant(TidWindow window) {
        Request receive = window.fetch.receive;
        int bytes = window.write(list);
        PacketHeader header = outlet.header();
        header.subOpcode = SubOpcode.TIDS_GRANT;
        header.peerIndex = window.peer.remoteIndex;
        header.data0 = MqClass.pair(window.fetch.remoteRequest, receive.wanted);
        header.data1 = MqClass.pair(window.psn(), 0);
        if (!outlet.send(window.peer, header, list, 0, bytes)) {
            return false;
        }
        Faults.at(FaultPoint.WINDOW_GRANTED);
        window.grantDue = false;
        window.askNs = engine.nowNs() + window.intervalNs;
        engine.wakeAt(window.askNs);
        return true;
    }

    private void close(TidWindow window) {
        if (window.grantDue) {
            due.remove(window);
            window.grantDue = false;
        }
        windows.close(window);
    }

    /** All of it is there. */
    private void finish(TidWindow window) {
        Faults.at(FaultPoint.WINDOW_COMPLETE);
        TidFetch fetch = window.fetch;
        Request receive = fetch.receive;
        int length = window.length;
        window.copyOut();
        close(window);
        engine.counters().windows++;
        if (receive.done + length == receive.wanted) {
            fetch.receive = null;
            free.push(fetch);
        }
        if (receive.wanted == 0) {
            matching.received(receive);
        } else {
            matching.arrived(receive, length);
        }
        if (!waiting.isEmpty()) {
            grantWaiting();
        }
    }

    // Packets.

    void onGrantAck(Peer peer, PacketHeader in) {
        TidWindow window = windows.find(peer, in.data0);
        if (window != null) {
            window.answered = true;
        } else if (!windows.wasClosed(in.data0)) {
            engine.counters().malformed++;
        }
    }

    /**
     * The header of a packet by TID.
     *
     * @param bytes that came by TID
     * @param bad the chip has found something wrong with it
     */
    void onData(Peer peer, PacketHeader in, int bytes, boolean bad) {
        TidWindow window = windows.find(peer, in.data0);
        if (window == null) {
            if (bad || windows.wasClosed(in.data0)) {
                engine.counters().duplicates++;
            } else {
                engine.counters().malformed++;
            }
            return;
        }
        window.answered = true;
        window.remote = in.data1;
        switch (window.take(in, bytes, bad, windows.checked())) {
            case NONE -> engine.counters().duplicates++;
            case GAP -> {
                engine.counters().outOfOrder++;
                windows.newGeneration(window);
                nak(window, ExpectedPsn.generation(in.psn));
            }
            case ADVANCED -> {
                windows.took(window);
                if ((in.flags & MessageHeader.FLAG_ACK_WANTED) != 0) {
                    ack(window);
                }
            }
            case COMPLETE -> {
                ack(window);
                if (!window.oddDue) {
                    finish(window);
                }
            }
        }
    }

    private void ack(TidWindow window) {
        answer(window.peer, SubOpcode.ACK, window.psn(), window.remote, 0);
    }

    /** Ends the generation in which the sender is. */
    private void nak(TidWindow window, int generation) {
        int psn = ExpectedPsn.of(window.flow, generation, window.sequence);
        answer(window.peer, SubOpcode.NAK, psn, window.remote, MqClass.pair(window.psn(), 0));
        Faults.at(FaultPoint.WINDOW_NAK_SENT);
    }

    private void answer(Peer peer, int subOpcode, int ackSeq, long data0, long data1) {
        control.send(peer, subOpcode, MessageHeader.FLOWID_TID_FLOW, 0, ackSeq, data0, data1);
    }

    /** The odd bytes of a window, in their turn. */
    void onOddBytes(Peer peer, PacketHeader in) {
        TidWindow window = windows.find(peer, in.data0);
        if (window == null || !window.oddDue || in.hdrDlen != window.before + window.behind) {
            engine.counters().malformed++;
            return;
        }
        int before = MqClass.first(in.data1);
        int behind = MqClass.second(in.data1);
        for (int i = 0; i < window.before; i++) {
            window.memory.set(ValueLayout.JAVA_BYTE, window.at + i, TidMessage.byteAt(before, i));
        }
        long end = window.at + window.length - window.behind;
        for (int i = 0; i < window.behind; i++) {
            window.memory.set(ValueLayout.JAVA_BYTE, end + i, TidMessage.byteAt(behind, i));
        }
        window.answered = true;
        window.oddDue = false;
        if (window.isComplete()) {
            finish(window);
        }
    }

    /** ERR_CHK_GEN: the sender asks what has become of its packets up to this one. */
    void onQuestion(Peer peer, PacketHeader in) {
        TidWindow window = windows.find(peer, in.data0);
        int upToIt = ExpectedPsn.plus(in.psn, 1);
        if (window == null) {
            if (windows.wasClosed(in.data0)) {
                answer(peer, SubOpcode.ACK, upToIt, in.data1, 0);
            } else {
                engine.counters().malformed++;
            }
            return;
        }
        if (ExpectedPsn.flow(in.psn) != window.flow) {
            engine.counters().malformed++;
            return;
        }
        window.answered = true;
        window.remote = in.data1;
        int missing = ExpectedPsn.sequence(upToIt) - window.sequence & ExpectedPsn.SEQ_COUNT - 1;
        if (missing == 0 || missing >= ExpectedPsn.SEQ_COUNT / 2 || window.isComplete()) {
            answer(peer, SubOpcode.ACK, upToIt, in.data1, 0);
            return;
        }
        if (ExpectedPsn.generation(in.psn) == window.generation) {
            windows.newGeneration(window);
        }
        nak(window, ExpectedPsn.generation(in.psn));
    }

    /** The sender is done with a window. Whoever asks twice has not heard the answer. */
    void onRelease(Peer peer, PacketHeader in) {
        if (windows.find(peer, in.data0) != null) {
            engine.counters().malformed++; // it cannot have sent all of it
            return;
        }
        control.send(peer, SubOpcode.TIDS_RELEASE_CONFIRM, 0, 0, 0, in.data0, in.data1);
    }

    // Time.

    /** Sends the grants that are due: now the time is known, and the answer waited for. */
    void flush() {
        while (!due.isEmpty() && sendGrant(due.getFirst())) {
            due.removeFirst();
        }
    }

    /** Grants again what nobody has answered; asks to be woken for the next time. */
    void checkTime(long nowNs) {
        if (trying && nowNs - tryAgainNs >= 0) {
            trying = false;
            grantWaiting();
        }
        if (trying) {
            engine.wakeAt(tryAgainNs);
        }
        if (someCanBePackets && isStarved(nowNs)) {
            askForPackets();
        }
        wakeStarved();
        for (TidWindow window : windows.all()) {
            if (window.fetch == null || window.answered || window.grantDue) {
                continue;
            }
            if (nowNs - window.askNs >= 0) {
                engine.counters().grantsAgain++;
                window.intervalNs = Math.min(2 * window.intervalNs, settings.timeoutMaxNs());
                due(window);
            } else {
                engine.wakeAt(window.askNs);
            }
        }
    }

    /** The peer is gone: its windows are closed, its messages end otherwise. */
    void abandon(Peer peer) {
        for (TidWindow window : windows.all()) {
            if (window.fetch != null && window.peer == peer) {
                close(window);
            }
        }
        waiting.removeIf(fetch -> fetch.peer == peer);
        if (waiting.isEmpty()) {
            scarce = false;
        } else {
            tryLater(); // its windows are free now
        }
    }
}
