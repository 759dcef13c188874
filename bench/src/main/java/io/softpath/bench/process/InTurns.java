package io.softpath.bench.process;

import org.HdrHistogram.Histogram;

import java.io.PrintStream;
import java.util.List;

/**
 * Times several small things in turns, each for a short while again and again, so that whatever
 * else the machine does, and whatever is compiled meanwhile, meets all of them.
 */
public final class InTurns {
    private static final int PASSES = 5;
    private static final int WARM_UP = 200_000;
    private static final int LEAST_WARM_UP_PASSES = 3;
    private static final long WARM_UP_TURN_NS = 10_000_000L;
    private static final long LONGEST_WARM_UP_NS = 4_000_000_000L;

    /** Trips between two looks whether the time is over. */
    private static final int TRIPS_PER_CLOCK = 16;

    private final List<Turn> turns;
    private final long measuredNs;

    /**
     * Something that is timed.
     *
     * @param name under which its times are reported
     * @param before run before each of its turns, and not timed
     * @param trip what is timed
     */
    public record Turn(String name, Runnable before, Runnable trip) {
        /** With nothing to be done before. */
        public Turn(String name, Runnable trip) {
            this(name, () -> {}, trip);
        }
    }

    /**
     * @param measuredNs how long each is measured, all its turns together
     */
    public InTurns(List<Turn> turns, long measuredNs) {
        this.turns = List.copyOf(turns);
        this.measuredNs = measuredNs;
    }

    /** Warms all of them up, then measures and prints. */
    public void measure(PrintStream out) {
        List<Histogram> times = turns.stream().map(turn -> Findings.newHistogram()).toList();
        long end = System.nanoTime() + LONGEST_WARM_UP_NS;
        for (int i = 0; i < LEAST_WARM_UP_PASSES || isCold(times, end); i++) {
            pass(times, WARM_UP_TURN_NS);
        }
        times.forEach(Histogram::reset);
        for (int i = 0; i < PASSES; i++) {
            pass(times, measuredNs / PASSES);
        }
        for (int i = 0; i < turns.size(); i++) {
            Findings.print(out, turns.get(i).name(), times.get(i));
        }
    }

    private static boolean isCold(List<Histogram> times, long endNs) {
        long trips = times.stream().mapToLong(Histogram::getTotalCount).sum();
        return trips < WARM_UP && System.nanoTime() - endNs < 0;
    }

    private void pass(List<Histogram> times, long turnNs) {
        for (int i = 0; i < turns.size(); i++) {
            turns.get(i).before().run();
            turn(turns.get(i).trip(), times.get(i), turnNs);
        }
    }

    private static void turn(Runnable trip, Histogram times, long turnNs) {
        long begin = System.nanoTime();
        long end = begin + turnNs;
        do {
            for (int i = 0; i < TRIPS_PER_CLOCK; i++) {
                trip.run();
                long now = System.nanoTime();
                Findings.record(times, now - begin);
                begin = now;
            }
        } while (begin - end < 0);
    }
}
