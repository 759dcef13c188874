package io.softpath.bench.process;

/**
 * A task that was run again and again for a time.
 *
 * @param count how often
 * @param ns how long that took
 */
public record Timed(long count, long ns) {
    /**
     * Runs a task until the time is over.
     *
     * @param least times that it is run at least, however long that takes
     */
    public static Timed run(Runnable task, long measuredNs, long least) {
        long count = 0;
        long begin = System.nanoTime();
        long now;
        do {
            task.run();
            count++;
            now = System.nanoTime();
        } while (now - begin < measuredNs || count < least);
        return new Timed(count, now - begin);
    }

    /** GB/s, if each time moved so many bytes. */
    public double bandwidth(long bytes) {
        return (double) bytes * count / ns;
    }
}
