package io.softpath.psm.engine;

import io.softpath.abi.direct.DirectLayout;

import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.ControlledMessageHandler;

/**
 * Takes the records that one peer writes. It is another process, and may write anything: a record
 * that cannot be ends the connection to it, and nothing else.
 */
final class RingReader implements ControlledMessageHandler {
    /**
     * The most records that are taken at once. One alone is taken as long as they come one by one:
     * to look whether another is behind it takes a cache line that its writer has just written, and
     * the program can have the first one meanwhile.
     */
    private static final int MAX_RECORDS = 64;

    private final Peer peer;
    private final DirectLink link;
    private final RingPath path;
    private final EngineCounters counters;
    private final Requests requests;
    private final Matching matching;
    private boolean broken;
    private int taken;
    private int limit = 1;

    RingReader(
            Peer peer,
            DirectLink link,
            RingPath path,
            EngineCounters counters,
            Requests requests,
            Matching matching) {
        this.peer = peer;
        this.link = link;
        this.path = path;
        this.counters = counters;
        this.requests = requests;
        this.matching = matching;
    }

    DirectLink link() {
        return link;
    }

    RingPath path() {
        return path;
    }

    Peer peer() {
        return peer;
    }

    /** Whether something has come; if not, what comes next comes alone. */
    boolean hasSomething() {
        if (link.hasSomething()) {
            return true;
        }
        limit = 1;
        return false;
    }

    /** Whether a record came that cannot be. */
    boolean isBroken() {
        return broken;
    }

    /**
     * Takes what has come, some of it at least.
     *
     * @return how many records
     */
    int take() {
        taken = 0;
        try {
            link.in.controlledRead(this, limit);
        } catch (IndexOutOfBoundsException outsideTheRing) {
            broken = true;
        }
        limit = taken < limit ? 1 : Math.min(2 * limit, MAX_RECORDS);
        if (taken != 0) {
            peer.heard = true;
            counters.recordsReceived += taken;
        }
        return taken;
    }

    @Override
    public Action onMessage(int type, MutableDirectBuffer buffer, int index, int length) {
        if (length < RingRecord.leastBytes(type) || length > DirectLayout.RING_BYTES - index) {
            broken = true;
            return Action.ABORT;
        }
        if (!accept(type, buffer, index, length)) {
            return Action.ABORT; // as if it had not come yet
        }
        taken++;
        return Action.CONTINUE;
    }

    /** Each word is read once. False if there is no memory for a message now, or it cannot be. */
    private boolean accept(int type, MutableDirectBuffer buffer, int index, int length) {
        switch (type) {
            case RingRecord.EAGER -> {
                int bytes = length - RingRecord.EAGER_BYTES;
                long at = link.inAt(index + RingRecord.EAGER_BYTES);
                return hasMemory(
                        matching.arrives(
                                peer, buffer.getLong(index), bytes, 0, link.memory(), at, bytes));
            }
            case RingRecord.RTS -> {
                return offered(
                        buffer.getLong(index),
                        buffer.getInt(index + 8),
                        buffer.getInt(index + 12),
                        buffer.getLong(index + 16));
            }
            case RingRecord.CTS ->
                    path.clearToSend(
                            buffer.getInt(index),
                            buffer.getInt(index + 4),
                            buffer.getInt(index + 8));
            case RingRecord.DATA ->
                    piece(
                            buffer.getInt(index),
                            buffer.getInt(index + 4),
                            link.inAt(index + RingRecord.DATA_BYTES),
                            length - RingRecord.DATA_BYTES);
            case RingRecord.DONE -> path.done(buffer.getInt(index));
            case RingRecord.GONE -> path.gone(buffer.getInt(index));
            default ->
                    throw new IllegalStateException("psm: record type=" + type + " has a length");
        }
        return true;
    }

    private boolean hasMemory(boolean accepted) {
        if (!accepted) {
            counters.noMemory++;
        }
        return accepted;
    }

    private boolean offered(long tag, int remoteRequest, int messageLength, long source) {
        if (remoteRequest < 0 || messageLength < 0) {
            broken = true;
            return false;
        }
        if (!hasMemory(matching.hasRoom())) {
            return false;
        }
        matching.offered(path, peer, tag, messageLength, remoteRequest, source);
        return true;
    }

    private void piece(int index, int at, long memoryAt, int length) {
        Request request = requests.referred(index);
        if (request == null || request.isSend || request.peer != peer) {
            counters.malformed++;
        } else {
            matching.store(request, at, link.memory(), memoryAt, length);
        }
    }
}
