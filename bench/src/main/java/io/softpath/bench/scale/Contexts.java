package io.softpath.bench.scale;

import io.softpath.bench.chip.RoundTrips;
import io.softpath.bench.process.Findings;
import io.softpath.bench.process.InTurns;
import io.softpath.bench.process.InTurns.Turn;
import io.softpath.bench.process.ProcessUsage;
import io.softpath.driver.Context;
import io.softpath.driver.Device;

import java.io.PrintStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;

/**
 * A process with more or fewer contexts of a chip, each of which sends messages to itself. It keeps
 * as many connections to the daemon open as there can be contexts, because the daemon waits in
 * another way when there are few: what differs are the contexts alone.
 */
final class Contexts implements AutoCloseable {
    /** How many are open, from case to case. */
    static final List<Integer> COUNTS = List.of(1, 2, 4, 8, 16);

    static final int MOST = Collections.max(COUNTS);

    /** Messages after which a context has touched all of the memory that they need. */
    private static final int FIRST_TRIPS = 2_000;

    private final Deque<Device> unused = new ArrayDeque<>();
    private final List<Device> used = new ArrayList<>();
    private final List<RoundTrips> trips = new ArrayList<>();
    private int turn;

    Contexts() {
        for (int i = 0; i < MOST; i++) {
            unused.add(Device.open());
        }
    }

    /**
     * Measures and prints the findings.
     *
     * @param daemon its process id
     */
    void measure(long measuredNs, long daemon, PrintStream out) {
        List<Turn> turns = new ArrayList<>();
        for (int count : COUNTS) {
            turns.add(new Turn(ScaleBench.chip(count), () -> open(count), this::first));
            turns.add(new Turn(ScaleBench.active(count), () -> open(count), this::next));
        }
        new InTurns(turns, measuredNs).measure(out);
        open(1);
        Findings.print(out, ScaleBench.USER_MEMORY, (double) ProcessUsage.shareBytes(pid()));
        long before = regionsBytes(daemon);
        open(MOST);
        double each = (double) (regionsBytes(daemon) - before) / (MOST - 1);
        Findings.print(out, ScaleBench.CONTEXT_MEMORY, each);
    }

    /** What daemon and this process have in RAM of all regions together. */
    private static long regionsBytes(long daemon) {
        return ProcessUsage.shareOfFilesBytes(daemon) + ProcessUsage.shareOfFilesBytes(pid());
    }

    private static long pid() {
        return ProcessHandle.current().pid();
    }

    /** Opens or closes as many as it takes; the driver takes one back when its file is closed. */
    private void open(int count) {
        while (trips.size() > count) {
            trips.removeLast();
            used.removeLast().close();
            unused.add(Device.open());
        }
        while (trips.size() < count) {
            Device device = unused.remove();
            used.add(device);
            Context context = device.openContext();
            RoundTrips newTrips = new RoundTrips(context, context.address(), false);
            newTrips.trips(FIRST_TRIPS);
            trips.add(newTrips);
        }
        turn = 0;
    }

    private void first() {
        trips.getFirst().trip();
    }

    private void next() {
        turn = turn + 1 < trips.size() ? turn + 1 : 0;
        trips.get(turn).trip();
    }

    @Override
    public void close() {
        used.forEach(Device::close);
        unused.forEach(Device::close);
    }
}
