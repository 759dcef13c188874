package io.softpath.faults.campaign;

/**
 * One entry of a schedule.
 *
 * @param atMs after the faults of the round begin
 * @param target rank or unit, or {@link #DAEMON}
 * @param ms how long it lasts, where it ends again
 */
record Fault(long atMs, FaultKind kind, int target, int ms) {
    /** The daemon, where it is not what the kind is about anyway. */
    static final int DAEMON = -1;
}
