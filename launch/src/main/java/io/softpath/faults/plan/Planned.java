package io.softpath.faults.plan;

import io.softpath.fault.FaultAction;
import io.softpath.fault.FaultRule;

/** One fault of a plan. */
public sealed interface Planned {
    /** Which process it is for. */
    Target target();

    /** A fault at a point: the process does it to itself. */
    record AtPoint(Target target, FaultRule rule) implements Planned {}

    /**
     * A fault by time: somebody else does it to the process.
     *
     * @param action {@link FaultAction.Kill} or {@link FaultAction.Stop}
     * @param earliestNs after the start of the job, at the earliest
     * @param latestNs and at the latest; when in between the seed says
     * @param everyNs again after so long; 0: never
     * @param times how often in all
     */
    record ByTime(
            Target target,
            FaultAction action,
            long earliestNs,
            long latestNs,
            long everyNs,
            int times)
            implements Planned {}
}
