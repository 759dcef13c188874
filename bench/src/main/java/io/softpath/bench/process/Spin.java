package io.softpath.bench.process;

/**
 * How a user waits for a packet that is about to come: it spins, then yields, and gives up at a
 * deadline. Yielding comes early where there are fewer CPUs than processes that spin, because one
 * of them may be the one that is waited for.
 */
public final class Spin implements Waiting {
    private static final int SPINS = 200;
    private static final int SPINS_CROWDED = 20;
    private static final int YIELDS_PER_DEADLINE_CHECK = 1024;
    private static final long DEADLINE_NS = 10_000_000_000L;

    private final int spins;
    private int spun;
    private int yielded;
    private long beginNs;

    /**
     * @param crowded whether fewer CPUs than processes that spin are there
     */
    public Spin(boolean crowded) {
        spins = crowded ? SPINS_CROWDED : SPINS;
    }

    @Override
    public void reset() {
        spun = 0;
        yielded = 0;
    }

    /**
     * Passes a little time.
     *
     * @throws IllegalStateException if nothing has come for 10 s
     */
    @Override
    public void pause() {
        if (spun < spins) {
            spun++;
            Thread.onSpinWait();
            return;
        }
        if (yielded % YIELDS_PER_DEADLINE_CHECK == 0) {
            long now = System.nanoTime();
            beginNs = yielded == 0 ? now : beginNs;
            if (now - beginNs > DEADLINE_NS) {
                throw new IllegalStateException("no packet came: waitedNs=" + (now - beginNs));
            }
        }
        yielded++;
        Thread.yield();
    }
}
