package io.softpath.bench.mq;

import io.softpath.abi.psm.PsmError;
import io.softpath.bench.process.Trips;
import io.softpath.psm.Endpoint;
import io.softpath.psm.EndpointOptions;
import io.softpath.psm.MatchedQueue;
import io.softpath.psm.Status;
import io.softpath.psm.engine.Peer;
import io.softpath.psm.engine.Request;

import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * One thread with two endpoints, which passes a message from one to the other through the chip: two
 * hand-overs, and nobody else wants its CPU. All that is done at both ends is in the figure.
 */
final class Alone {
    /** The sender looks for acknowledgements this often: there are credits for 64 messages. */
    private static final int PASSES_PER_LOOK = 16;

    /** The tag of the messages. */
    private static final long TAG = 1;

    private final Endpoint sender;
    private final Endpoint receiver;
    private final Peer peer;
    private final MemorySegment from = Arena.ofAuto().allocate(Size.TINY.bytes(), Long.BYTES);
    private final MemorySegment to = Arena.ofAuto().allocate(Size.TINY.bytes(), Long.BYTES);
    private final Status status = new Status();
    private int passed;

    private Alone(Endpoint sender, Endpoint receiver) {
        this.sender = sender;
        this.receiver = receiver;
        peer = connect();
    }

    /** Measures and prints the findings. */
    static void measure(
            EndpointOptions one, EndpointOptions other, long measuredNs, PrintStream out) {
        try (Endpoint sender = Endpoint.open(one);
                Endpoint receiver = Endpoint.open(other)) {
            Alone alone = new Alone(sender, receiver);
            new Trips(alone::pass, measuredNs).measure(out, Way.ALONE.rtt(), Way.ALONE.alloc());
        }
    }

    /** Each waits for the other, so the other makes progress in a thread of its own meanwhile. */
    private Peer connect() {
        Thread other =
                Thread.ofPlatform().start(() -> receiver.connect(sender.id(), MqUser.PATIENCE));
        Peer connected = sender.connect(receiver.id(), MqUser.PATIENCE);
        sender.await(() -> !other.isAlive(), MqUser.PATIENCE);
        return connected;
    }

    private void pass() {
        MatchedQueue in = receiver.queue();
        MatchedQueue out = sender.queue();
        Request receive = in.irecv(TAG, -1, to, 0, Size.TINY.bytes(), null, null);
        Request send = out.isend(peer, TAG, from, 0, Size.TINY.bytes(), false, null, null);
        finish(in, receive);
        finish(out, send);
        if (++passed % PASSES_PER_LOOK == 0) {
            sender.progress();
        }
    }

    private void finish(MatchedQueue queue, Request request) {
        if (!queue.test(request, status)) {
            long end = System.nanoTime() + MqUser.PATIENCE.toNanos();
            while (!queue.test(request, status)) {
                if (System.nanoTime() - end > 0) {
                    throw new IllegalStateException("no message came within " + MqUser.PATIENCE);
                }
            }
        }
        if (status.error() != PsmError.OK) {
            throw new IllegalStateException("a message did not come through: " + status);
        }
    }
}
