package io.softpath.apps.exchange;

import java.util.Locale;

/**
 * A bug put in on purpose, to see whether the checker finds it: a checker that cannot fail is worth
 * nothing. Each strikes one message in {@link #ONE_IN}.
 */
enum Plant {
    /** A message is delivered, its acknowledgement is never sent. */
    LOST_ACK,

    /** A message is handed to the application twice. */
    DUPLICATE,

    /** A message is delivered with half of the header of the one before. */
    TORN_HEADER,

    /** A message is acknowledged and not delivered. */
    EARLY_ACK,

    /** Nothing. */
    NONE;

    static final int ONE_IN = 200;

    static Plant named(String word) {
        for (Plant each : values()) {
            if (each.word().equals(word)) {
                return each;
            }
        }
        throw new IllegalArgumentException("no such bug to plant: " + word);
    }

    /** The lower half of one, which has the number, is another's. */
    static long torn(long tag, long other) {
        return tag & -1L << Integer.SIZE | other & (1L << Integer.SIZE) - 1;
    }

    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
