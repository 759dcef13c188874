package io.softpath.psm.sim;

/** Decides at each thing that others can see whether the process that does it dies there. */
@FunctionalInterface
public interface Hazard {
    /** Where a process touches what is not its own. */
    enum Point {
        BEFORE_PACKET,
        AFTER_PACKET,
        WITHIN_GATHER,
        AFTER_TIDS_TAKEN,
        BEFORE_TIDS_GIVEN,
        AFTER_FLOW_TAKEN,
        AFTER_FLOW_SET,
        BEFORE_FLOW_GIVEN,
        AFTER_SHARED_MEMORY,
        AFTER_GRANT,
        AFTER_MAPPING,
        BEFORE_UNMAPPING
    }

    /** Nobody dies. */
    Hazard NONE = point -> {};

    /**
     * A process is at a point.
     *
     * @throws SimKilled if it dies there
     */
    void at(Point point);
}
