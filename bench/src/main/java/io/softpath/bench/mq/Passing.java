package io.softpath.bench.mq;

import io.softpath.abi.psm.PsmError;
import io.softpath.psm.Endpoint;
import io.softpath.psm.MatchedQueue;
import io.softpath.psm.Status;
import io.softpath.psm.engine.Peer;
import io.softpath.psm.engine.Request;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Passes tiny messages from one endpoint to another of the same thread. */
public final class Passing {
    /** The sender looks for acknowledgements this often: there are credits for 64 messages. */
    private static final int PASSES_PER_LOOK = 16;

    /** While the message has not come, the sender looks this seldom whether it can send it now. */
    private static final int LOOKS_PER_SENDER = 64;

    /** The tag of the messages. */
    private static final long TAG = 1;

    private final Endpoint sender;
    private final Endpoint receiver;
    private final Peer peer;
    private final MemorySegment from = Arena.ofAuto().allocate(Size.TINY.bytes(), Long.BYTES);
    private final MemorySegment to = Arena.ofAuto().allocate(Size.TINY.bytes(), Long.BYTES);
    private final Status status = new Status();
    private long passed;

    /**
     * @param peer what the receiver is to the sender
     */
    public Passing(Endpoint sender, Peer peer, Endpoint receiver) {
        this.sender = sender;
        this.receiver = receiver;
        this.peer = peer;
    }

    /**
     * Passes a message.
     *
     * @throws IllegalStateException if it does not come, or another one
     */
    public void pass() {
        MatchedQueue in = receiver.queue();
        MatchedQueue out = sender.queue();
        from.set(ValueLayout.JAVA_LONG, 0, ++passed);
        Request receive = in.irecv(TAG, -1, to, 0, Size.TINY.bytes(), null, null);
        Request send = out.isend(peer, TAG, from, 0, Size.TINY.bytes(), false, null, null);
        finish(in, receive);
        finish(out, send);
        if (to.get(ValueLayout.JAVA_LONG, 0) != passed) {
            throw new IllegalStateException("another message came than number=" + passed);
        }
        if (passed % PASSES_PER_LOOK == 0) {
            sender.progress();
        }
    }

    private void finish(MatchedQueue queue, Request request) {
        if (!queue.test(request, status)) {
            long end = System.nanoTime() + Endpoints.PATIENCE.toNanos();
            for (int i = 1; !queue.test(request, status); i++) {
                if (i % LOOKS_PER_SENDER == 0) {
                    sender.progress();
                }
                if (System.nanoTime() - end > 0) {
                    throw new IllegalStateException("no message came within " + Endpoints.PATIENCE);
                }
            }
        }
        if (status.error() != PsmError.OK) {
            throw new IllegalStateException("a message did not come through: " + status);
        }
    }
}
