package io.softpath.bench.scale;

import io.softpath.psm.PsmDevices;

import java.util.List;

/** How an endpoint reaches its peers, and how many of them at most. */
enum Reach {
    /** The peers are on units of their own, which are as many as they need. */
    CHIP(
            "chip",
            PsmDevices.IPATH,
            "to one peer and back while the others are silent, both ends in one thread; the daemon"
                    + " looks at the contexts of all cases all the time"),

    /** All are on one unit, which has contexts for so many. */
    DIRECT(
            "direct",
            PsmDevices.SHM,
            "as through the chip: one thread has both ends, so no cache line goes anywhere");

    private final String label;
    private final PsmDevices device;
    private final String note;

    Reach(String label, PsmDevices device, String note) {
        this.label = label;
        this.device = device;
        this.note = note;
    }

    PsmDevices device() {
        return device;
    }

    /** How many peers an endpoint has, from case to case; ascending. */
    List<Integer> counts() {
        return switch (this) {
            case CHIP -> List.of(1, 2, 8, 16, 32, 64);
            case DIRECT -> List.of(1, 2, 8, 15);
        };
    }

    int most() {
        return counts().getLast();
    }

    /** What a trip is made of. */
    String note() {
        return note;
    }

    String trip(int peers) {
        return "scale.peers." + label + "." + peers;
    }

    /** Memory on the heap of one end of a connection. */
    String memory() {
        return "scale.memory.peer." + label;
    }

    String connect() {
        return "scale.connect." + label + "." + most();
    }
}
