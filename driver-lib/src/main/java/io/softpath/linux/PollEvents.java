package io.softpath.linux;

/** Event bits of {@code poll(2)} and {@code epoll(7)}; the two agree on these. */
public final class PollEvents {
    /** There is something to read, or a connection to accept. */
    public static final int IN = 0x001;

    /** A write would not block. */
    public static final int OUT = 0x004;

    /** Error; always reported. */
    public static final int ERR = 0x008;

    /** Both ways shut down; always reported. */
    public static final int HUP = 0x010;

    /** poll only: the descriptor is not open; always reported. */
    public static final int NVAL = 0x020;

    /**
     * The peer closed its end or stopped writing. Wait for this alone to notice a death without
     * reading.
     */
    public static final int RDHUP = 0x2000;

    private PollEvents() {}
}
