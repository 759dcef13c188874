package io.softpath.bench.expected;

/** How the two users wait: they share a CPU, so whoever has nothing to do yields it at once. */
final class Patience {
    private static final int YIELDS_PER_LOOK = 1024;
    private static final long DEADLINE_NS = 20_000_000_000L;

    private int yields;
    private long sinceNs;

    /**
     * Yields after a look that found nothing.
     *
     * @throws IllegalStateException if there has been nothing to do for 20 s
     */
    void after(boolean worked) {
        if (worked) {
            yields = 0;
            return;
        }
        if (yields++ % YIELDS_PER_LOOK == 0) {
            long now = System.nanoTime();
            if (yields == 1) {
                sinceNs = now;
            } else if (now - sinceNs > DEADLINE_NS) {
                throw new IllegalStateException("nothing came: waitedNs=" + (now - sinceNs));
            }
        }
        Thread.yield();
    }
}
