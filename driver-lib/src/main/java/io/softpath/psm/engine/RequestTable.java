package io.softpath.psm.engine;

import java.util.Arrays;

/** Requests that a peer refers to by number. */
final class RequestTable {
    private final int limit;
    private Request[] requests = new Request[64];
    private int[] free = new int[64];
    private int freeCount;
    private int used;

    RequestTable(int limit) {
        this.limit = limit;
    }

    void add(Request request) {
        int index;
        if (freeCount > 0) {
            index = free[--freeCount];
        } else {
            if (used == limit) {
                throw new IllegalStateException(
                        "psm: rendezvous requests=" + used + " are under way, that is the maximum");
            }
            if (used == requests.length) {
                requests = Arrays.copyOf(requests, 2 * used);
                free = Arrays.copyOf(free, 2 * used);
            }
            index = used++;
        }
        requests[index] = request;
        request.index = index;
    }

    /** What a peer means by this number; null if nothing. */
    Request get(int index) {
        return index >= 0 && index < used ? requests[index] : null;
    }

    void remove(Request request) {
        requests[request.index] = null;
        free[freeCount++] = request.index;
        request.index = -1;
    }

    int size() {
        return used - freeCount;
    }
}
