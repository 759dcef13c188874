package io.softpath.driver.direct;

import io.softpath.abi.direct.DirectLayout;
import io.softpath.driver.Address;
import io.softpath.driver.control.DeviceFile;
import io.softpath.error.SoftpathException;
import io.softpath.linux.MemFd;
import io.softpath.memory.Mapper;

/**
 * What one context shares with others of the same daemon. Any thread; system calls, so not for busy
 * paths.
 */
public final class Direct {
    private final DeviceFile file;

    public Direct(DeviceFile file) {
        this.file = file;
    }

    /**
     * Memory to share with whoever has that context. The daemon gives it to the two who ask for
     * each other, once to each; who asks again begins anew.
     *
     * @throws SoftpathException.Refused ENXIO: nobody has it, or it is another daemon's; EINVAL: it
     *     is our own, or the daemon is too old to know of this
     * @throws SoftpathException.Exhausted EBUSY: too many wait for their peers; EMFILE, ENFILE,
     *     ENOMEM
     */
    public DirectMemory open(Address peer) {
        DeviceFile.Direct made = file.directOpen(peer.lid(), peer.context(), 0);
        try (MemFd memFd = MemFd.received(made.fd())) {
            return new DirectMemory(
                    made.side(),
                    Mapper.mapDirect(memFd, "direct memory", made.fileBytes(), DirectLayout.BYTES));
        }
    }

    /**
     * Lets whoever has that context read pinned memory of ours, until it is closed.
     *
     * @param handle {@link io.softpath.driver.PinnedRegion#handle}
     * @throws SoftpathException.Refused ENXIO, as {@link #open}; EINVAL: it is closed
     */
    public void grant(Address peer, int handle) {
        file.directGrant(peer.lid(), peer.context(), 0, handle);
    }

    /**
     * Pinned memory of whoever has that context, to read.
     *
     * @throws SoftpathException.Refused EPERM: there is no such memory, or it is not for us; ENXIO
     * @throws SoftpathException.Exhausted EMFILE, ENFILE, ENOMEM
     */
    public PeerMemory map(Address peer, int handle) {
        return new PeerMemory(file.directMap(peer.lid(), peer.context(), 0, handle), handle);
    }
}
