package io.softpath.daemon.control;

import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.linux.Limits;
import io.softpath.linux.MappedMemory;
import io.softpath.linux.MemlockLimit;
import io.softpath.linux.PidFd;

import java.io.UncheckedIOException;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;

/**
 * What one process has registered and what of it is pinned. Each is held to the memlock limit by
 * itself, as the kernel does with locked and with pinned memory. Source: mm_types.h, locked_vm and
 * pinned_vm; qib_user_pages.c, qib_get_user_pages.
 */
final class PinAccount {
    /** How old a limit may be that is used to allow something; to refuse it is read again. */
    private static final long LIMIT_AGE_NS = 1_000_000_000L;

    private static final long KIB = 1024;

    /** Open files that charge to it. */
    int files;

    private final int pid;
    private final PidFd process;
    private final IntFunction<MemlockLimit> limits;
    private final LongSupplier nanoClock;

    /** Null if nobody records. */
    private final ControlTrace trace;

    private MemlockLimit limit;
    private long limitReadNs;
    private long registeredBytes;
    private long pinnedPages;

    PinAccount(
            int pid,
            PidFd process,
            IntFunction<MemlockLimit> limits,
            LongSupplier nanoClock,
            ControlTrace trace) {
        this.trace = trace;
        this.pid = pid;
        this.process = process;
        this.limits = limits;
        this.nanoClock = nanoClock;
    }

    int pid() {
        return pid;
    }

    /** The process; open as long as this account is. */
    PidFd process() {
        return process;
    }

    boolean isAlive() {
        return !process.isDead();
    }

    /**
     * @throws SoftpathException ESRCH if the process is gone
     */
    void requireAlive() {
        if (!isAlive()) {
            throw gone(pid);
        }
    }

    static SoftpathException gone(int pid) {
        return SoftpathException.of(
                Errno.ESRCH,
                "pid="
                        + pid
                        + ", which opened this file, is gone and cannot be charged; open the unit"
                        + " again");
    }

    long registeredBytes() {
        return registeredBytes;
    }

    long pinnedPages() {
        return pinnedPages;
    }

    long pinnedBytes() {
        return pinnedPages * MappedMemory.PAGE_BYTES;
    }

    /** The limit as last read. */
    MemlockLimit limit() {
        return limit == null ? readLimit() : limit;
    }

    private MemlockLimit readLimit() {
        try {
            limit = limits.apply(pid);
        } catch (UncheckedIOException hidden) {
            limit = MemlockLimit.own(); // in another process namespace: as if it were our child
        }
        limitReadNs = nanoClock.getAsLong();
        return limit;
    }

    private boolean allows(long totalBytes) {
        boolean fresh = limit != null && nanoClock.getAsLong() - limitReadNs < LIMIT_AGE_NS;
        return fresh && limit.allows(totalBytes) || readLimit().allows(totalBytes);
    }

    /** Charges registered memory; null, or why not, with nothing charged. */
    Answer register(long bytes) {
        if (!allows(registeredBytes + bytes)) {
            return Answer.refuse(
                    Errno.ENOMEM,
                    "register memory: bytes="
                            + bytes
                            + " needed, registered="
                            + registeredBytes
                            + " already by pid="
                            + pid
                            + limitText(registeredBytes + bytes));
        }
        registeredBytes += bytes;
        traceRegistered(bytes);
        return null;
    }

    void unregister(long bytes) {
        registeredBytes -= bytes;
        traceRegistered(-bytes);
    }

    private void traceRegistered(long bytes) {
        if (trace != null) {
            trace.registered(pid, bytes, registeredBytes);
        }
    }

    /**
     * Whether these pages may be pinned; null, or why not.
     *
     * @param perCall compare these alone with the limit, not all of the process
     */
    Answer mayPin(int pages, boolean perCall) {
        long total = perCall ? pages : pinnedPages + pages;
        if (allows(total * MappedMemory.PAGE_BYTES)) {
            return null;
        }
        return Answer.refuse(
                Errno.ENOMEM,
                "pin pages: bytes="
                        + pages * MappedMemory.PAGE_BYTES
                        + " needed, pinned="
                        + pinnedBytes()
                        + " already by pid="
                        + pid
                        + limitText(total * MappedMemory.PAGE_BYTES));
    }

    void pin(int pages) {
        pinnedPages += pages;
        if (trace != null) {
            trace.pinned(pid, pages, pinnedPages);
        }
    }

    void unpin(int pages) {
        pinnedPages -= pages;
        if (trace != null) {
            trace.pinned(pid, -pages, pinnedPages);
        }
    }

    private String limitText(long wantedBytes) {
        return ", limit="
                + (limit.softBytes() == Limits.Limit.UNLIMITED
                        ? "unlimited"
                        : Long.toString(limit.softBytes()))
                + " (RLIMIT_MEMLOCK); raise it with ulimit -l "
                + (wantedBytes + KIB - 1) / KIB
                + ", memlock in /etc/security/limits.conf or systemd's LimitMEMLOCK=, or give the"
                + " process CAP_IPC_LOCK";
    }

    void close() {
        process.close();
    }

    @Override
    public String toString() {
        return "pid=" + pid + " registered=" + registeredBytes + " pinned=" + pinnedBytes();
    }
}
