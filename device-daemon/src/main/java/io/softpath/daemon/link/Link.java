package io.softpath.daemon.link;

import io.softpath.daemon.chip.Wire;

/** A wire that may hold packets for a while. */
public interface Link extends Wire {
    /**
     * Delivers what is due.
     *
     * @return packets delivered
     */
    int poll();

    /** When something is due, on the clock that it was made with; MAX_VALUE if nothing is. */
    long nextDueNs();
}
