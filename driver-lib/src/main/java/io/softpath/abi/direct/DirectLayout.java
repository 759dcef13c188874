package io.softpath.abi.direct;

/**
 * The memory of one pair of endpoints, which the daemon makes and gives to these two. Whoever asked
 * first is side 0. Each word has one writer.
 *
 * <pre>
 *      0  u64 of side 0: whom it listens to, {@link #listening}; 0: nobody
 *     64  u32 of side 0: 1 while it sleeps and must be woken
 *    128  u64, u32 at 192: the same of side 1
 *   4096  ring of what side 0 sends: 128 KiB and a page for Agrona's trailer
 * 139264  ring of what side 1 sends
 * </pre>
 */
public final class DirectLayout {
    /** How many sides there are. */
    public static final int SIDES = 2;

    /** Bytes of a ring without its trailer. */
    public static final int RING_BYTES = 128 << 10;

    private static final int PAGE_BYTES = 4096;
    private static final int SIDE_BYTES = 128;
    private static final int SLEEPS = 64;
    private static final int RING_STRIDE = RING_BYTES + PAGE_BYTES;

    /** Bytes of all of it. */
    public static final int BYTES = PAGE_BYTES + SIDES * RING_STRIDE;

    private DirectLayout() {}

    /** Where a side says whom it listens to. */
    public static int listensAt(int side) {
        return side * SIDE_BYTES;
    }

    /** Where a side says that it sleeps. */
    public static int sleepsAt(int side) {
        return side * SIDE_BYTES + SLEEPS;
    }

    /** Where the ring begins that a side sends into. */
    public static int ringAt(int side) {
        return PAGE_BYTES + side * RING_STRIDE;
    }

    /** What a side says that listens to the process with this run id. */
    public static long listening(int runId) {
        return 1L << Integer.SIZE | Integer.toUnsignedLong(runId);
    }
}
