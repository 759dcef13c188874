package io.softpath.bench.process;

/** A measurement cannot be made here because the machine lacks what it needs. */
public final class Unavailable extends BenchFailure {
    private static final long serialVersionUID = 1L;

    /** A message that says what is missing, and what would help. */
    public Unavailable(String message) {
        super(message);
    }

    /** As the other one, with its cause. */
    public Unavailable(String message, Throwable cause) {
        super(message, cause);
    }
}
