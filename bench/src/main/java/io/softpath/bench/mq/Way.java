package io.softpath.bench.mq;

import io.softpath.bench.process.Child;
import io.softpath.bench.process.CpuPair;
import io.softpath.bench.process.PrivateDaemon;
import io.softpath.psm.PsmDevices;

/** How the messages go that are measured. */
enum Way {
    /** Through the chip: the daemon on one CPU, both users on another. */
    CHIP(
            "chip",
            1,
            PsmDevices.IPATH,
            "four hand-overs; the daemon on one CPU, both users on another"),

    /** Through the chip, between two endpoints of one thread: it has a CPU, the daemon another. */
    ALONE("alone", 1, PsmDevices.IPATH, "two hand-overs; one user, who has both ends"),

    /** Through shared memory: each user on a CPU of its own, the daemon idle. */
    DIRECT("direct", 0, PsmDevices.SHM, "two hand-overs; each user on a CPU of its own") {
        @Override
        void place(PrivateDaemon daemon, Child... users) {
            CpuPair.ofThisMachine().ifPresent(pair -> pair.pin(users[0], users[1]));
        }

        @Override
        boolean sendsAtOnce(Size size) {
            return !size.hasBandwidth();
        }
    };

    private final String label;
    private final int pongUnit;
    private final PsmDevices device;
    private final String note;

    Way(String label, int pongUnit, PsmDevices device, String note) {
        this.label = label;
        this.pongUnit = pongUnit;
        this.device = device;
        this.note = note;
    }

    /**
     * Whether the buffer of such a message is free as soon as it is sent: nothing is waited for.
     */
    boolean sendsAtOnce(Size size) {
        return false;
    }

    /** Has the processes run where they are to. */
    void place(PrivateDaemon daemon, Child... users) {
        daemon.separateFrom(users);
    }

    PsmDevices device() {
        return device;
    }

    /** The unit of the user that answers; the other one has unit 0. */
    int pongUnit() {
        return pongUnit;
    }

    /** Whether messages of other sizes are measured too, and how many of them go by. */
    boolean hasSizes() {
        return this != ALONE;
    }

    /** What a round trip is made of. */
    String note() {
        return note;
    }

    String rtt() {
        return "mq." + label + ".rtt.8B";
    }

    String alloc() {
        return "mq." + label + ".alloc.8B";
    }

    String rate(Size size) {
        return "mq." + label + ".rate." + size.label();
    }

    String bandwidth(Size size) {
        return "mq." + label + ".bandwidth." + size.label();
    }

    /** Under which name a user reports how many messages of a size it measured. */
    String count(Size size) {
        return rate(size) + ".count";
    }
}
