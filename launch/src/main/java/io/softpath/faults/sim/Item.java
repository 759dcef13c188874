package io.softpath.faults.sim;

import io.softpath.fault.FaultPoint;
import io.softpath.psm.sim.Hazard;
import io.softpath.psm.sim.Trouble;

/** One thing that a schedule has happen, at a step of the world. */
sealed interface Item {
    /** To the end, beyond the last step. */
    int FOR_GOOD = Integer.MAX_VALUE;

    /** When: steps since the world began. */
    int step();

    /** A member sends to another one, if it is connected with it. */
    record Send(int step, int from, int to, int bytes, boolean pinned, boolean synchronous)
            implements Item {}

    /** A member asks for the next messages, whoever sends them. */
    record Receive(int step, int at, int count, boolean pinned) implements Item {}

    /** This goes wrong on all links, for so many steps. */
    record Links(int step, int steps, Trouble trouble) implements Item {}

    /** Nothing reaches a member, nor comes from it. */
    record LinkDown(int step, int steps, int member) implements Item {}

    /** A process is killed between two things that it does. */
    record Kill(int step, int member) implements Item {}

    /** A process is killed when it comes to a point for the so manieth time from now on. */
    record KillAt(int step, int member, Enum<?> point, int times) implements Item {
        public KillAt {
            if (!(point instanceof Hazard.Point || point instanceof FaultPoint)) {
                throw new IllegalArgumentException("sim: nobody passes " + point);
            }
        }
    }

    /** A process is stopped, and goes on later. */
    record Pause(int step, int steps, int member) implements Item {}

    /** The daemon of a member's host is killed: all who live there lose what they have open. */
    record KillDaemon(int step, int member) implements Item {}

    /** A member that is gone comes again, as its next incarnation. */
    record Start(int step, int member) implements Item {}

    /** The name of its kind, for people. */
    default String kind() {
        return switch (this) {
            case Send _ -> "send";
            case Receive _ -> "receive";
            case Links _ -> "links";
            case LinkDown _ -> "link down";
            case Kill _ -> "kill";
            case KillAt _ -> "kill at point";
            case Pause _ -> "pause";
            case KillDaemon _ -> "kill daemon";
            case Start _ -> "start";
        };
    }
}
