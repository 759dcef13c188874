package io.softpath.psm.sim;

/**
 * Ends a simulated process in the middle of what it does, as SIGKILL would: nothing may catch it.
 */
public final class SimKilled extends Error {
    private static final long serialVersionUID = 1;

    public SimKilled(String where) {
        super(where, null, false, false);
    }
}
