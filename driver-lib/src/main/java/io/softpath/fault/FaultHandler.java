package io.softpath.fault;

/**
 * Hears of every point that is passed, on the thread that passes it, and may do with that thread
 * what it likes: stop it, end the process, or throw, which is how a simulation of one thread kills
 * one of its endpoints there.
 */
public interface FaultHandler {
    /** A step is passed. */
    void passed(FaultPoint point);

    /** The errno that a call has to pretend; 0: it is made. */
    default int errno(FaultPoint point) {
        return 0;
    }

    /** How long something is to be broken from now on; {@link Faults#NO}: it is not. */
    default long strikeNs(FaultPoint point) {
        return Faults.NO;
    }
}
