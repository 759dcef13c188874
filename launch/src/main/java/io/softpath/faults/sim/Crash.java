package io.softpath.faults.sim;

import io.softpath.faults.check.Rule;
import io.softpath.faults.check.Violation;

/** An exception that a program, or an engine, has not expected: the process would be dead. */
final class Crash {
    private static final int FRAMES = 4;

    private Crash() {}

    static Violation of(Throwable e) {
        StringBuilder text = new StringBuilder("died of ").append(e);
        for (int i = 0; i < Math.min(FRAMES, e.getStackTrace().length); i++) {
            text.append(" at ").append(e.getStackTrace()[i]);
        }
        return new Violation(Rule.NOBODY_HANGS.name(), "a member", text.toString());
    }
}
