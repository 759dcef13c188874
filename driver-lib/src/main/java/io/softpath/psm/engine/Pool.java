package io.softpath.psm.engine;

import java.util.Arrays;
import java.util.function.Supplier;

/**
 * Things of one kind that are used again and again. Each has a number, its place, by which lists
 * know it: a number is stored for nothing, of a reference the garbage collector wants to know, and
 * with G1 that may cost as much as all else that is done to send a message.
 *
 * @param <E> what is in it
 */
final class Pool<E extends Matchable> {
    /** The place of nothing. */
    static final int NONE = 0;

    private static final int FIRST_SIZE = 64;

    private final Supplier<E> maker;
    private Matchable[] all = new Matchable[FIRST_SIZE];
    private int end = NONE + 1;
    private int[] free = new int[FIRST_SIZE];
    private int freeCount;

    Pool(Supplier<E> maker) {
        this.maker = maker;
    }

    /** One that was given back, as it was then, or a new one. */
    E take() {
        return freeCount > 0 ? get(free[--freeCount]) : make();
    }

    private E make() {
        if (end == all.length) {
            all = Arrays.copyOf(all, 2 * end);
            free = Arrays.copyOf(free, 2 * end);
        }
        E made = maker.get();
        made.place = end;
        all[end++] = made;
        return made;
    }

    /** Gives one back. */
    void give(E entry) {
        free[freeCount++] = entry.place;
    }

    /** What has that place; null if that is {@link #NONE}. A cast by a class would be looked up. */
    @SuppressWarnings("unchecked")
    E get(int place) {
        return (E) all[place];
    }
}
