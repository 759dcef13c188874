package io.softpath.psm.engine;

import java.lang.foreign.MemorySegment;

/**
 * Takes the records that one peer writes. It is another process, and may write anything: a record
 * that cannot be ends the connection to it, and nothing else.
 */
final class RingReader implements RecordReader.Taker {
    /**
     * The most records that are taken at once. One alone is taken as long as they come one by one:
     * to look whether another is behind it takes a cache line that its writer has just written, and
     * the program can have the first one meanwhile.
     */
    private static final int MAX_RECORDS = 64;

    private final Peer peer;
    private final DirectLink link;
    private final MemorySegment memory;
    private final DirectWords words;
    private final RecordReader in;
    private final RingPath path;
    private final EngineCounters counters;
    private final Requests requests;
    private final Matching matching;
    private boolean broken;
    private int limit = 1;

    /** {@link Rings} has it in its list of those with something to do. */
    boolean works;

    RingReader(
            Peer peer,
            DirectLink link,
            RingPath path,
            EngineCounters counters,
            Requests requests,
            Matching matching) {
        this.peer = peer;
        this.link = link;
        memory = link.memory();
        words = link.words();
        in = link.in;
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

    /** Whether a record came that cannot be. */
    boolean isBroken() {
        return broken || in.isBroken();
    }

    /**
     * Takes what has come, some of it at least.
     *
     * @return how many records
     */
    int take() {
        int taken = in.take(this, limit);
        if (taken == 0) {
            limit = 1;
            return 0;
        }
        limit = taken < limit ? 1 : Math.min(2 * limit, MAX_RECORDS);
        peer.heard = true;
        counters.recordsReceived += taken;
        return taken;
    }

    /**
     * Takes a record; each word is read once. False if there is no memory for a message now, or it
     * cannot be.
     */
    @Override
    public boolean take(int type, long at, int bytes) {
        if (bytes < RingRecord.leastBytes(type)) {
            broken = true;
            return false;
        }
        switch (type) {
            case RingRecord.EAGER -> {
                int length = bytes - RingRecord.EAGER_BYTES;
                long message = at + RingRecord.EAGER_BYTES;
                return hasMemory(
                        matching.arrives(peer, getLong(at), length, 0, memory, message, length));
            }
            case RingRecord.RTS -> {
                return offered(getLong(at), getInt(at + 8), getInt(at + 12), getLong(at + 16));
            }
            case RingRecord.CTS -> path.clearToSend(getInt(at), getInt(at + 4), getInt(at + 8));
            case RingRecord.DATA ->
                    piece(
                            getInt(at),
                            getInt(at + 4),
                            at + RingRecord.DATA_BYTES,
                            bytes - RingRecord.DATA_BYTES);
            case RingRecord.DONE -> path.done(getInt(at));
            case RingRecord.GONE -> path.gone(getInt(at));
            default ->
                    throw new IllegalStateException("psm: record type=" + type + " has a length");
        }
        return true;
    }

    private long getLong(long at) {
        return words.getLong(at);
    }

    private int getInt(long at) {
        return words.getInt(at);
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
            matching.store(request, at, memory, memoryAt, length);
        }
    }
}
