package io.softpath.faults.plan;

import java.util.Locale;

/**
 * Which process a fault is for.
 *
 * @param kind what it is
 * @param rank which one, if it is one rank; else -1
 */
public record Target(Kind kind, int rank) {
    /** Kinds of targets. */
    public enum Kind {
        /** One rank, by number. */
        RANK,
        /** One of the ranks, which one the seed says. */
        ANY_RANK,
        /** Each of the ranks. */
        EVERY_RANK,
        /** The daemon. */
        DAEMON
    }

    /** Whether it is a rank, whichever. */
    public boolean isRank() {
        return kind != Kind.DAEMON;
    }

    @Override
    public String toString() {
        return kind == Kind.RANK
                ? "rank " + rank
                : kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
