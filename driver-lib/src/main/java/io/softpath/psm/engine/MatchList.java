package io.softpath.psm.engine;

/**
 * Receives that wait for a message, or messages that wait for a receive, in the order in which they
 * came. A tag and a receive match if they agree in the bits that the receive selects; whoever comes
 * takes the first match. Source: psm.h, psm_mq_irecv.
 *
 * @param <E> what waits
 */
final class MatchList<E extends Matchable> {
    private Matchable first;
    private Matchable last;
    private int size;

    int size() {
        return size;
    }

    void append(E entry) {
        if (entry.list != null) {
            throw new IllegalStateException("match list: the entry waits already");
        }
        entry.list = this;
        entry.before = last;
        entry.after = null;
        if (last == null) {
            first = entry;
        } else {
            last.after = entry;
        }
        last = entry;
        size++;
    }

    /** Takes an entry out, wherever it is in the list. */
    void remove(E entry) {
        if (entry.list != this) {
            throw new IllegalStateException("match list: the entry is not in this list");
        }
        if (entry.before == null) {
            first = entry.after;
        } else {
            entry.before.after = entry.after;
        }
        if (entry.after == null) {
            last = entry.before;
        } else {
            entry.after.before = entry.before;
        }
        entry.list = null;
        entry.before = null;
        entry.after = null;
        size--;
    }

    /** The first receive that takes a message with this tag; null if none does. */
    E forMessage(long tag) {
        for (Matchable each = first; each != null; each = each.after) {
            if (((tag ^ each.tag) & each.selector) == 0) {
                return entry(each);
            }
        }
        return null;
    }

    /** The first message that a receive takes which selects these bits; null if none. */
    E forReceive(long tag, long selector) {
        for (Matchable each = first; each != null; each = each.after) {
            if (((tag ^ each.tag) & selector) == 0) {
                return entry(each);
            }
        }
        return null;
    }

    E first() {
        return entry(first);
    }

    /** What comes behind an entry of this list; null at its end. */
    E after(E entry) {
        return entry(entry.after);
    }

    /** Only entries of this type come in, {@link #append}. A cast by a class would be looked up. */
    @SuppressWarnings("unchecked")
    private E entry(Matchable any) {
        return (E) any;
    }
}
