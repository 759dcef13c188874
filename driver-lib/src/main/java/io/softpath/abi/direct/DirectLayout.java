package io.softpath.abi.direct;

/**
 * The memory of one pair of endpoints, which the daemon makes and gives to these two. Whoever asked
 * first is side 0. Each word has one writer.
 *
 * <pre>
 *      0  u64 of side 0: whom it listens to, {@link #process}; 0: nobody
 *     64  u32 of side 0: 1 while it sleeps and must be woken
 *    128  u64 of side 0: how many records of side 1 it has taken
 *    192  u64 of side 0: who has opened it, {@link #process}; 0: nobody yet
 *    256  the same of side 1
 *   4096  slots of side 0, 128 of them, {@link Slot}: the records that it sends
 *  20480  ring of side 0: 128 KiB and a page for Agrona's trailer; records too long for a slot
 * 155648  slots of side 1
 * 172032  ring of side 1
 * </pre>
 */
public final class DirectLayout {
    /** How many sides there are. */
    public static final int SIDES = 2;

    /** How many records of a side may wait. A power of two. */
    public static final int SLOTS = 128;

    /** Bytes of a ring without its trailer. */
    public static final int RING_BYTES = 128 << 10;

    private static final int PAGE_BYTES = 4096;
    private static final int SIDE_BYTES = 256;
    private static final int SLEEPS = 64;
    private static final int TAKEN = 128;
    private static final int OPENED = 192;
    private static final int ALL_SLOTS_BYTES = SLOTS * Slot.BYTES;
    private static final int SIDE_STRIDE = ALL_SLOTS_BYTES + RING_BYTES + PAGE_BYTES;

    /** Bytes of all of it. */
    public static final int BYTES = PAGE_BYTES + SIDES * SIDE_STRIDE;

    private DirectLayout() {}

    /** Where a side says whom it listens to. */
    public static int listensAt(int side) {
        return side * SIDE_BYTES;
    }

    /** Where a side says that it sleeps. */
    public static int sleepsAt(int side) {
        return side * SIDE_BYTES + SLEEPS;
    }

    /** Where a side says who it is. */
    public static int openedAt(int side) {
        return side * SIDE_BYTES + OPENED;
    }

    /** Where a side says how many records it has taken. */
    public static int takenAt(int side) {
        return side * SIDE_BYTES + TAKEN;
    }

    /** Where the slots begin that a side sends in. */
    public static int slotsAt(int side) {
        return PAGE_BYTES + side * SIDE_STRIDE;
    }

    /** The slot of a record among those that begin at a place, when so many came before it. */
    public static long slotOf(long slots, long before) {
        return slots + (before & SLOTS - 1) * Slot.BYTES;
    }

    /** Where the ring begins that a side sends in. */
    public static int ringAt(int side) {
        return slotsAt(side) + ALL_SLOTS_BYTES;
    }

    /** How the process with this run id is called in a word. */
    public static long process(int runId) {
        return 1L << Integer.SIZE | Integer.toUnsignedLong(runId);
    }
}
