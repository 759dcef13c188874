package io.softpath.faults.plan;

/** A plan cannot be read; the message says where, what was expected, and what is near. */
public final class PlanException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    PlanException(String message) {
        super(message);
    }

    PlanException(String message, Throwable cause) {
        super(message, cause);
    }
}
