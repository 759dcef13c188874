package io.softpath.driver.expected;

import io.softpath.abi.control.TidInfo;
import io.softpath.abi.model.ChipModel;
import io.softpath.driver.PinnedRegion;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The TIDs that the driver has given this context. A page has one TID for all windows over it; when
 * the last of them closes, the TID may be kept for the next window over the page, until TIDs run
 * out or the region is closed.
 *
 * <p>Any thread: a region may be closed by another one than that which opens windows.
 */
final class TidCache {
    private static final int NONE = -1;
    private static final int MAX_TIDS = TidInfo.BITMAP_BYTES * Byte.SIZE;
    private static final int PAGE_BYTES = ChipModel.TID_MAX_SIZE;

    private final ExpectedDriver driver;
    private final int capacity;
    private boolean caching;

    // All below: guarded by this.
    private final Map<PinnedRegion, int[]> tidsOfPages = new HashMap<>();
    private final int[] users = new int[MAX_TIDS];
    private final int[][] homes = new int[MAX_TIDS][]; // array in tidsOfPages that holds the TID
    private final int[] pages = new int[MAX_TIDS]; // and where in it
    private int taken;

    /** TIDs that no window uses, the one to go first at the front: a list through two arrays. */
    private final int[] after = new int[MAX_TIDS];

    private final int[] before = new int[MAX_TIDS];
    private int oldest = NONE;
    private int newest = NONE;
    private int idle;

    private long updates;
    private long frees;
    private long hits;

    TidCache(ExpectedDriver driver, int capacity, boolean caching) {
        this.driver = driver;
        this.capacity = Math.min(capacity, MAX_TIDS);
        this.caching = caching;
    }

    int capacity() {
        return capacity;
    }

    synchronized void caching(boolean on) {
        caching = on;
        if (!on) {
            evict(idle);
        }
    }

    /** TIDs kept that no window uses. */
    synchronized int idle() {
        return idle;
    }

    /** TIDs that windows use. */
    synchronized int used() {
        return taken - idle;
    }

    /** TIDs that the driver gave, in all. */
    synchronized long updates() {
        return updates;
    }

    /** TIDs given back to the driver, in all. */
    synchronized long frees() {
        return frees;
    }

    /** Pages for which there was a TID already, in all. */
    synchronized long hits() {
        return hits;
    }

    /**
     * The TIDs of so many pages of a region, all or none.
     *
     * @throws SoftpathException.Exhausted ENOMEM if there are not enough, even with those that no
     *     window uses
     */
    synchronized int[] acquire(PinnedRegion region, int firstPage, int count) {
        int[] tids = new int[count];
        acquire(region, firstPage, tids, count);
        return tids;
    }

    /** As {@link #acquire(PinnedRegion, int, int)}, into the front of an array. */
    synchronized void acquire(PinnedRegion region, int firstPage, int[] tids, int count) {
        if (!caching) {
            obtain(region, firstPage, tids, 0, count);
            return;
        }
        int[] known = tidsOfPages.computeIfAbsent(region, TidCache::unknown);
        int done = 0;
        int found = 0;
        for (int i = 0; i < count; i++) {
            tids[i] = known[firstPage + i];
            if (tids[i] != NONE) {
                use(tids[i]);
                found++;
            }
        }
        boolean all = false;
        try {
            while (done < count) {
                int run = done;
                while (run < count && tids[run] == NONE) {
                    run++;
                }
                if (run > done) {
                    obtain(region, firstPage, tids, done, run - done);
                    for (int i = done; i < run; i++) {
                        known[firstPage + i] = tids[i];
                        homes[tids[i]] = known;
                        pages[tids[i]] = firstPage + i;
                    }
                }
                done = run + 1;
            }
            all = true;
            hits += found;
        } finally {
            if (!all) {
                int[] had = Arrays.stream(tids, 0, count).filter(tid -> tid != NONE).toArray();
                release(had, had.length, true);
                if (!region.isOpen()) {
                    forget(region); // it was closed after its TIDs were freed
                }
            }
        }
    }

    private static int[] unknown(PinnedRegion region) {
        int[] none = new int[Math.toIntExact(region.bytes() / PAGE_BYTES)];
        Arrays.fill(none, NONE);
        return none;
    }

