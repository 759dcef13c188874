package io.softpath.driver;

/**
 * What became of one send. Anything but {@link #SENT} is back-pressure: nothing was sent, the same
 * call may be tried again.
 */
public enum SendResult {
    /** The packet is the chip's; the caller's memory may be reused. */
    SENT,

    /** All PIO buffers of this context are busy. The chip frees them as packets leave. */
    NO_PIO_BUFFER,

    /** No buffer is free and the link cannot carry data: it may come back. */
    LINK_DOWN;

    public boolean isSent() {
        return this == SENT;
    }
}
