package io.softpath.faults.fuzz;

/** One way to be hostile. */
interface Attack extends AutoCloseable {
    /**
     * Does some of it.
     *
     * @return how many hostile records that were
     */
    int some();

    /** Stops, and looks whether all that was asked has been answered. */
    void finish();

    @Override
    void close();
}