    /** Has the driver give {@code tids[from]} and the {@code count - 1} after it. */
    private void obtain(PinnedRegion region, int firstPage, int[] tids, int from, int count) {
        if (count > capacity - taken + idle) {
            throw SoftpathException.of(
                    Errno.ENOMEM,
                    "expected: not enough TIDs: wanted="
                            + count
                            + " inUse="
                            + (taken - idle)
                            + " of="
                            + capacity
                            + ": close a window, or open a shorter one");
        }
        long address = region.segment().address() + (long) (firstPage + from) * PAGE_BYTES;
        int[] given;
        try {
            given = update(unused(count - (capacity - taken)), address, count);
        } catch (SoftpathException.Exhausted e) {
            if (idle == 0) {
                throw e;
            }
            // What they pin counts against the limit of locked memory too.
            given = update(unused(idle), address, count);
        }
        if (!usable(given, count)) {
            driver.tidFree(given);
            throw SoftpathException.of(
                    Errno.EPROTO,
                    "expected: the driver gave other TIDs: wanted="
                            + count
                            + " given="
                            + Arrays.toString(given));
        }
        for (int i = 0; i < count; i++) {
            tids[from + i] = given[i];
            users[given[i]] = 1;
        }
        taken += count;
        updates += count;
    }

    /** Frees these TIDs, which are forgotten already, and has the driver give others. */
    private int[] update(int[] gone, long address, int count) {
        return gone.length == 0
                ? driver.tidUpdate(address, count)
                : driver.tidReplace(gone, address, count);
    }

    /** Whether there are so many, none of which is known already. */
    private boolean usable(int[] given, int count) {
        boolean good = given.length == count;
        for (int tid : given) {
            good &= tid < MAX_TIDS && users[tid] == 0 && homes[tid] == null;
        }
        return good;
    }

    /**
     * Takes back what {@link #acquire} gave.
     *
     * @param keep whether the TIDs are good for another window over the same pages
     */
    synchronized void release(int[] tids, int count, boolean keep) {
        int gone = 0;
        for (int i = 0; i < count; i++) {
            int tid = tids[i];
            if (--users[tid] > 0) {
                continue;
            }
            if (keep && caching && homes[tid] != null) {
                append(tid);
            } else {
                tids[gone++] = tid; // of what the caller gives back nothing is needed any more
            }
        }
        free(tids, gone);
    }

    /** Frees the TIDs of a region that no window uses; the others go when their windows close. */
    synchronized void forget(PinnedRegion region) {
        int[] known = tidsOfPages.remove(region);
        if (known == null) {
            return;
        }
        int[] gone = new int[MAX_TIDS];
        int count = 0;
        for (int tid : known) {
            if (tid == NONE) {
                continue;
            }
            homes[tid] = null;
            if (users[tid] == 0) {
                unlink(tid);
                gone[count++] = tid;
            }
        }
        free(gone, count);
    }

    /** Frees TIDs that no window uses, those first that have been so for longest. */
    synchronized void evict(int count) {
        int[] gone = unused(count);
        if (gone.length > 0) {
            driver.tidFree(gone);
        }
    }

    /** Forgets so many TIDs that no window uses, the oldest ones, for the caller to free. */
    private int[] unused(int count) {
        int[] gone = new int[Math.clamp(count, 0, idle)];
        for (int i = 0; i < gone.length; i++) {
            gone[i] = oldest;
            unlink(oldest);
        }
        forget(gone, gone.length);
        return gone;
    }

    private void free(int[] tids, int count) {
        if (count > 0) {
            forget(tids, count);
            driver.tidFree(Arrays.copyOf(tids, count));
        }
    }

    private void forget(int[] tids, int count) {
        for (int i = 0; i < count; i++) {
            int[] home = homes[tids[i]];
            if (home != null) {
                home[pages[tids[i]]] = NONE;
                homes[tids[i]] = null;
            }
        }
        taken -= count;
        frees += count;
    }

    private void use(int tid) {
        if (users[tid]++ == 0) {
            unlink(tid);
        }
    }

    private void append(int tid) {
        before[tid] = newest;
        after[tid] = NONE;
        if (newest == NONE) {
            oldest = tid;
        } else {
            after[newest] = tid;
        }
        newest = tid;
        idle++;
    }

    private void unlink(int tid) {
        if (before[tid] == NONE) {
            oldest = after[tid];
        } else {
            after[before[tid]] = after[tid];
        }
        if (after[tid] == NONE) {
            newest = before[tid];
        } else {
            before[after[tid]] = before[tid];
        }
        idle--;
    }
}
