package io.softpath.bench.load;

import io.softpath.psm.PsmDevices;

import java.util.List;

/** How the messages go that are measured. */
enum Way {
    /** Through shared memory: two processes, each on a CPU of its own. */
    DIRECT("direct", PsmDevices.SHM, "each user on a CPU of its own"),

    /** Through the chip: one thread has both ends and a CPU, the daemon has another. */
    CHIP("chip", PsmDevices.IPATH, "one thread has both ends, the daemon a CPU of its own");

    /** Shares of what the way can carry. */
    static final List<Integer> PERCENTS = List.of(10, 50, 80, 95);

    private final String label;
    private final PsmDevices device;
    private final String note;

    Way(String label, PsmDevices device, String note) {
        this.label = label;
        this.device = device;
        this.note = note;
    }

    PsmDevices device() {
        return device;
    }

    /** Who is where. */
    String note() {
        return note;
    }

    String saturation() {
        return "load." + label + ".saturation";
    }

    String load(int percent) {
        return "load." + label + "." + percent + "pct";
    }

    String burst() {
        return "load." + label + ".burst";
    }
}
