package io.softpath.bench.scale;

import io.softpath.bench.mq.Endpoints;
import io.softpath.bench.process.Findings;
import io.softpath.bench.process.InTurns;
import io.softpath.bench.process.InTurns.Turn;
import io.softpath.psm.Endpoint;

import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/**
 * Endpoints with more or fewer peers, all in this process: each passes messages to and fro with its
 * first one while the others are silent. All of them are open all the time, so that the daemon has
 * the same to look at.
 *
 * <pre>
 *   chip     unit 0: an endpoint for each case    units 1 to 4: 64 peers, of which each has the first
 *   direct   units 0 to 3: an endpoint for each case, and its peers
 * </pre>
 */
final class Peers implements AutoCloseable {
    /** What the daemon needs for this. */
    static final int UNITS = 5;

    private static final int CONTEXTS = 16;

    private final Reach reach;
    private final List<Endpoint> shared = new ArrayList<>();
    private final List<Endpoint> others = new ArrayList<>();

    Peers(Reach reach) {
        this.reach = reach;
    }

    /** Measures and prints the findings. */
    void measure(long measuredNs, PrintStream out) {
        List<Turn> turns = new ArrayList<>();
        for (int i = 0; i < reach.counts().size(); i++) {
            int count = reach.counts().get(i);
            int unit = reach == Reach.CHIP ? 0 : i;
            Endpoint one = open(unit);
            List<Endpoint> peers = reach == Reach.CHIP ? shared(count) : open(unit, count);
            Endpoints.Pair first =
                    count < reach.most() ? connect(one, peers) : connectTimed(one, peers, out);
            turns.add(turn(count, first));
        }
        new InTurns(turns, measuredNs).measure(out);
    }

    private Turn turn(int count, Endpoints.Pair pair) {
        if (pair.there().isDirect() != (reach == Reach.DIRECT)) {
            throw new IllegalStateException("another way than " + reach + " to " + pair.there());
        }
        var there = pair.passingThere();
        var back = pair.passingBack();
        return new Turn(
                reach.trip(count),
                () -> {
                    there.pass();
                    back.pass();
                });
    }

    private static Endpoints.Pair connect(Endpoint one, List<Endpoint> peers) {
        return Endpoints.connect(one, peers).getFirst();
    }

    private Endpoints.Pair connectTimed(Endpoint one, List<Endpoint> peers, PrintStream out) {
        long before = usedHeap();
        long begin = System.nanoTime();
        Endpoints.Pair first = connect(one, peers);
        Findings.print(out, reach.connect(), (System.nanoTime() - begin) / 1e6);
        double ends = 2.0 * peers.size();
        Findings.print(out, reach.memory(), (usedHeap() - before) / ends);
        return first;
    }

    private static long usedHeap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** So many on units that nobody else is on. */
    private List<Endpoint> shared(int count) {
        while (shared.size() < count) {
            shared.add(
                    Endpoint.open(Endpoints.options(1 + shared.size() / CONTEXTS, reach.device())));
        }
        return shared;
    }

    private List<Endpoint> open(int unit, int count) {
        List<Endpoint> opened = new ArrayList<>();
        while (opened.size() < count) {
            opened.add(open(unit));
        }
        return opened;
    }

    private Endpoint open(int unit) {
        Endpoint endpoint = Endpoint.open(Endpoints.options(unit, reach.device()));
        others.add(endpoint);
        return endpoint;
    }

    @Override
    public void close() {
        shared.forEach(Endpoint::close);
        others.forEach(Endpoint::close);
    }
}
