package io.softpath.daemon;

import org.agrona.concurrent.IdleStrategy;

/**
 * What the daemon's thread does between duty cycles without work: spin a little, then let others
 * run, then sleep in the kernel until somebody rings. Spinning is short where cores are few:
 * whoever is waited for may need this one.
 */
final class DozeIdleStrategy implements IdleStrategy {
    private static final int PLENTY_OF_CORES = 4;
    private static final int SPINS = 2_000;
    private static final int SPINS_FEW_CORES = 200;
    private static final long YIELD_NS = 1_000_000L;

    /** How the thread sleeps; returns the work done while waking up. */
    @FunctionalInterface
    interface Sleeper {
        int sleep();
    }

    private final Sleeper sleeper;
    private final int spins;
    private int idleCycles;
    private long yieldUntilNs;
    private boolean dozing;

    DozeIdleStrategy(Sleeper sleeper, int cores) {
        this.sleeper = sleeper;
        spins = cores >= PLENTY_OF_CORES ? SPINS : SPINS_FEW_CORES;
    }

    @Override
    public void idle(int workCount) {
        if (workCount > 0) {
            reset();
        } else {
            idle();
        }
    }

    @Override
    public void idle() {
        if (!dozing) {
            if (idleCycles < spins) {
                idleCycles++;
                Thread.onSpinWait();
                return;
            }
            long now = System.nanoTime();
            if (idleCycles == spins) {
                idleCycles++;
                yieldUntilNs = now + YIELD_NS;
            }
            if (now - yieldUntilNs < 0) {
                Thread.yield();
                return;
            }
            dozing = true;
        }
        if (sleeper.sleep() > 0) {
            reset();
        }
    }

    @Override
    public void reset() {
        idleCycles = 0;
        dozing = false;
    }

    @Override
    public String alias() {
        return "doze";
    }
}
