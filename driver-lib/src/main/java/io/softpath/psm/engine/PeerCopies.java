package io.softpath.psm.engine;

import io.softpath.abi.psm.EndpointId;

import org.agrona.collections.Int2ObjectHashMap;

import java.lang.foreign.MemorySegment;

/**
 * Long messages that are copied straight out of one peer's pinned memory, some of each at a time so
 * that nothing else has to wait for long.
 */
final class PeerCopies {
    /** A third of a millisecond, about. */
    private static final int STEP_BYTES = 2 << 20;

    /** Memory of one peer that stays mapped; more is asked for again when it is needed. */
    private static final int MAX_MAPPED = 64;

    private final EndpointId peer;
    private final DirectPort port;
    private final Matching matching;
    private final Int2ObjectHashMap<DirectPort.PeerBytes> mapped = new Int2ObjectHashMap<>();
    private final SendOps ops = new SendOps();

    PeerCopies(EndpointId peer, DirectPort port, Matching matching) {
        this.peer = peer;
        this.port = port;
        this.matching = matching;
    }

    /**
     * The peer's memory that a message lies in.
     *
     * @param source what the peer says, which may be anything
     * @return null if we cannot read it there
     */
    MemorySegment find(long source, int bytes) {
        int handle = RingRecord.handle(source);
        DirectPort.PeerBytes found = mapped.get(handle);
        if (found == null) {
            found = port.map(peer, handle);
            if (found == null) {
                return null;
            }
            if (mapped.size() == MAX_MAPPED) {
                close();
            }
            mapped.put(handle, found);
        }
        MemorySegment all = found.segment();
        return RingRecord.place(source) > all.byteSize() - bytes ? null : all;
    }

    /**
     * Begins a copy, {@code op.buffer} from {@code op.offset} on, into the buffer of its request.
     */
    void add(SendOp op) {
        ops.add(op);
    }

    boolean isEmpty() {
        return ops.isEmpty();
    }

    /**
     * Copies some of what is to be copied.
     *
     * @return the operation that is done with that, if one is; its receive is complete
     */
    SendOp step() {
        SendOp op = ops.first();
        int piece = Math.min(op.length - op.made, STEP_BYTES);
        matching.store(op.request, op.made, op.buffer, op.offset + op.made, piece);
        op.made += piece;
        return op.made < op.length ? null : ops.remove();
    }

    /** The peer has closed this memory. */
    void forget(int handle) {
        DirectPort.PeerBytes memory = mapped.get(handle);
        if (memory != null && isEmpty()) {
            mapped.remove(handle);
            memory.close();
        }
    }

    /** Drops what is to be copied, and gives the memory back. */
    void abandon(MessageEngine engine) {
        ops.recycleAll(engine);
        close();
    }

    private void close() {
        if (isEmpty()) {
            mapped.values().forEach(DirectPort.PeerBytes::close);
            mapped.clear();
        }
    }
}
