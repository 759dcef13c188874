package io.softpath.bench.mq;

import io.softpath.bench.process.Trips;
import io.softpath.psm.Endpoint;
import io.softpath.psm.EndpointOptions;

import java.io.PrintStream;
import java.util.List;

/**
 * One thread with two endpoints, which passes a message from one to the other through the chip: two
 * hand-overs, and nobody else wants its CPU. All that is done at both ends is in the figure.
 */
final class Alone {
    private Alone() {}

    /** Measures and prints the findings. */
    static void measure(
            EndpointOptions one, EndpointOptions other, long measuredNs, PrintStream out) {
        try (Endpoint sender = Endpoint.open(one);
                Endpoint receiver = Endpoint.open(other)) {
            Passing passing =
                    Endpoints.connect(sender, List.of(receiver)).getFirst().passingThere();
            new Trips(passing::pass, measuredNs).measure(out, Way.ALONE.rtt(), Way.ALONE.alloc());
        }
    }
}
