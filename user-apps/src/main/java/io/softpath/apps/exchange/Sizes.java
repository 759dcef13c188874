package io.softpath.apps.exchange;

import java.util.random.RandomGenerator;

/** How long messages are: some of each class that the protocol has. */
enum Sizes {
    EMPTY(0, 0, 8),
    TINY(1, 8, 24),
    SHORT(9, 2048, 46),
    LONG(2049, 64_000, 16),
    RENDEZVOUS(64_001, 200_000, 6);

    static final int MAX_BYTES = 200_000;

    private final int least;
    private final int most;
    private final int percent;

    Sizes(int least, int most, int percent) {
        this.least = least;
        this.most = most;
        this.percent = percent;
    }

    static int next(RandomGenerator random) {
        int roll = random.nextInt(100);
        for (Sizes each : values()) {
            roll -= each.percent;
            if (roll < 0) {
                return random.nextInt(each.least, each.most + 1);
            }
        }
        throw new IllegalStateException("the shares of all sizes are not 100");
    }
}
