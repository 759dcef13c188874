package io.softpath.bench.load;

import io.softpath.bench.mq.Endpoints;
import io.softpath.psm.Endpoint;

import java.util.Locale;
import java.util.function.BooleanSupplier;

/** How a receiver waits for messages. */
enum Wait {
    /** It looks all the time. */
    SPIN("looks all the time"),

    /** It gives its CPU to others between two looks. */
    YIELD("yields between two looks"),

    /** As {@code await} does: it looks for a while, yields, and sleeps until it is woken. */
    SLEEP("awaits: it looks, yields, then sleeps"),

    /** As {@code await} with a progress thread: both sleep until that one is woken. */
    THREAD("awaits its progress thread, which sleeps");

    private static final int LOOKS_PER_CLOCK = 1024;

    private final String note;

    Wait(String note) {
        this.note = note;
    }

    /**
     * Waits.
     *
     * @throws IllegalStateException if it takes too long
     */
    void until(BooleanSupplier condition, Endpoint endpoint) {
        boolean came =
                switch (this) {
                    case SPIN, YIELD -> looks(condition, endpoint);
                    case SLEEP, THREAD -> endpoint.await(condition, Endpoints.PATIENCE);
                };
        if (!came) {
            throw new IllegalStateException("what was due has not come: wait=" + this);
        }
    }

    private boolean looks(BooleanSupplier condition, Endpoint endpoint) {
        long end = System.nanoTime() + Endpoints.PATIENCE.toNanos();
        for (int i = 1; !condition.getAsBoolean(); i++) {
            boolean worked = endpoint.progress();
            if (this == YIELD && !worked) {
                Thread.yield();
            }
            if (i % LOOKS_PER_CLOCK == 0 && System.nanoTime() - end > 0) {
                return false;
            }
        }
        return true;
    }

    String note() {
        return note;
    }

    String cpu() {
        return prefix() + ".cpu";
    }

    String wakeUps() {
        return prefix() + ".wakeups";
    }

    String latency() {
        return prefix() + ".latency";
    }

    private String prefix() {
        return "load.wait." + name().toLowerCase(Locale.ROOT);
    }
}
