package io.softpath.daemon;

import org.agrona.concurrent.IdleStrategy;

import java.util.function.IntSupplier;

/**
 * What the daemon's thread does between duty cycles without work: spin a little, then let others
 * run, then sleep in the kernel until somebody rings. Spinning is short where cores are few, and
 * next to nothing where clients outnumber them: whoever is waited for may need this one.
 */
final class DozeIdleStrategy implements IdleStrategy {
    private static final int PLENTY_OF_CORES = 4;
    private static final int SPINS = 2_000;
    private static final int SPINS_FEW_CORES = 200;
    private static final int SPINS_CROWDED = 10;
    private static final long YIELD_NS = 1_000_000L;

    /** How the thread sleeps; returns the work done while waking up. */
    @FunctionalInterface
    interface Sleeper {
        int sleep();
    }

    private final Sleeper sleeper;
    private final int cores;
    private final IntSupplier clients;
    private int spins;
    private int idleCycles;
    private long yieldUntilNs;
    private boolean dozing;

    /**
     * @param clients how many processes may be running beside this one
     */
    DozeIdleStrategy(Sleeper sleeper, int cores, IntSupplier clients) {
        this.sleeper = sleeper;
        this.cores = cores;
        this.clients = clients;
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
            if (idleCycles == 0) {
                spins = spins();
            }
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

    private int spins() {
        if (clients.getAsInt() >= cores) {
            return SPINS_CROWDED;
        }
        return cores >= PLENTY_OF_CORES ? SPINS : SPINS_FEW_CORES;
    }

    /** Whether the next idle cycle spins, rather than letting others run. */
    boolean isSpinning() {
        return !dozing && idleCycles < spins;
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
