package io.softpath.driver;

import io.softpath.driver.control.DeviceFile;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.fault.FaultPoint;
import io.softpath.fault.Faults;
import io.softpath.linux.LockResult;
import io.softpath.linux.MappedMemory;
import io.softpath.linux.MemFd;
import io.softpath.memory.Mapper;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * User memory that the chip can reach: expected packets are written into it, gather sends are read
 * from it. Made by {@link Context#pin}; a sealed file that the daemon has mapped too, so it can
 * neither shrink under the chip nor move.
 *
 * <pre>
 *  byte 0              4096             8192                        bytes()
 *      +---------------+----------------+----------- ~ -------------+
 *      | page          | page           |                           |   all zeros at first
 *      +---------------+----------------+----------- ~ -------------+
 * </pre>
 *
 * It is charged to the process's limit of locked memory, not inherited by a fork and not part of a
 * core dump. Any thread may use it. What the chip has written is there for whoever has received the
 * packet's header entry.
 */
public final class PinnedRegion implements AutoCloseable {
    private final PinnedRegions owner;
    private final int handle;
    private final Arena arena = Arena.ofShared();
    private final MappedMemory memory;
    private final LockResult lock;
    private boolean closed; // guarded by this
    private volatile boolean freed; // written under the lock of this

    /** Maps what the daemon has made, and tells it where. */
    PinnedRegion(PinnedRegions owner, DeviceFile file, DeviceFile.Memory made) {
        this.owner = owner;
        this.handle = made.handle();
        try (MemFd memFd = MemFd.received(made.fd())) {
            memory = Mapper.mapPinned(memFd, "handle=" + handle, made.fileBytes(), arena);
            lock = memory.lockOnFault();
            memory.populate();
            Faults.at(FaultPoint.PIN_MAPPED);
            file.memBind(handle, memory.segment().address());
        } catch (RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    /**
     * The memory, readable and writable. An access after {@link #close} is an {@link
     * IllegalStateException}.
     *
     * @throws SoftpathException.Refused EBADF if the region is closed
     */
    public MemorySegment segment() {
        if (!isOpen()) {
            throw SoftpathException.of(Errno.EBADF, "use of closed pinned memory: " + this);
        }
        return memory.segment();
    }

    /** Its length: whole pages. */
    public long bytes() {
        return memory.segment().byteSize();
    }

    /** What the driver calls it: unique among the regions of its context. */
    public int handle() {
        return handle;
    }

    /** The context it belongs to. */
    public Context context() {
        return owner.context();
    }

    /** Whether the kernel locked it in memory too, and if not, why. It works all the same. */
    public LockResult lock() {
        return lock;
    }

    /** False once it, or its context, is closed. */
    public boolean isOpen() {
        return !freed && arena.scope().isAlive();
    }

    /**
     * Gives the memory back. TIDs that nobody uses are freed; a page that a TID of an open window
     * points at stays alive, unseen, until that window is closed: a late packet lands there and
     * nowhere else. Closing it again does nothing.
     *
     * @throws SoftpathException.Exhausted EBUSY if another thread is doing input or output on the
     *     memory, which then stays mapped; close again
     */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            try {
                if (!freed) {
                    freed = true;
                    owner.free(this);
                }
            } finally {
                unmap();
            }
        }
        owner.forget(this);
    }

    /** With the context: the daemon has taken everything back, or is about to. */
    synchronized void closeWithContext() {
        freed = true;
        if (!closed) {
            unmap();
        }
    }

    private void unmap() {
        try {
            arena.close();
            closed = true;
        } catch (IllegalStateException e) {
            throw SoftpathException.of(
                    Errno.EBUSY,
                    "close: input or output is going on in pinned memory: close again when it has"
                            + " ended: "
                            + this,
                    e);
        }
    }

    @Override
    public String toString() {
        return "handle=" + handle + " bytes=" + bytes();
    }
}
