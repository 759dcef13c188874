package io.softpath.daemon.control;

import io.softpath.error.SoftpathException;

import java.lang.foreign.MemorySegment;

/** The ordinary memory of the process that opened a file, as far as the daemon can reach it. */
interface AddressSpace {
    /**
     * Whether it can be reached at all.
     *
     * @param address to try it at; whether something is mapped there does not matter
     * @throws SoftpathException EPERM, ESRCH, ENOSYS: it cannot, and why
     */
    void checkAccess(long address);

    /**
     * What is mapped writable, as start and end of each range, by address.
     *
     * @throws SoftpathException EPERM, ESRCH
     */
    long[] writableRanges();

    /**
     * Stores bytes that lie in one page; allocates nothing.
     *
     * @return false, with nothing stored, if they are not mapped writable any more, or {@link
     *     #close} was called
     */
    boolean write(long address, MemorySegment from, long fromOffset, int bytes);

    /** Nothing is written from now on. */
    void close();
}
