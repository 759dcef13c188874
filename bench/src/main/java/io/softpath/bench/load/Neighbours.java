package io.softpath.bench.load;

import io.softpath.bench.chip.RoundTrips;
import io.softpath.bench.process.Findings;
import io.softpath.bench.process.InTurns;
import io.softpath.bench.process.InTurns.Turn;
import io.softpath.bench.process.Spin;
import io.softpath.bench.process.Timed;
import io.softpath.driver.Context;
import io.softpath.driver.Device;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Contexts that use one chip at a time, all by one thread: it is the chip that is to be fair, and
 * not the scheduler.
 */
final class Neighbours implements AutoCloseable {
    private static final int CONTEXTS = 4;

    private final List<Device> devices = new ArrayList<>();
    private final List<Flood> floods = new ArrayList<>();
    private int first;

    Neighbours() {
        for (int i = 0; i < CONTEXTS; i++) {
            floods.add(new Flood(open()));
        }
    }

    private Context open() {
        Device device = Device.open();
        devices.add(device);
        return device.openContext();
    }

    /** Measures and prints the findings. */
    void measure(long measuredNs, PrintStream out) {
        Context quiet = open();
        RoundTrips alone = new RoundTrips(quiet, quiet.address(), new Spin(false));
        Flood flood = floods.getFirst();
        Context disturbed = open();
        RoundTrips beside = new RoundTrips(disturbed, disturbed.address(), flood);
        new InTurns(
                        List.of(
                                new Turn(LoadBench.ALONE, flood::drain, alone::trip),
                                new Turn(LoadBench.NEIGHBOUR, beside::trip)),
                        measuredNs)
                .measure(out);
        flood.drain();
        Timed.run(this::fillAll, measuredNs, 1);
        long[] before = received();
        Timed.run(this::fillAll, measuredNs, 1);
        long[] after = received();
        fairness(before, after, out);
        floods.forEach(Flood::drain);
    }

    /** Each has its turn to be the first. */
    private void fillAll() {
        first++;
        for (int i = 0; i < CONTEXTS; i++) {
            floods.get((first + i) % CONTEXTS).fill();
        }
    }

    private long[] received() {
        return floods.stream().mapToLong(Flood::received).toArray();
    }

    private static void fairness(long[] before, long[] after, PrintStream out) {
        long least = Long.MAX_VALUE;
        long most = 0;
        long all = 0;
        for (int i = 0; i < CONTEXTS; i++) {
            long packets = after[i] - before[i];
            least = Math.min(least, packets);
            most = Math.max(most, packets);
            all += packets;
        }
        Findings.print(out, LoadBench.FAIRNESS, (double) least / most);
        Findings.print(out, LoadBench.count(LoadBench.FAIRNESS), (double) all);
    }

    @Override
    public void close() {
        devices.forEach(Device::close);
    }
}
