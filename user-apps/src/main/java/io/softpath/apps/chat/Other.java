package io.softpath.apps.chat;

import io.softpath.psm.engine.Peer;
import io.softpath.psm.engine.Request;

/** Another rank, as this one knows it. */
final class Other {
    final int rank;
    final Peer peer;

    /** Under way as long as both are there; null when one of the two has left. */
    Request bond;

    boolean hasSpoken;

    /** It says no more; if it has said nothing before, it still listens. */
    boolean hasEnded;

    Other(int rank, Peer peer, Request bond) {
        this.rank = rank;
        this.peer = peer;
        this.bond = bond;
    }

    /** Whether one of the two leaves, or it has died, and this rank has not yet looked after it. */
    boolean isBondOver() {
        return bond != null && bond.isComplete();
    }

    @Override
    public String toString() {
        return "rank " + rank;
    }
}
