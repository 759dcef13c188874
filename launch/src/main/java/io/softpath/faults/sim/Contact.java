package io.softpath.faults.sim;

import io.softpath.abi.psm.EndpointId;
import io.softpath.abi.psm.PsmError;
import io.softpath.faults.check.Incarnation;
import io.softpath.faults.check.MessageId;
import io.softpath.psm.engine.MessageEngine;
import io.softpath.psm.engine.Peer;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One incarnation's dealings with another member: it connects, and connects again, for ever. */
final class Contact {
    private static final long AGAIN_NS = 1_000_000;

    /** How long to wait for an acknowledgement before it is asked whether the other is there. */
    private static final long QUIET_NS = 50_000_000;

    /** A message that is not acknowledged. */
    record Open(MessageId id, byte[] bytes) {}

    final int member;
    private final EndpointId id;
    private final MessageEngine engine;
    private final Map<MessageId, Open> open = new LinkedHashMap<>();
    private final ArrayDeque<Open> again = new ArrayDeque<>();
    private final ArrayDeque<MessageId> toAcknowledge = new ArrayDeque<>();

    /** Null while nothing has been tried. */
    private Peer peer;

    private boolean connected;
    private long askNs;
    private boolean tried;
    private long nextTryNs;
    private int nextNumber;

    /** How often there was a connection to it. */
    private int connection;

    /** Who has answered our connecting last. */
    private int answeredBy;

    private int toIncarnation = Incarnation.UNKNOWN;

    Contact(int member, EndpointId id, MessageEngine engine) {
        this.member = member;
        this.id = id;
        this.engine = engine;
    }

    /** Its answer to our connecting has come; who sends it is known to the world alone. */
    void answered(int incarnation) {
        Peer known = engine.connections().at(id);
        if (known == null || !known.isConnected()) {
            answeredBy = incarnation;
        }
    }

    /** Whether a connection has just come about. */
    boolean connect(long nowNs) {
        if (peer == null) {
            if (tried && nowNs - nextTryNs < 0) {
                return false;
            }
            tried = true;
            nextTryNs = nowNs + AGAIN_NS;
            peer = engine.connections().connect(id, nowNs);
        }
        if (connected) {
            return false;
        }
        if (peer.isConnected()) {
            connected = true;
            connection++;
            // Shared memory may be with one that came after who has answered.
            toIncarnation = peer.isDirect() ? Incarnation.UNKNOWN : answeredBy;
            return true;
        }
        if (engine.connections().isSettled(peer)) {
            peer = null;
        }
        return false;
    }

    /** Whether what was connected is no more: what is open has failed then. */
    boolean hasFailed() {
        return connected && peer.failure() != null;
    }

    /** Begins anew. */
    void reset() {
        peer = null;
        connected = false;
        open.clear();
    }

    /** A program's mistake: what was not acknowledged goes over the next connection. */
    void sendAgain(List<Open> messages) {
        again.addAll(messages);
        messages.forEach(this::opens);
    }

    Open nextToSendAgain() {
        return again.poll();
    }

    /** Whether to send it something, since a protocol that sends nothing notices nothing. */
    boolean asksNow(long nowNs) {
        if (open.isEmpty() || !canSend()) {
            askNs = nowNs + QUIET_NS;
            return false;
        }
        if (nowNs - askNs < 0) {
            return false;
        }
        askNs = nowNs + QUIET_NS;
        return true;
    }

    /** When it wants to do something. */
    long alarmNs() {
        if (peer == null) {
            return nextTryNs;
        }
        return open.isEmpty() ? Long.MAX_VALUE : askNs;
    }

    boolean canSend() {
        return connected && peer.isConnected();
    }

    boolean isIdle() {
        return canSend() && engine.isIdle(peer) && toAcknowledge.isEmpty();
    }

    /** Whether it is known what became of each message. */
    boolean isSettled() {
        return open.isEmpty();
    }

    MessageId nextId(Incarnation own) {
        return new MessageId(own.member(), own.number(), member, nextNumber++);
    }

    void opens(Open message) {
        open.put(message.id(), message);
    }

    /** Whether such a message was open. */
    boolean closes(MessageId message) {
        return open.remove(message) != null;
    }

    Iterable<Open> open() {
        return open.values();
    }

    void acknowledgeLater(MessageId message) {
        toAcknowledge.add(message);
    }

    MessageId nextToAcknowledge() {
        return toAcknowledge.poll();
    }

    Peer peer() {
        return peer;
    }

    int connection() {
        return connection;
    }

    int toIncarnation() {
        return toIncarnation;
    }

    String failure() {
        PsmError error = peer.failure();
        return error == null ? PsmError.EPID_NETWORK_ERROR.name() : error.name();
    }
}
