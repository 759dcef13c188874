package io.softpath.bench.mq;

/** A size of message that is measured, and how many are under way before an answer is awaited. */
public enum Size {
    EMPTY("0B", 0, 64),
    TINY("8B", 8, 64),
    LINE("64B", 64, 64),
    SHORT("1KiB", 1 << 10, 64),
    EAGER("4KiB", 4 << 10, 64),
    LONG("64KiB", 64 << 10, 16),
    MEBIBYTE("1MiB", 1 << 20, 4),
    LONGEST("16MiB", 16 << 20, 2);

    /** Shorter ones are a matter of messages, not of bytes. */
    private static final int LEAST_BANDWIDTH_BYTES = 4 << 10;

    private final String label;
    private final int bytes;
    private final int window;

    Size(String label, int bytes, int window) {
        this.label = label;
        this.bytes = bytes;
        this.window = window;
    }

    /** How results' names call it. */
    public String label() {
        return label;
    }

    /** Its bytes. */
    public int bytes() {
        return bytes;
    }

    /** How many are under way. */
    public int window() {
        return window;
    }

    /** Whether bytes a second are of interest, and a copy to compare them with. */
    boolean hasBandwidth() {
        return bytes >= LEAST_BANDWIDTH_BYTES;
    }
}
