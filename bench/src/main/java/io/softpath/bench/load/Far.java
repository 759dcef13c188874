package io.softpath.bench.load;

import io.softpath.bench.mq.Endpoints;
import io.softpath.psm.Endpoint;
import io.softpath.psm.MatchedQueue;
import io.softpath.psm.Status;
import io.softpath.psm.engine.Peer;

import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * Two processes, one of which sends and the other receives. What the receiver says, when it is
 * ready for a step and when it has ended, is a message with the messages that came in a second.
 */
final class Far implements Script.Receiver {
    private static final long ANSWER = 1;

    private final Endpoint endpoint;
    private final Sender sender;
    private final MemorySegment answer = Arena.ofAuto().allocate(Double.BYTES, Double.BYTES);

    /** The end that sends. */
    Far(Endpoint endpoint, Sender sender) {
        this.endpoint = endpoint;
        this.sender = sender;
    }

    @Override
    public void begin() {
        sender.send(Sink.BEGIN, 0);
        answer();
    }

    @Override
    public double end(long messages) {
        sender.send(Sink.END, messages);
        return answer();
    }

    private double answer() {
        Status status = endpoint.queue().recv(ANSWER, -1, answer, Endpoints.PATIENCE);
        if (status.bytes() != Double.BYTES) {
            throw new IllegalStateException("wrong answer: " + status);
        }
        return answer.get(ValueLayout.JAVA_DOUBLE, 0);
    }

    /** The end that receives, goes through the same steps, and prints the findings. */
    static void receive(Endpoint endpoint, Peer peer, List<Step> steps, PrintStream out) {
        Sink sink = new Sink(endpoint);
        MatchedQueue queue = endpoint.queue();
        MemorySegment rate = Arena.ofAuto().allocate(Double.BYTES, Double.BYTES);
        for (Step step : steps) {
            step.waiting().until(sink::hasBegun, endpoint);
            sink.begin();
            queue.send(peer, ANSWER, rate, Endpoints.PATIENCE);
            step.waiting().until(sink::hasEnded, endpoint);
            rate.set(ValueLayout.JAVA_DOUBLE, 0, sink.end(step, out));
            queue.send(peer, ANSWER, rate, Endpoints.PATIENCE);
        }
    }
}
