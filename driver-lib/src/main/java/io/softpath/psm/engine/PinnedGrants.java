package io.softpath.psm.engine;

import io.softpath.abi.psm.EndpointId;

import org.agrona.collections.IntHashSet;

/** Which of our pinned memory one peer may read. */
final class PinnedGrants {
    private final EndpointId peer;
    private final DirectPort port;
    private final IntHashSet granted = new IntHashSet();
    private final IntHashSet refused = new IntHashSet();

    PinnedGrants(EndpointId peer, DirectPort port) {
        this.peer = peer;
        this.port = port;
    }

    /**
     * Where the peer can read the message of a send.
     *
     * @return {@link RingRecord#source}; {@link RingRecord#NO_SOURCE} if nowhere
     */
    long sourceOf(Request send) {
        int handle = port.handleOf(send.buffer, send.offset, send.length);
        if (handle < 0 || !isGranted(handle)) {
            return RingRecord.NO_SOURCE;
        }
        return RingRecord.source(handle, port.placeOf(send.buffer, send.offset));
    }

    private boolean isGranted(int handle) {
        if (granted.contains(handle)) {
            return true;
        }
        if (refused.contains(handle)) {
            return false;
        }
        boolean can = port.grant(peer, handle);
        (can ? granted : refused).add(handle);
        return can;
    }

    /** Takes out one that was closed meanwhile; -1 if there is none. */
    int takeClosed() {
        IntHashSet.IntIterator all = granted.iterator();
        while (all.hasNext()) {
            int handle = all.nextValue();
            if (!port.isOpen(handle)) {
                granted.remove(handle);
                return handle;
            }
        }
        return -1;
    }
}
