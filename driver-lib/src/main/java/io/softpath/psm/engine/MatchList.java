package io.softpath.psm.engine;

/**
 * Receives that wait for a message, or messages that wait for a receive, in the order in which they
 * came. A tag and a receive match if they agree in the bits that the receive selects; whoever comes
 * takes the first match. Source: psm.h, psm_mq_irecv.
 *
 * @param <E> what waits
 */
final class MatchList<E extends Matchable> {
    private final Pool<E> pool;
    private final int number;
    private int first = Pool.NONE;
    private int last = Pool.NONE;
    private int size;

    /**
     * @param pool of what comes in
     * @param number that no other list of it has; not 0
     */
    MatchList(Pool<E> pool, int number) {
        this.pool = pool;
        this.number = number;
    }

    int size() {
        return size;
    }

    void append(E entry) {
        if (entry.list != 0) {
            throw new IllegalStateException("match list: the entry waits already");
        }
        entry.list = number;
        entry.before = last;
        entry.after = Pool.NONE;
        if (last == Pool.NONE) {
            first = entry.place;
        } else {
            pool.get(last).after = entry.place;
        }
        last = entry.place;
        size++;
    }

    /** Takes an entry out, wherever it is in the list. */
    void remove(E entry) {
        if (entry.list != number) {
            throw new IllegalStateException("match list: the entry is not in this list");
        }
        if (entry.before == Pool.NONE) {
            first = entry.after;
        } else {
            pool.get(entry.before).after = entry.after;
        }
        if (entry.after == Pool.NONE) {
            last = entry.before;
        } else {
            pool.get(entry.after).before = entry.before;
        }
        entry.list = 0;
        size--;
    }

    /** The first receive that takes a message with this tag; null if none does. */
    E forMessage(long tag) {
        for (E each = first(); each != null; each = after(each)) {
            if (((tag ^ each.tag) & each.selector) == 0) {
                return each;
            }
        }
        return null;
    }

    /** The first message that a receive takes which selects these bits; null if none. */
    E forReceive(long tag, long selector) {
        for (E each = first(); each != null; each = after(each)) {
            if (((tag ^ each.tag) & selector) == 0) {
                return each;
            }
        }
        return null;
    }

    E first() {
        return pool.get(first);
    }

    /** What comes behind an entry of this list; null at its end. */
    E after(E entry) {
        return pool.get(entry.after);
    }
}
