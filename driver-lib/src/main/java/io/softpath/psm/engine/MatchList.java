package io.softpath.psm.engine;

/**
 * Receives that wait for a message, or messages that wait for a receive, in the order in which they
 * came. A tag and a receive match if they agree in the bits that the receive selects; whoever comes
 * takes the first match. Source: psm.h, psm_mq_irecv.
 *
 * <p>The first few are looked at one by one. Only if none of them matches, and there are more, are
 * all of them found by their tags, and those that have come since put where that is possible: so a
 * short list, or one that matches in its order, knows nothing of tags.
 *
 * @param <E> what waits
 */
final class MatchList<E extends Matchable> {
    /** How many are looked at one by one. */
    static final int NEAR = 16;

    private final Pool<E> pool;
    private final int number;
    private final MatchHash<E> hash;
    private int first = Pool.NONE;
    private int last = Pool.NONE;
    private int size;

    /** The first of those at the end that are not in the hash yet. */
    private int fresh = Pool.NONE;

    /**
     * @param pool of what comes in
     * @param number that no other list of it has; not 0
     */
    MatchList(Pool<E> pool, int number) {
        this.pool = pool;
        this.number = number;
        hash = new MatchHash<>(pool);
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
        if (fresh == Pool.NONE) {
            fresh = entry.place;
        }
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
        if (fresh == entry.place) {
            fresh = entry.after;
        }
        if (entry.group != MatchHash.NOWHERE) {
            hash.remove(entry);
        }
        entry.list = 0;
        size--;
    }

    /** The first receive that takes a message with this tag; null if none does. */
    E forMessage(long tag) {
        E each = first();
        for (int i = 0; each != null; i++) {
            if (i == NEAR) {
                takeFresh();
                return hash.forMessage(tag);
            }
            if (((tag ^ each.tag) & each.selector) == 0) {
                return each;
            }
            each = after(each);
        }
        return null;
    }

    /** The first message that a receive takes which selects these bits; null if none. */
    E forReceive(long tag, long selector) {
        E each = first();
        for (int i = 0; each != null; i++) {
            if (i == NEAR && selector == MatchHash.ALL_BITS) {
                takeFresh();
                return hash.forMessage(tag);
            }
            if (((tag ^ each.tag) & selector) == 0) {
                return each;
            }
            each = after(each);
        }
        return null;
    }

    private void takeFresh() {
        while (fresh != Pool.NONE) {
            E entry = pool.get(fresh);
            hash.add(entry);
            fresh = entry.after;
        }
    }

    E first() {
        return pool.get(first);
    }

    /** What comes behind an entry of this list; null at its end. */
    E after(E entry) {
        return pool.get(entry.after);
    }
}
