package io.softpath.psm.engine;

/** What handlers and completions have thrown, until somebody can be told. */
final class Thrown {
    /** Of what nobody asks for, so much is kept. */
    private static final int KEPT = 16;

    private RuntimeException first;

    void keep(RuntimeException e) {
        if (first == null) {
            first = e;
        } else if (!first.equals(e) && first.getSuppressed().length < KEPT) {
            first.addSuppressed(e);
        }
    }

    /** Throws the first of it, with the others behind it; nothing if there is nothing. */
    void throwOnce() {
        RuntimeException e = first;
        if (e != null) {
            first = null;
            throw e;
        }
    }
}
