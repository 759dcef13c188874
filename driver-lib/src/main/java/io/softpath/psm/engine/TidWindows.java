package io.softpath.psm.engine;

import io.softpath.abi.packet.ExpectedPsn;
import io.softpath.abi.packet.TidSessionList;
import io.softpath.abi.psm.MqClass;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;

/**
 * The windows that peers may send to by TID, each with TIDs and a flow of the chip. Source: psm,
 * ips_proto_expected.c, ips_tid_recv_alloc; ips_tid.c; ips_tidflow.c.
 */
final class TidWindows {
    /** As many windows as there are flows. */
    private static final int WINDOWS = 32;

    /** Windows that can be copied from at once. */
    private static final int BOUNCES = 4;

    /** PSM's first numbers have so many values, so that a window does not come to their end. */
    private static final int FIRST_NUMBERS = 1 << 10;

    private static final int NONE = -1;

    private final EngineSettings settings;
    private final TidPort port; // null: none can be opened
    private final boolean checked;
    private final TidWindow[] windows = new TidWindow[WINDOWS];
    private final boolean[] bounceUsed = new boolean[BOUNCES];
    private final SplittableRandom random;

    /** Of a window without bytes nobody asks where it is. */
    private final MemorySegment nowhere = Arena.ofAuto().allocate(Long.BYTES, Long.BYTES);

    private MemorySegment bounce;
    private int openCount;

    TidWindows(EngineSettings settings, TidPort port) {
        this.settings = settings;
        this.port = port;
        checked = port != null && port.checksFlows();
        random = new SplittableRandom(settings.runId());
        int maxTids = settings.windowBytes() / TidPort.PAGE_BYTES + 2;
        for (int i = 0; i < WINDOWS; i++) {
            windows[i] = new TidWindow(i, maxTids);
        }
    }

    boolean canOpen() {
        return port != null;
    }

    /** All, open or not. */
    TidWindow[] all() {
        return windows;
    }

    int openCount() {
        return openCount;
    }

    /** Whether the chip checks flows, and leaves out headers. */
    boolean checked() {
        return checked;
    }

    boolean isPinned(Request receive) {
        return port.isPinned(receive.buffer, receive.offset, receive.wanted);
    }

    /** Whether there is memory that messages can be copied from. */
    boolean hasBounce() {
        if (bounce == null) {
            bounce = port.bounce((long) BOUNCES * bounceBytes());
        }
        return bounce != null;
    }

    private int freeBounce() {
        for (int i = 0; i < BOUNCES; i++) {
            if (!bounceUsed[i]) {
                return i;
            }
        }
        return NONE;
    }

    private int bounceBytes() {
        return settings.windowBytes() + TidPort.PAGE_BYTES - 1 & -TidPort.PAGE_BYTES;
    }

    /** Opens the next window of a message; null if it has to wait. */
    TidWindow open(TidFetch fetch) {
        TidWindow window = closedWindow();
        int bounceAt = fetch.direct || fetch.receive.wanted == 0 ? NONE : freeBounce();
        if (window == null || !fetch.direct && fetch.receive.wanted > 0 && bounceAt == NONE) {
            return null;
        }
        int flow = port.takeFlow();
        if (flow < 0) {
            return null;
        }
        lay(window, fetch, bounceAt);
        if (window.tidCount > 0
                && !port.acquire(
                        window.memory, window.at + window.before, window.byTid, window.tids)) {
            port.giveFlow(flow);
            return null;
        }
        if (bounceAt != NONE) {
            bounceUsed[bounceAt] = true;
        }
        window.fetch = fetch;
        window.peer = fetch.peer;
        window.uses++;
        window.bounce = bounceAt;
        window.messageOffset = fetch.granted;
        window.number = fetch.windows++;
        window.flow = flow;
        window.sequence = random.nextInt(FIRST_NUMBERS);
        window.remote = 0;
        window.answered = false;
        fetch.granted += window.length;
        fetch.open++;
        openCount++;
        newGeneration(window);
        window.clean = true;
        return window;
    }

    private TidWindow closedWindow() {
        for (TidWindow window : windows) {
            if (window.fetch == null) {
                return window;
            }
        }
        return null;
    }

    /**
     * How long the next window of a message is, and where it lies. No window is much shorter than
     * others, and all but the last end with a dword.
     */
    private void lay(TidWindow window, TidFetch fetch, int bounceAt) {
        Request receive = fetch.receive;
        int most = longest(fetch.peer);
        int left = receive.wanted - fetch.granted;
        int length = Math.min(left, most);
        int rest = left - length;
        if (rest > 0 && rest < most / 2) {
            length /= 2;
        }
        MemorySegment memory = receive.buffer;
        long at = receive.offset + fetch.granted;
        if (bounceAt != NONE) {
            memory = bounce;
            at = (long) bounceAt * bounceBytes();
        } else if (length == 0) {
            memory = nowhere;
            at = 0;
        }
        if (length < left) {
            length -= (int) (memory.address() + at + length & 3);
        }
        window.lay(memory, at, length);
    }

    /** The grant must fit in one packet, its packets must fit in the numbers, TIDs must suffice. */
    private int longest(Peer peer) {
        int fragment = TidSend.fragmentBytes(peer);
        int tids = Math.min(TidSessionList.maxTids(peer.fragmentBytes), port.tidCount()) - 2;
        int packets = ExpectedPsn.SEQ_COUNT - FIRST_NUMBERS - 2;
        return Math.min(
                settings.windowBytes(), Math.min(tids * TidPort.PAGE_BYTES, packets * fragment));
    }

    /** Whatever is under way comes too late; the next packet is as before. */
    void newGeneration(TidWindow window) {
        window.clean = false;
        window.generation = port.nextGeneration(window.flow);
        port.setFlow(window.flow, window.generation, window.sequence);
    }

    /** A packet was taken: the flow follows where the chip does not lead. */
    void took(TidWindow window) {
        if (!checked) {
            port.setFlow(window.flow, window.generation, window.sequence);
        }
    }

    /** Gives its TIDs and its flow back. */
    void close(TidWindow window) {
        port.giveFlow(window.flow);
        if (window.tidCount > 0) {
            port.release(window.tids, window.tidCount, window.clean && window.isComplete());
        }
        if (window.bounce != NONE) {
            bounceUsed[window.bounce] = false;
        }
        window.fetch.open--;
        window.fetch = null;
        window.memory = null;
        openCount--;
    }

    /** The open window of a peer that has this name; null if there is none. */
    TidWindow find(Peer peer, long name) {
        int place = MqClass.first(name);
        if (place < 0 || place >= WINDOWS) {
            return null;
        }
        TidWindow window = windows[place];
        return window.fetch != null && window.uses == MqClass.second(name) && window.peer == peer
                ? window
                : null;
    }

    /** Whether a name is that of a window which was closed, and so had all of its bytes. */
    boolean wasClosed(long name) {
        int place = MqClass.first(name);
        if (place < 0 || place >= WINDOWS || MqClass.second(name) <= 0) {
            return false;
        }
        TidWindow window = windows[place];
        int uses = window.fetch == null ? window.uses : window.uses - 1;
        return uses - MqClass.second(name) >= 0;
    }
}
