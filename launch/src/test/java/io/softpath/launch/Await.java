package io.softpath.launch;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * The one place where these tests wait for something that tells nobody when it happens: another
 * process's state, a word in shared memory. It looks once a millisecond, so that a spinning process
 * of the test gets the CPU.
 */
final class Await {
    /** Long enough for a loaded machine of two cores; reached only when something is broken. */
    static final Duration DEADLINE = Duration.ofSeconds(20);

    private static final long LOOK_EVERY_NS = TimeUnit.MILLISECONDS.toNanos(1);

    private Await() {}

    static void until(String what, BooleanSupplier condition) {
        until(what, DEADLINE, condition);
    }

    /**
     * Returns as soon as the condition holds.
     *
     * @param what for the message: what did not happen
     * @throws AssertionError if it does not hold in time
     */
    static void until(String what, Duration deadline, BooleanSupplier condition) {
        long startNs = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - startNs > deadline.toNanos()) {
                throw new AssertionError(
                        "did not happen within " + deadline.toMillis() + " ms: " + what);
            }
            LockSupport.parkNanos(LOOK_EVERY_NS);
        }
    }
}
