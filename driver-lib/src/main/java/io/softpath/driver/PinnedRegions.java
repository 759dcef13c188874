package io.softpath.driver;

import io.softpath.driver.control.DeviceFile;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.fault.FaultPoint;
import io.softpath.fault.Faults;
import io.softpath.linux.MappedMemory;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** The pinned memory of a context: made here, closed one by one or with the context. Any thread. */
final class PinnedRegions {
    private final Context context;
    private final DeviceFile file;
    private final Consumer<PinnedRegion> beforeFree;
    private final Set<PinnedRegion> regions = new LinkedHashSet<>(); // guarded by this
    private boolean closed; // guarded by this

    /**
     * @param beforeFree is told of a region that is going to be freed
     */
    PinnedRegions(Context context, DeviceFile file, Consumer<PinnedRegion> beforeFree) {
        this.context = context;
        this.file = file;
        this.beforeFree = beforeFree;
    }

    PinnedRegion pin(long bytes, boolean shareable) {
        if (bytes < 1) {
            throw SoftpathException.of(Errno.EINVAL, "pin: bytes=" + bytes + " is below 1");
        }
        DeviceFile.Memory made = file.memCreate(bytes, shareable);
        try {
            Faults.at(FaultPoint.PIN_MADE);
            if (made.fileBytes() < bytes || made.fileBytes() % MappedMemory.PAGE_BYTES != 0) {
                made.fd().close();
                throw SoftpathException.of(
                        Errno.EPROTO,
                        "pin: the daemon made other memory: bytes="
                                + bytes
                                + " fileBytes="
                                + made.fileBytes());
            }
            PinnedRegion region = new PinnedRegion(this, file, made);
            add(region);
            Faults.at(FaultPoint.PIN_HELD);
            return region;
        } catch (RuntimeException e) {
            giveBack(made.handle(), e);
            throw e;
        }
    }

    private void giveBack(int handle, RuntimeException why) {
        try {
            file.memFree(handle);
        } catch (SoftpathException e) {
            why.addSuppressed(e);
        }
    }

    private synchronized void add(PinnedRegion region) {
        if (closed) {
            region.closeWithContext();
            throw SoftpathException.of(Errno.EBADF, "pin: the context is closed: " + context);
        }
        regions.add(region);
    }

    Context context() {
        return context;
    }

    /** A daemon that is gone has nothing left to free. */
    void free(PinnedRegion region) {
        if (context.isGone()) {
            return;
        }
        try {
            beforeFree.accept(region);
            Faults.at(FaultPoint.PIN_FREEING);
            file.memFree(region.handle());
        } catch (SoftpathException e) {
            if (!context.isGone()) {
                throw e;
            }
        }
    }

    synchronized void forget(PinnedRegion region) {
        regions.remove(region);
    }

    /** Unmaps all that can be unmapped; may be called again if that was not all. */
    void closeWithContext() {
        List<PinnedRegion> open;
        synchronized (this) {
            closed = true;
            open = new ArrayList<>(regions);
        }
        SoftpathException busy = null;
        for (PinnedRegion region : open) {
            try {
                region.closeWithContext();
                forget(region);
            } catch (SoftpathException e) {
                busy = e;
            }
        }
        if (busy != null) {
            throw busy;
        }
    }
}
