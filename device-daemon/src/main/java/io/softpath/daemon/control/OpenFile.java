package io.softpath.daemon.control;

import io.softpath.linux.PeerCredentials;
import io.softpath.linux.PidFd;

import java.util.function.Supplier;

/**
 * One open file: what {@code open} on a unit's node makes, and what the commands on it have
 * changed. It gets at most one context. Source: qib.h, struct qib_filedata.
 */
final class OpenFile {
    /** The node that stands for any unit. */
    static final int ANY_UNIT = -1;

    private final int node;
    private final PeerCredentials peer;
    private final Supplier<PidFd> process;
    private final long openedEpochMs;
    private final Outbox outbox;
    private int features;
    private OpenContext context;
    private PinAccount account;

    /**
     * @param node the unit whose node was opened, or {@link #ANY_UNIT}
     * @param process opens a descriptor of the process that opened the file
     */
    OpenFile(
            int node,
            PeerCredentials peer,
            Supplier<PidFd> process,
            long openedEpochMs,
            Outbox outbox) {
        this.node = node;
        this.peer = peer;
        this.process = process;
        this.openedEpochMs = openedEpochMs;
        this.outbox = outbox;
    }

    int node() {
        return node;
    }

    PeerCredentials peer() {
        return peer;
    }

    /**
     * A descriptor of the process that opened the file, the caller's to close.
     *
     * @throws io.softpath.error.SoftpathException ESRCH, EMFILE, ENFILE
     */
    PidFd process() {
        return process.get();
    }

    long openedEpochMs() {
        return openedEpochMs;
    }

    Outbox outbox() {
        return outbox;
    }

    /** What the client and the daemon agreed on beyond the driver's interface. */
    int features() {
        return features;
    }

    void features(int granted) {
        features = granted;
    }

    boolean has(int feature) {
        return (features & feature) != 0;
    }

    /** The context assigned to this file, or null. */
    OpenContext context() {
        return context;
    }

    void context(OpenContext assigned) {
        context = assigned;
    }

    /** Who pays for what this file registers and pins; null until it does. */
    PinAccount account() {
        return account;
    }

    void account(PinAccount payer) {
        account = payer;
    }

    @Override
    public String toString() {
        return "pid=" + peer.pid() + " uid=" + peer.uid();
    }
}
