package io.softpath.faults.fuzz;

/** A hostile client achieved what it must not, or was not told what it must be. */
final class Violation extends RuntimeException {
    private static final long serialVersionUID = 1;

    Violation(String message) {
        super(message);
    }

    Violation(String message, Throwable cause) {
        super(message, cause);
    }
}
