package io.softpath.bench.process;

import java.time.Duration;
import java.util.function.Consumer;

/**
 * How often and how long something is measured. What is compared takes turns in each round, so that
 * whatever else the machine does meets all of it.
 *
 * @param count of rounds
 * @param measured how long each figure is taken in each round
 * @param progress is told what is being done
 */
public record Rounds(int count, Duration measured, Consumer<String> progress) {
    /**
     * As a person asks for them.
     *
     * @param quick fewer and shorter ones
     */
    public static Rounds of(boolean quick, Consumer<String> progress) {
        return new Rounds(quick ? 3 : 7, Duration.ofMillis(quick ? 200 : 600), progress);
    }

    /**
     * As one of all the parts that a person asks for at once.
     *
     * @param quick a single short one
     */
    public static Rounds ofAll(boolean quick, Consumer<String> progress) {
        return new Rounds(quick ? 1 : 3, Duration.ofMillis(quick ? 150 : 250), progress);
    }

    /** A single one, which nobody is told of. */
    public static Rounds once(Duration measured) {
        return new Rounds(1, measured, what -> {});
    }

    /** Runs each round. */
    public void each(String what, Runnable round) {
        for (int i = 1; i <= count; i++) {
            progress.accept("round " + i + " of " + count + ": " + what);
            round.run();
        }
    }

    /** {@link #measured} as children are told. */
    public String millis() {
        return String.valueOf(measured.toMillis());
    }

    /** How long a child may take that measures so many figures, beside its start and its end. */
    public Duration times(int figures) {
        return measured.multipliedBy(figures);
    }
}
