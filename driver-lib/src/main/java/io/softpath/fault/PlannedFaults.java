package io.softpath.fault;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;

/**
 * Does what a plan says, to this process. Which passing is the how manieth is counted for each
 * point, over all threads; those before a rule's time do not count for it.
 */
final class PlannedFaults implements FaultHandler {
    private static final int SIGKILL = 9;
    private static final FaultPoint[] POINTS = FaultPoint.values();

    private final List<List<Armed>> rules = new ArrayList<>();
    private final long seed;
    private final LongSupplier nanoTime;
    private final IntConsumer signal;
    private final long startNs;

    /** A rule, and how often its point was passed since it is in force. */
    private static final class Armed {
        private final FaultRule rule;
        private final int number;
        private final AtomicLongArray passings = new AtomicLongArray(1);

        Armed(FaultRule rule, int number) {
            this.rule = rule;
            this.number = number;
        }
    }

    PlannedFaults(FaultPlan plan, LongSupplier nanoTime, IntConsumer signal) {
        seed = plan.seed();
        this.nanoTime = nanoTime;
        this.signal = signal;
        startNs = nanoTime.getAsLong();
        for (int i = 0; i < POINTS.length; i++) {
            rules.add(new ArrayList<>());
        }
        int number = 0;
        for (FaultRule rule : plan.rules()) {
            rules.get(rule.point().ordinal()).add(new Armed(rule, number++));
        }
    }

    @Override
    public void passed(FaultPoint point) {
        switch (due(point)) {
            case null -> {}
            case FaultAction.Kill _ -> signal.accept(SIGKILL);
            case FaultAction.Stop stop -> Pause.of(stop.ns());
            default -> throw new AssertionError(point);
        }
    }

    @Override
    public int errno(FaultPoint point) {
        return due(point) instanceof FaultAction.Fail fail ? fail.errno().number() : 0;
    }

    @Override
    public long strikeNs(FaultPoint point) {
        return due(point) instanceof FaultAction.Strike strike ? strike.ns() : Faults.NO;
    }

    /** What is to happen at this passing; null if nothing. */
    private FaultAction due(FaultPoint point) {
        FaultAction action = null;
        List<Armed> armed = rules.get(point.ordinal());
        for (int i = 0; i < armed.size(); i++) {
            Armed each = armed.get(i);
            FaultRule rule = each.rule;
            if (rule.afterNs() != 0 && nanoTime.getAsLong() - startNs < rule.afterNs()) {
                continue;
            }
            long passing = each.passings.incrementAndGet(0);
            if (action == null && rule.covers(passing) && happens(each, passing)) {
                action = rule.action();
            }
        }
        return action;
    }

    /** By the number of the passing, so that threads that race have the same faults again. */
    private boolean happens(Armed armed, long passing) {
        if (armed.rule.chance() == 1) {
            return true;
        }
        long mixed = mix(mix(seed + armed.number) + passing);
        return (mixed >>> 11) * 0x1p-53 < armed.rule.chance();
    }

    /** Source: Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014. */
    private static long mix(long value) {
        long z = value + 0x9E37_79B9_7F4A_7C15L;
        z = (z ^ z >>> 30) * 0xBF58_476D_1CE4_E5B9L;
        z = (z ^ z >>> 27) * 0x94D0_49BB_1331_11EBL;
        return z ^ z >>> 31;
    }
}
