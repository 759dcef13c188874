package io.softpath.bench.mq;

import io.softpath.abi.psm.PsmError;
import io.softpath.bench.process.Copies;
import io.softpath.bench.process.Findings;
import io.softpath.bench.process.Pattern;
import io.softpath.bench.process.Timed;
import io.softpath.bench.process.Trips;
import io.softpath.psm.Endpoint;
import io.softpath.psm.MatchedQueue;
import io.softpath.psm.Status;
import io.softpath.psm.engine.Peer;
import io.softpath.psm.engine.Request;

import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** The process that measures: round trips, then windows of messages of each size. */
final class Ping {
    private static final PrintStream NOWHERE = new PrintStream(OutputStream.nullOutputStream());
    private static final int LEAST_WINDOWS = 2;

    /** Times as long as is measured: two JVMs compile on the CPU of those that send. */
    private static final int WARM_UP = 3;

    /** The same where no round trips went before. */
    private static final int COLD = 8;

    private final MatchedQueue queue;
    private final Peer peer;
    private final Way way;
    private final long measuredNs;
    private final Status status = new Status();
    private final MemorySegment from;
    private final MemorySegment to;
    private final Request[] sends = new Request[Size.TINY.window()];

    /** The answer to the window before; null if there was none, or it has come. */
    private Request answer;

    Ping(Endpoint endpoint, Peer peer, Way way, long measuredNs) {
        this.queue = endpoint.queue();
        this.peer = peer;
        this.way = way;
        from = endpoint.pin(Size.LONGEST.bytes()).segment();
        to = endpoint.pin(Size.LONGEST.bytes()).segment();
        this.measuredNs = measuredNs;
        Pattern.fill(from);
    }

    /** Measures round trips alone, and prints the findings. */
    void measureTrips(PrintStream out) {
        comesThrough(Size.TINY);
        trips(out);
        stop();
    }

    private void trips(PrintStream out) {
        Trips trips = new Trips(() -> trip(Size.TINY.bytes()), measuredNs);
        trips.measure(out, way.rtt(), way.alloc());
    }

    private void stop() {
        await(queue, queue.isend(peer, Pong.STOP, from, 0, 0, false, null, null), null);
    }

    /** Measures everything and prints the findings. */
    void measure(PrintStream out) {
        for (Size size : Size.values()) {
            comesThrough(size);
        }
        trips(out);
        windows(List.of(Size.values()), out);
        stop();
    }

    /** Measures windows of some sizes alone, and prints the findings. */
    void measureWindows(List<Size> sizes, PrintStream out) {
        sizes.forEach(this::comesThrough);
        windows(sizes.getFirst(), COLD * measuredNs, NOWHERE);
        windows(sizes, out);
        stop();
    }

    private void windows(List<Size> sizes, PrintStream out) {
        for (Size size : sizes) {
            windows(size, WARM_UP * measuredNs, NOWHERE);
            windows(size, measuredNs, out);
            if (size.hasBandwidth()) {
                Timed copies = Copies.run(from, to, size.bytes(), measuredNs / 4);
                Findings.print(out, MqBench.memcpy(size), copies.bandwidth(size.bytes()));
            }
        }
    }

    /** Everything that was sent comes back as it was. */
    private void comesThrough(Size size) {
        to.asSlice(0, size.bytes()).fill((byte) 0);
        trip(size.bytes());
        Pattern.check(to, size.bytes());
    }

    private void trip(int bytes) {
        queue.send(peer, Pong.ECHO, from, 0, bytes, Endpoints.PATIENCE);
        await(queue, queue.irecv(Pong.ECHO, -1, to, 0, bytes, null, null), status);
        if (status.messageLength() != bytes) {
            throw new IllegalStateException("wrong answer: bytes=" + bytes + " " + status);
        }
    }

    private void windows(Size size, long durationNs, PrintStream out) {
        Timed timed = Timed.run(() -> window(size), durationNs, LEAST_WINDOWS, this::awaitAnswer);
        double messages = (double) timed.count() * size.window();
        Findings.print(out, way.rate(size), messages * 1e9 / timed.ns());
        Findings.print(out, way.count(size), messages);
        if (size.hasBandwidth()) {
            double bandwidth = messages * size.bytes() / timed.ns();
            Findings.print(out, way.bandwidth(size), bandwidth);
        }
    }

    /** As a stream is sent that nobody holds up: the answer is awaited behind the next window. */
    private void window(Size size) {
        Request next = queue.irecv(Pong.ECHO, -1, to, 0, 0, null, null);
        boolean atOnce = way.sendsAtOnce(size);
        for (int i = 0; i < size.window(); i++) {
            long tag = i < size.window() - 1 ? Pong.BULK : Pong.BULK_END;
            if (atOnce) {
                queue.send(peer, tag, from, 0, size.bytes(), Endpoints.PATIENCE);
            } else {
                sends[i] = queue.isend(peer, tag, from, 0, size.bytes(), false, null, null);
            }
        }
        for (int i = 0; i < size.window() && !atOnce; i++) {
            await(queue, sends[i], null);
        }
        awaitAnswer();
        answer = next;
    }

    private void awaitAnswer() {
        if (answer != null) {
            await(queue, answer, null);
            answer = null;
        }
    }

    /**
     * Waits until a request is complete.
     *
     * @param status filled in; or null
     * @throws IllegalStateException if that takes too long
     */
    static void await(MatchedQueue queue, Request request, Status status) {
        if (!queue.await(request, Endpoints.PATIENCE, status)) {
            throw new IllegalStateException("no message came within " + Endpoints.PATIENCE);
        }
        if (status != null && status.error() != PsmError.OK) {
            throw new IllegalStateException("a message did not come through: " + status);
        }
    }
}
