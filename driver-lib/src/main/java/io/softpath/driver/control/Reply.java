package io.softpath.driver.control;

import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.linux.Fd;
import io.softpath.linux.Limits;

import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * What the daemon answered to one request that it did not refuse.
 *
 * @param result 0 or more
 * @param payload the reply's data, the caller's own
 * @param fd a descriptor that came with it; the caller closes it
 * @param interruptsSeen how many interrupts had come before this reply
 */
public record Reply(int result, MemorySegment payload, Optional<Fd> fd, long interruptsSeen) {
    /**
     * The descriptor that must have come. The daemon sends one; if it is not here, the kernel found
     * no room for it in this process.
     *
     * @param what for the message: what was asked for
     * @throws SoftpathException.Exhausted EMFILE
     */
    Fd descriptor(String what) {
        return fd.orElseThrow(() ->
                SoftpathException.of(
                        Errno.EMFILE,
                        what
                                + ": the descriptor that was sent did not arrive: this process has"
                                + " as many files open as it may: openFilesLimit="
                                + Limits.openFiles()
                                + ": close some, or raise the limit with ulimit -n"));
    }
}
