package io.softpath.driver;

/** What {@link Context#await} waits for. Source: ipath_common.h, IPATH_POLL_TYPE_*. */
public enum PollType {
    /** Any packet. */
    ANY(0),

    /** A packet that its sender marked urgent. */
    URGENT(1);

    private final int code;

    PollType(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }
}
