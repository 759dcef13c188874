package io.softpath.bench.process;

/** What a user does while it waits for a packet. */
public interface Waiting {
    /** What was waited for has come. */
    void reset();

    /**
     * Passes a little time.
     *
     * @throws IllegalStateException if nothing has come for too long
     */
    void pause();
}
