package io.softpath.psm.engine;

import io.softpath.fault.FaultPoint;
import io.softpath.fault.Faults;

import java.util.ArrayList;
import java.util.Arrays;

/**
 * All that an engine shares memory with. What is not about how they come and go does not need to
 * know the time, nor allocates.
 */
final class Rings {
    /** After so many finds at one peer and nowhere else, the others are looked at in turn. */
    private static final int FAITHFUL = 8;

    private final MessageEngine engine;
    private final EngineSettings settings;
    private final DirectSettings ways;
    private final DirectPort port;
    private final Requests requests;
    private final Matching matching;

    private RingReader[] readers = {};

    /** Those whose way out has something to do, and those that are broken. */
    private final ArrayList<RingReader> working = new ArrayList<>();

    /** Something was taken, and what is to be written has not been looked at since. */
    private boolean unsettled;

    /** Which reader has found something last, and how often it and no other. */
    private int latest;

    private int faithful;

    /** Which of the others is looked at next. */
    private int other;

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
            Faults.at(FaultPoint.DIRECT_OPENED);
            link.openAs(settings.runId());
            RingPath path = new RingPath(peer, link, engine, port, ways, requests, matching);
            peer.ring = new RingReader(peer, link, path, engine.counters(), requests, matching);
            add(peer.ring);
        }
    }

    /**
     * The peer has told us who it is. It opens what it can before it says anything: memory that it
     * has not opened, or has left, was for a process or a connection before it, or for nobody, and
     * there may be some for the two.
     */
    void meet(Peer peer, int runId) {
        if (peer.ring == null || !peer.ring.link().isOpenedBy(runId)) {
            unlink(peer);
            link(peer);
        }
    }

    /** The peer has told us who it is: reads what it writes. */
    void listen(Peer peer, int runId) {
        if (peer.ring != null) {
            peer.ring.link().listenTo(runId);
            Faults.at(FaultPoint.DIRECT_LISTENING);
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
            peer.ring.link().leave();
            Faults.at(FaultPoint.DIRECT_UNLISTENED);
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
        working.remove(reader);
        faithful = 0;
        latest = 0;
        other = 0;
    }

    /** A look is to write what waits for a peer, or to end the connection to it. */
    void hasWork(RingReader reader) {
        if (!reader.works) {
            reader.works = true;
            working.add(reader);
        }
    }

    // What they have to say.

    boolean isEmpty() {
        return readers.length == 0;
    }

    /**
     * Takes what has come, and writes what there is room for. As long as one peer alone has
     * something to say, a look goes to it and to one of the others in turn: a cache line each.
     *
     * @return how many records came
     */
    int look() {
        int records = faithful < FAITHFUL ? lookAtAll() : lookAt(latest) + lookAtAnother();
        unsettled = records != 0 && !unsettled; // the program may have it first
        if (!unsettled && !working.isEmpty()) {
            settle();
        }
        return records;
    }

    private int lookAtAll() {
        int records = 0;
        for (int i = 0; i < readers.length; i++) {
            records += lookAt(i);
        }
        return records;
    }

    private int lookAtAnother() {
        other = other + 1 < readers.length ? other + 1 : 0;
        return other == latest ? 0 : lookAt(other);
    }

    private int lookAt(int index) {
        RingReader reader = readers[index];
        int taken = reader.take();
        if (reader.isBroken()) {
            hasWork(reader);
        }
        if (taken != 0) {
            faithful = index == latest ? Math.min(faithful + 1, FAITHFUL) : 0;
            latest = index;
        }
        return taken;
    }

    /** Writes what there is room for, and ends the connections to those who spoilt their memory. */
    private void settle() {
        for (int i = working.size() - 1; i >= 0; i--) {
            RingReader reader = working.get(i);
            RingPath path = reader.path();
            if (path.hasWork()) {
                path.flush();
            }
            if (reader.isBroken() || path.isBroken()) {
                engine.broken(reader.peer());
            } else if (!path.hasWork()) {
                reader.works = false;
                working.remove(i);
            }
        }
    }

    /** Whether there is something to do now. */
    boolean hasWork() {
        for (int i = 0; i < working.size(); i++) {
            if (working.get(i).path().isBusy()) {
                return true;
            }
        }
        return false;
    }

    /** Whether something waits for room, which nobody tells us of. */
    boolean isFull() {
        for (int i = 0; i < working.size(); i++) {
            if (working.get(i).path().isFull()) {
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
