package io.softpath.bench.process;

/**
 * A measurement could not be made: a child failed or missed its deadline, or the machine lacks what
 * it needs.
 */
public sealed class BenchFailure extends RuntimeException permits Unavailable {
    private static final long serialVersionUID = 1L;

    /** A failure that the message explains completely. */
    public BenchFailure(String message) {
        super(message);
    }

    /** A failure with its cause. */
    public BenchFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
