package io.softpath.apps.exchange;

import io.softpath.abi.psm.EndpointId;
import io.softpath.abi.psm.PsmError;
import io.softpath.psm.engine.Peer;
import io.softpath.psm.engine.Request;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/** What there is between this endpoint and one incarnation of another rank. */
final class Session {
    /** How far the way to it is. */
    enum State {
        /** Its address is not known yet: it has found us first. */
        UNKNOWN,

        /** It is being connected to, or asked who it is. */
        GREETING,

        /** Messages can be sent. */
        OPEN,

        /** It is gone. */
        ENDED
    }

    /** A message that is not acknowledged yet. */
    record Unacked(long tag, long sentNs) {}

    private static final long FIRST_TRY_NS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long LONGEST_TRY_NS = TimeUnit.MILLISECONDS.toNanos(320);

    final int incarnation;
    final Deque<Unacked> unacked = new ArrayDeque<>();

    /** Receives in the order in which messages have come; delivered in that order. */
    final Deque<Incoming> incoming = new ArrayDeque<>();

    /** What has been delivered and could not be acknowledged yet. */
    final Deque<Integer> acksOwed = new ArrayDeque<>();

    State state = State.UNKNOWN;
    int rank = -1;
    EndpointId id;
    Peer peer;
    Request bond;
    long greetedNs;
    long tryAgainNs;
    private long tryIntervalNs = FIRST_TRY_NS;

    /** Since when its rank has had a later incarnation; 0: it has not. */
    long supersededNs;

    /** A receive of its has failed: what comes after that would be out of order. */
    boolean broken;

    Session(int incarnation) {
        this.incarnation = incarnation;
    }

    /** It has not answered: it is connected to again later. */
    void retry(long nowNs) {
        peer = null;
        tryAgainNs = nowNs + tryIntervalNs;
        tryIntervalNs = Math.min(2 * tryIntervalNs, LONGEST_TRY_NS);
    }

    boolean canSend() {
        return state == State.OPEN && peer.isConnected();
    }

    /** Whether something can be said to it, before it has said who it is. */
    boolean canSpeak() {
        return peer != null && peer.isConnected();
    }

    /** Whether whoever was connected is not any more. */
    boolean hasGone() {
        return peer != null && !peer.isConnected();
    }

    /** Why nothing is sent to it any more; null if nothing is wrong. */
    PsmError failure() {
        return peer == null ? null : peer.failure();
    }

    @Override
    public String toString() {
        return String.format(
                "rank=%d incarnation=%d state=%s peer=%s connected=%s failure=%s direct=%s"
                        + " unacked=%d incoming=%d acksOwed=%d superseded=%s",
                rank,
                incarnation,
                state,
                id,
                peer != null && peer.isConnected(),
                failure(),
                peer != null && peer.isDirect(),
                unacked.size(),
                incoming.size(),
                acksOwed.size(),
                supersededNs != 0);
    }
}
