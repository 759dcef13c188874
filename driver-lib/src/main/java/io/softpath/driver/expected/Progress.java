package io.softpath.driver.expected;

/** What a packet did to a window. */
public enum Progress {
    /** It is not expected data of this window. */
    NOT_MINE,

    /** It is late or came twice: nothing changed, nothing has to be done. */
    STALE,

    /** More bytes are there: {@link ExpectedWindow#received}. */
    ADVANCED,

    /** All bytes are there. Said once. */
    COMPLETE,

    /**
     * Something is missing or wrong: call {@link ExpectedWindow#restart} and send the peer what it
     * returns. Said once for each generation.
     */
    RESTART
}
