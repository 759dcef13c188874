package io.softpath.bench.load;

import java.util.Arrays;
import java.util.SplittableRandom;

/** When messages are due, in ns from the beginning; it does not end. */
final class Schedule {
    /** What is chance is drawn from it: the same in each run. */
    static final long SEED = 2006;

    private static final int GAPS = 1 << 16;

    private final double[] gapsNs;
    private double atNs;
    private int drawn;

    private Schedule(double[] gapsNs) {
        this.gapsNs = gapsNs;
    }

    /** As if many who know nothing of each other sent them. */
    static Schedule poisson(double perSecond) {
        SplittableRandom random = new SplittableRandom(SEED);
        double[] gaps = new double[GAPS];
        Arrays.setAll(gaps, i -> -Math.log(1 - random.nextDouble()) * 1e9 / perSecond);
        return new Schedule(gaps);
    }

    /** One after the other in even steps. */
    static Schedule even(double perSecond) {
        return new Schedule(new double[] {1e9 / perSecond});
    }

    /** So many at once, again and again. */
    static Schedule bursts(int messages, long everyNs) {
        double[] gaps = new double[messages];
        gaps[0] = everyNs;
        return new Schedule(gaps);
    }

    /** When the next one is due. */
    long next() {
        atNs += gapsNs[drawn];
        drawn = drawn + 1 == gapsNs.length ? 0 : drawn + 1;
        return (long) atNs;
    }
}
