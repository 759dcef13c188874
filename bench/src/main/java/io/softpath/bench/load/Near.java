package io.softpath.bench.load;

import io.softpath.bench.mq.Endpoints;
import io.softpath.psm.Endpoint;

import java.io.PrintStream;
import java.util.Iterator;
import java.util.List;

/** One thread that sends and receives, with an endpoint for each. */
final class Near implements Script.Receiver {
    private final Endpoint receiving;
    private final Sink sink;
    private final Sender sender;
    private final Iterator<Step> steps;
    private final PrintStream out;

    private Near(Endpoints.Pair pair, List<Step> steps, PrintStream out) {
        this.receiving = pair.other();
        this.sink = new Sink(receiving);
        this.sender = new Sender(pair.one(), pair.there(), receiving::progress);
        this.steps = steps.iterator();
        this.out = out;
    }

    /** Goes through the steps and prints the findings. */
    static void run(Endpoints.Pair pair, List<Step> steps, long measuredNs, PrintStream out) {
        Near near = new Near(pair, steps, out);
        new Script(near.sender, near).run(steps, measuredNs);
    }

    @Override
    public void begin() {
        sink.begin();
    }

    @Override
    public double end(long messages) {
        sender.send(Sink.END, messages);
        long end = System.nanoTime() + Endpoints.PATIENCE.toNanos();
        while (!sink.hasEnded()) {
            sender.look();
            if (System.nanoTime() - end > 0) {
                throw new IllegalStateException("the last message has not come");
            }
        }
        return sink.end(steps.next(), out);
    }
}
