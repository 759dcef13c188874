package io.softpath.fault;

import io.softpath.error.Errno;

/** What happens at a point. */
public sealed interface FaultAction {
    /** SIGKILL of the process. */
    record Kill() implements FaultAction {
        @Override
        public String toString() {
            return "kill";
        }
    }

    /**
     * SIGSTOP of the process, and SIGCONT later.
     *
     * @param ns how much later
     */
    record Stop(long ns) implements FaultAction {
        @Override
        public String toString() {
            return "stop:" + Times.text(ns);
        }
    }

    /** The call at the point is not made: it fails with this errno. */
    record Fail(Errno errno) implements FaultAction {
        @Override
        public String toString() {
            return errno.name();
        }
    }

    /**
     * What the point is about breaks.
     *
     * @param ns for how long; {@link Faults#FOREVER}: for good
     */
    record Strike(long ns) implements FaultAction {
        @Override
        public String toString() {
            return ns == Faults.FOREVER ? "strike" : "strike:" + Times.text(ns);
        }
    }
}
