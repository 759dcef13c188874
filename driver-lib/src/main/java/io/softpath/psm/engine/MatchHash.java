package io.softpath.psm.engine;

import java.util.Arrays;

/**
 * Finds the first of many entries that a message matches, by its tag. Entries that select the same
 * bits are a group, and each is where those bits of its tag say; a message is looked for once for
 * each group. There are few groups: a program has few ways to select. What selects in yet another
 * way is in a chain of its own, which is searched from its beginning.
 *
 * @param <E> what is in it
 */
final class MatchHash<E extends Matchable> {
    /** The group of what is not in here. */
    static final int NOWHERE = -1;

    /** What selects all bits of a tag. */
    static final long ALL_BITS = -1;

    private static final int GROUPS = 8;
    private static final int OTHERS = GROUPS;
    private static final int FIRST_SIZE = 64;
    private static final long GOLDEN = 0x9E37_79B9_7F4A_7C15L;

    private final Pool<E> pool;
    private final long[] selectors = new long[GROUPS];
    private final int[] counts = new int[GROUPS + 1];

    /** The chains of a power of two of places, and the one of the others behind. */
    private int[] first = {};

    private int[] last = {};
    private int size;
    private long orders;

    MatchHash(Pool<E> pool) {
        this.pool = pool;
    }

    /** Adds an entry that comes behind all that are in here. */
    void add(E entry) {
        if (size >= first.length - 1) {
            grow();
        }
        entry.group = groupFor(entry.selector);
        entry.order = ++orders;
        counts[entry.group]++;
        size++;
        append(entry);
    }

    private int groupFor(long selector) {
        int free = OTHERS;
        for (int group = 0; group < GROUPS; group++) {
            if (counts[group] == 0) {
                free = free == OTHERS ? group : free;
            } else if (selectors[group] == selector) {
                return group;
            }
        }
        if (free != OTHERS) {
            selectors[free] = selector;
        }
        return free;
    }

    private void append(E entry) {
        int chain = chainOf(entry.group, entry.tag);
        entry.chainAfter = Pool.NONE;
        entry.chainBefore = last[chain];
        if (entry.chainBefore == Pool.NONE) {
            first[chain] = entry.place;
        } else {
            pool.get(entry.chainBefore).chainAfter = entry.place;
        }
        last[chain] = entry.place;
    }

    private int chainOf(int group, long tag) {
        int others = first.length - 1;
        if (group == OTHERS) {
            return others;
        }
        long selector = selectors[group];
        long mixed = ((tag & selector) + 31 * selector) * GOLDEN;
        return (int) (mixed >>> Integer.SIZE) & others - 1;
    }

    /** Each chain becomes two; what is in both was, and stays, in its order. */
    private void grow() {
        int[] old = first;
        int chains = Math.max(FIRST_SIZE, 2 * (old.length - 1));
        first = new int[chains + 1];
        last = new int[chains + 1];
        Arrays.fill(first, Pool.NONE);
        Arrays.fill(last, Pool.NONE);
        for (int place : old) {
            E each = pool.get(place);
            while (each != null) {
                E next = pool.get(each.chainAfter);
                append(each);
                each = next;
            }
        }
    }

    /** Takes out an entry, whose tag and selector are what they were. */
    void remove(E entry) {
        int chain = chainOf(entry.group, entry.tag);
        if (entry.chainBefore == Pool.NONE) {
            first[chain] = entry.chainAfter;
        } else {
            pool.get(entry.chainBefore).chainAfter = entry.chainAfter;
        }
        if (entry.chainAfter == Pool.NONE) {
            last[chain] = entry.chainBefore;
        } else {
            pool.get(entry.chainAfter).chainBefore = entry.chainBefore;
        }
        counts[entry.group]--;
        size--;
        entry.group = NOWHERE;
    }

    /** The first entry that a message with this tag matches; null if none does. */
    E forMessage(long tag) {
        E best = null;
        for (int group = 0; group <= OTHERS; group++) {
            if (counts[group] != 0) {
                E found = firstIn(chainOf(group, tag), tag);
                if (found != null && (best == null || found.order < best.order)) {
                    best = found;
                }
            }
        }
        return best;
    }

    /** The first match in a chain, of whatever group it is: nothing later is of interest. */
    private E firstIn(int chain, long tag) {
        E each = pool.get(first[chain]);
        while (each != null && ((tag ^ each.tag) & each.selector) != 0) {
            each = pool.get(each.chainAfter);
        }
        return each;
    }
}
