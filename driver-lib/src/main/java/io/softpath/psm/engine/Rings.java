package io.softpath.psm.engine;

import java.util.Arrays;

/**
 * All that an engine shares memory with. What is not about how they come and go does not need to
 * know the time, nor allocates.
 */
final class Rings {
    private final MessageEngine engine;
    private final EngineSettings settings;
    private final DirectSettings ways;
    private final DirectPort port;
    private final Requests requests;
    private final Matching matching;
    private RingReader[] readers = {};

    /**
     * @param port may be null if {@code ways} has no direct one
     */
    Rings(
            MessageEngine engine,
            EngineSettings settings,
            DirectSettings ways,
            DirectPort port,
            Requests requests,
            Matching matching) {
        this.engine = engine;
        this.settings = settings;
        this.ways = ways;
        this.port = port;
        this.requests = requests;
        this.matching = matching;
    }

    // How they come and go.

    /** Shares memory with a peer, if we want to and it is of this host. */
    void link(Peer peer) {
        if (!ways.direct() || peer.ring != null) {
            return;
        }
        DirectLink link = port.open(peer.id);
        if (link == null) {
            peer.whyNotDirect = port.refusal();
        } else {
            RingPath path = new RingPath(peer, link, engine, port, ways, requests, matching);
            peer.ring = new RingReader(peer, link, path, engine.counters(), requests, matching);
            add(peer.ring);
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
        return ways.chip();
    }

    /** Shares memory with a peer no longer. */
    void unlink(Peer peer) {
        if (peer.ring != null) {
            peer.ring.link().listenToNobody();
            peer.ring.path().abandon();
            remove(peer.ring);
            peer.ring = null;
            peer.path = peer.packets;
        }
    }

    DirectSettings ways() {
        return ways;
    }

    private void add(RingReader reader) {
        readers = Arrays.copyOf(readers, readers.length + 1);
        readers[readers.length - 1] = reader;
    }

    private void remove(RingReader reader) {
        readers = Arrays.stream(readers).filter(r -> r != reader).toArray(RingReader[]::new);
    }

    // What they have to say.

    boolean isEmpty() {
        return readers.length == 0;
    }

    /**
     * Takes what has come, and writes what there is room for.
     *
     * @return how many records came
     */
    int look() {
        int records = 0;
        for (RingReader reader : readers) {
            int taken = reader.take();
            records += taken;
            reader.unsettled = taken != 0 && !reader.unsettled; // the program may have it first
            if (!reader.unsettled) {
                settle(reader);
            }
        }
        return records;
    }

    /** Writes what there is room for, and ends the connection to who has spoilt the ring. */
    private void settle(RingReader reader) {
        RingPath path = reader.path();
        if (path.hasWork()) {
            path.flush();
        }
        if (reader.isBroken() || path.isBroken()) {
            engine.broken(reader.peer());
        }
    }

    /** Whether there is something to do now. */
    boolean hasWork() {
        for (RingReader reader : readers) {
            if (reader.path().isBusy()) {
                return true;
            }
        }
        return false;
    }

    /** Whether something waits for room, which nobody tells us of. */
    boolean isFull() {
        for (RingReader reader : readers) {
            if (reader.path().isFull()) {
                return true;
            }
        }
        return false;
    }

    /**
     * Says to the peers that we sleep, or no longer.
     *
     * @return false if one of them has written something
     */
    boolean sleep(boolean asleep) {
        boolean quiet = true;
        for (RingReader reader : readers) {
            DirectLink link = reader.link();
            link.sleep(asleep);
            quiet &= !link.in.hasSomething();
        }
        return quiet;
    }
}
