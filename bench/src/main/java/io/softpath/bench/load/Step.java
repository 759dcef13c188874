package io.softpath.bench.load;

import java.util.ArrayList;
import java.util.List;

/**
 * A piece of a measurement: messages are sent for a time, and their receiver waits for them in some
 * way.
 *
 * @param name under which the times from due to received are reported; null for a warm-up
 * @param kind when messages are due
 * @param amount a share of what the way can carry, or messages a second
 * @param waiting how the receiver waits
 */
record Step(String name, Kind kind, double amount, Wait waiting) {
    /** What a burst has, which is as much as a flow has credits for. */
    static final int BURST = 64;

    static final long BURST_EVERY_NS = 100_000;

    /** Messages a second whose receiver has time to sleep between two. */
    static final double SLOW = 1_000;

    /** As many in a warm-up, where it is to learn how to sleep. */
    private static final double SLOW_WARM_UP = 4_000;

    /** When messages are due. */
    enum Kind {
        /** As soon as there is room. */
        AT_ONCE,
        /** By chance, a share of what the way can carry. */
        SHARE,
        BURSTS,
        /** In even steps. */
        EVEN
    }

    /** How much is sent, and how much comes through. */
    static List<Step> ofLoad(Way way) {
        List<Step> steps = new ArrayList<>();
        steps.add(warmUp(Kind.AT_ONCE, 0, Wait.SLEEP));
        steps.add(warmUp(Kind.SHARE, 0.5, Wait.SLEEP));
        steps.add(warmUp(Kind.SHARE, 0.1, Wait.SLEEP)); // who looks in vain is compiled anew
        steps.add(warmUp(Kind.BURSTS, 0, Wait.SLEEP));
        steps.add(new Step(way.saturation(), Kind.AT_ONCE, 0, Wait.SLEEP));
        for (int percent : Way.PERCENTS) {
            steps.add(new Step(way.load(percent), Kind.SHARE, percent / 100.0, Wait.SLEEP));
        }
        steps.add(new Step(way.burst(), Kind.BURSTS, 0, Wait.SLEEP));
        return steps;
    }

    /** What ways to wait cost. */
    static List<Step> ofWaits(List<Wait> waits) {
        List<Step> steps = new ArrayList<>();
        steps.add(warmUp(Kind.AT_ONCE, 0, waits.getFirst()));
        for (Wait each : waits) {
            steps.add(warmUp(Kind.EVEN, SLOW_WARM_UP, each));
            steps.add(new Step(each.latency(), Kind.EVEN, SLOW, each));
        }
        return steps;
    }

    private static Step warmUp(Kind kind, double amount, Wait waiting) {
        return new Step(null, kind, amount, waiting);
    }

    boolean isWarmUp() {
        return name == null;
    }

    /**
     * When messages are due.
     *
     * @param saturation messages a second that the way can carry
     */
    Schedule schedule(double saturation) {
        return switch (kind) {
            case SHARE -> Schedule.poisson(saturation * amount);
            case BURSTS -> Schedule.bursts(BURST, BURST_EVERY_NS);
            case EVEN -> Schedule.even(amount);
            case AT_ONCE -> throw new IllegalStateException("a flood has no schedule");
        };
    }
}
