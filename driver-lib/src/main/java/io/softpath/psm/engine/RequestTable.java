package io.softpath.psm.engine;

import java.util.Arrays;

/**
 * Requests that a peer refers to by number. A number is a place and how often that was used, modulo
 * 2048: what comes late for a request of before refers to nothing.
 *
 * <pre>
 *  31  30      20 19           0
 * +---+----------+--------------+
 * | 0 |   uses   |    place     |
 * +---+----------+--------------+
 * </pre>
 */
final class RequestTable {
    private static final int PLACE_BITS = 20;
    private static final int PLACE = (1 << PLACE_BITS) - 1;

    private final int limit;
    private Request[] requests = new Request[64];
    private int[] free = new int[64];
    private int[] numbers = new int[64];
    private int freeCount;
    private int used;

    /**
     * @param limit of requests at once, 2^20 at most
     */
    RequestTable(int limit) {
        this.limit = limit;
    }

    void add(Request request) {
        int place;
        if (freeCount > 0) {
            place = free[--freeCount];
        } else {
            if (used == limit) {
                throw new IllegalStateException(
                        "psm: rendezvous requests=" + used + " are under way, that is the maximum");
            }
            if (used == requests.length) {
                requests = Arrays.copyOf(requests, 2 * used);
                free = Arrays.copyOf(free, 2 * used);
                numbers = Arrays.copyOf(numbers, 2 * used);
            }
            place = used++;
            numbers[place] = place;
        }
        requests[place] = request;
        request.index = numbers[place];
    }

    /** What a peer means by this number; null if nothing. */
    Request get(int number) {
        int place = number & PLACE;
        return place < used && numbers[place] == number ? requests[place] : null;
    }

    /** Whether a number refers to a request that there was, or might have been. */
    boolean isOfThePast(int number) {
        int place = number & PLACE;
        return number >= 0 && place < used && get(number) == null;
    }

    void remove(Request request) {
        int place = request.index & PLACE;
        requests[place] = null;
        numbers[place] = request.index + (1 << PLACE_BITS) & Integer.MAX_VALUE;
        free[freeCount++] = place;
        request.index = -1;
    }

    int size() {
        return used - freeCount;
    }
}
