package io.softpath.driver.control;

import java.lang.foreign.MemorySegment;

/** Hears of each request that the daemon has answered, for somebody who records it. */
public interface CallTrace {
    /**
     * A reply came.
     *
     * @param request as it was sent, valid during the call
     * @param result zero or more, or a negative errno
     */
    void answered(MemorySegment request, int result, long durationNs);
}
