package io.softpath.daemon.control;

import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.linux.CurrentProcess;
import io.softpath.linux.PidFd;
import io.softpath.linux.ProcessMemory;

import java.lang.foreign.MemorySegment;

/**
 * The memory of a client through the kernel, for clients that run as the daemon's own user only: a
 * client can have a page that takes for ever to write to, and may hold nobody up but those that it
 * could stop anyway.
 */
final class ClientMemory implements AddressSpace {
    private final int uid;
    private final ProcessMemory memory;
    private boolean closed;

    /**
     * @param uid of the client
     * @param process stays open until {@link #close}
     */
    ClientMemory(int uid, PidFd process) {
        this.uid = uid;
        memory = new ProcessMemory(process);
    }

    @Override
    public void checkAccess(long address) {
        int own = CurrentProcess.uid();
        if (uid != own) {
            throw SoftpathException.of(
                    Errno.EPERM, "uid=" + uid + " is not the daemon's uid=" + own);
        }
        try {
            memory.probe(address);
        } catch (SoftpathException e) {
            if (e.errno().equals(Errno.EPERM)) {
                throw SoftpathException.of(
                        Errno.EPERM,
                        "the kernel forbids it: the process is not dumpable, or"
                                + " kernel.yama.ptrace_scope is not 0",
                        e);
            }
            if (!e.errno().equals(Errno.EFAULT)) {
                throw e;
            }
        }
    }

    @Override
    public long[] writableRanges() {
        return memory.writableRanges();
    }

    @Override
    public boolean write(long address, MemorySegment from, long fromOffset, int bytes) {
        return !closed && memory.write(address, from, fromOffset, bytes);
    }

    @Override
    public void close() {
        closed = true;
    }
}
