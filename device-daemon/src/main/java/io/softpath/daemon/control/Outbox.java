package io.softpath.daemon.control;

/**
 * Sends to one client what it did not ask for just now. Neither method waits; a client that cannot
 * take it is closed.
 */
interface Outbox {
    /** The interrupt that a poll was armed for. */
    void interrupt(int revents);

    /** The answer to the request that is parked. */
    void finish(Answer answer);
}
