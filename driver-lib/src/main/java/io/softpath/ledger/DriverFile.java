package io.softpath.ledger;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A device file that is open: the driver's memory behind it lives until the last descriptor and the
 * last area that maps it are gone. Then the driver's release stops the chip and frees (R8).
 */
public final class DriverFile {
    private final String name;
    private final boolean clearsReserved;
    final List<Block> blocks = new ArrayList<>();
    boolean open = true;
    int areas;

    DriverFile(String name, boolean clearsReserved) {
        this.name = name;
        this.clearsReserved = clearsReserved;
    }

    public String name() {
        return name;
    }

    /** Whether release clears PG_reserved before it frees. */
    public boolean clearsReserved() {
        return clearsReserved;
    }

    /** What release frees. */
    public List<Block> blocks() {
        return Collections.unmodifiableList(blocks);
    }

    /** Release has not run yet. */
    public boolean alive() {
        return open || areas > 0;
    }
}
