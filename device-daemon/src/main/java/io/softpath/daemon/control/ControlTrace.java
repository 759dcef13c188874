package io.softpath.daemon.control;

import java.lang.foreign.MemorySegment;

/**
 * Hears of everything that clients do over the control channel, for somebody who records it. Called
 * on the duty cycle's thread. Numbers of a context are negative while a file has none.
 */
public interface ControlTrace {
    /** Somebody opened a node: a unit's, or -1 for any unit's. */
    void opened(int node, int pid, int uid, int gid);

    /**
     * A request was answered.
     *
     * @param request as it came, valid during the call
     * @param result zero or more, or a negative errno
     */
    void answered(
            int unit,
            int context,
            int subcontext,
            int pid,
            int uid,
            MemorySegment request,
            int length,
            int result);

    /** A request that had to wait was answered. */
    void answeredLate(int unit, int context, int subcontext, int pid, int kind, int result);

    /** A file was closed, by its owner's death perhaps. */
    void closed(int unit, int context, int subcontext, int pid, String why);

    /** Pages of a process were pinned, or released if negative; all that are pinned now. */
    void pinned(int pid, int pages, long pinnedPages);

    /** Memory was registered for a process, or given back if negative; all that is now. */
    void registered(int pid, long bytes, long registeredBytes);
}
