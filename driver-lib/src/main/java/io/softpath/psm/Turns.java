package io.softpath.psm;

/**
 * Whose turn it is to use an endpoint. Whatever touches its engine happens between {@link #enter}
 * and {@link #leave}, which may be nested.
 */
abstract sealed class Turns permits OneThread, ProgressThread {
    /** Nobody sleeps longer in one go, whatever there is to wait for. */
    static final long LONGEST_SLEEP_NS = 1_000_000_000;

    /** Begins to use the endpoint; throws if that cannot be used any more. */
    abstract void enter();

    /** Ends what {@link #enter} began. */
    abstract void leave();

    /** Somebody in between looks for packets, so that nobody else need. */
    abstract void looks();

    /** Somebody in between has done what others may wait for. */
    abstract void changed();

    /**
     * Sleeps, in between, until something may have happened that could be waited for.
     *
     * @return whether this thread was interrupted meanwhile, which ends no sleep
     */
    abstract boolean rest(long longestNs);

    /** Nobody but the program touches the endpoint from now on. */
    abstract void stop();
}
