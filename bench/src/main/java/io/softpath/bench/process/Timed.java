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
        return run(task, measuredNs, least, () -> {});
    }

    /**
     * As the other one, of a task that may leave something under way.
     *
     * @param end waits for that, within the time that is taken
     */
    public static Timed run(Runnable task, long measuredNs, long least, Runnable end) {
        long count = 0;
        long begin = System.nanoTime();
        long now;
        do {
            task.run();
            count++;
            now = System.nanoTime();
        } while (now - begin < measuredNs || count < least);
        end.run();
        return new Timed(count, System.nanoTime() - begin);
    }

    /** GB/s, if each time moved so many bytes. */
    public double bandwidth(long bytes) {
        return (double) bytes * count / ns;
    }
}
