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

    /** Memory of one peer that stays mapped when nothing is copied out of it. */
    private static final int MAX_MAPPED = 64;

    private static final class Mapping {
        final DirectPort.PeerBytes bytes;

        /** Copies out of it that are not done. */
        int copies;

        /** The peer has closed it; so do we when they are. */
        boolean gone;

        Mapping(DirectPort.PeerBytes bytes) {
            this.bytes = bytes;
        }
    }

    private final EndpointId peer;
    private final DirectPort port;
    private final Matching matching;
    private final Int2ObjectHashMap<Mapping> mapped = new Int2ObjectHashMap<>();
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
        Mapping found = mapped.get(handle);
        if (found == null) {
            DirectPort.PeerBytes memory = port.map(peer, handle);
            if (memory == null) {
                return null;
            }
            if (mapped.size() >= MAX_MAPPED) {
                closeIdle();
            }
            found = new Mapping(memory);
            mapped.put(handle, found);
        }
        if (found.gone) {
            return null; // what has its handle now is mapped when nothing is copied out of it
        }
        MemorySegment all = found.bytes.segment();
        return RingRecord.place(source) > all.byteSize() - bytes ? null : all;
    }

    /**
     * Begins a copy out of memory that was {@link #find found}, {@code op.buffer} from {@code
     * op.offset} on, into the buffer of its request.
     */
    void add(SendOp op, long source) {
        int handle = RingRecord.handle(source);
        mapped.get(handle).copies++;
        op.data1 = handle;
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
        if (op.made < op.length) {
            return null;
        }
        int handle = (int) op.data1;
        Mapping memory = mapped.get(handle);
        memory.copies--;
        closeIfOver(handle, memory);
        return ops.remove();
    }

    /** The peer has closed this memory. */
    void forget(int handle) {
        Mapping memory = mapped.get(handle);
        if (memory != null) {
            memory.gone = true;
            closeIfOver(handle, memory);
        }
    }

    private void closeIfOver(int handle, Mapping memory) {
        if (memory.gone && memory.copies == 0) {
            mapped.remove(handle);
            memory.bytes.close();
        }
    }

    /** Drops what is to be copied, and gives the memory back. */
    void abandon(MessageEngine engine) {
        ops.recycleAll(engine);
        mapped.values().forEach(memory -> memory.copies = 0);
        closeIdle();
    }

    /** Closes all that nothing is copied out of now; it is mapped again when it is needed. */
    private void closeIdle() {
        mapped.values()
                .removeIf(memory -> {
                    if (memory.copies > 0) {
                        return false;
                    }
                    memory.bytes.close();
                    return true;
                });
    }
}
