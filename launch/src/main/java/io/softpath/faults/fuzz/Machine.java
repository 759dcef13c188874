package io.softpath.faults.fuzz;

import io.softpath.abi.model.ChipModel;

import java.nio.file.Path;

/** The daemon that hostile clients meet, wherever it runs. */
interface Machine extends AutoCloseable {
    /**
     * The unit that may be frozen, held and unplugged, which the daemon's own user may do: nobody
     * honest is on it.
     */
    int PLAYGROUND = 2;

    int UNITS = 3;

    ChipModel model();

    /** The node of a unit. */
    Path node(int unit);

    /** The node that stands for any unit. */
    Path anyNode();

    /** Lets the daemon take what has been asked, and answer. */
    void work();

    /** Lets the chips look at all send buffers. */
    void sweep();

    /**
     * The chip counters of all units, one after the other.
     *
     * @return null if nobody can say now what a single packet came to
     */
    long[] chipCounters();

    @Override
    void close();
}
