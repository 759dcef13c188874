package io.softpath.psm;

import io.softpath.abi.psm.EndpointId;
import io.softpath.driver.Address;
import io.softpath.driver.PinnedRegion;
import io.softpath.driver.direct.Direct;
import io.softpath.driver.direct.DirectMemory;
import io.softpath.driver.direct.PeerMemory;
import io.softpath.error.SoftpathException;
import io.softpath.memory.AgronaView;
import io.softpath.psm.engine.DirectLink;
import io.softpath.psm.engine.DirectPort;

import java.lang.foreign.MemorySegment;

/**
 * Has the daemon bring an engine together with those of other processes on its host: those that
 * have the same LID, as in PSM. Source: psm, psm_ep.c, psm_epid_nid.
 */
final class ChipDirectPort implements DirectPort {
    private final int lid;
    private final Direct direct;
    private final PinnedBuffers pinned;
    private String refusal = "";

    ChipDirectPort(int lid, Direct direct, PinnedBuffers pinned) {
        this.lid = lid;
        this.direct = direct;
        this.pinned = pinned;
    }

    private static Address address(EndpointId id) {
        return new Address(id.lid(), id.context());
    }

    /** Whoever cannot have it goes through the chip; that the daemon is gone is another matter. */
    @Override
    public DirectLink open(EndpointId peer) {
        if (peer.lid() != lid) {
            refusal = "direct: lid=" + peer.lid() + " is another host than lid=" + lid;
            return null;
        }
        try {
            DirectMemory made = direct.open(address(peer));
            return new DirectLink(
                    made.side(),
                    made.memory().segment(),
                    (offset, bytes) -> AgronaView.of(made.memory(), offset, bytes));
        } catch (SoftpathException.Refused | SoftpathException.Exhausted e) {
            refusal = e.getMessage();
            return null;
        }
    }

    @Override
    public String refusal() {
        return refusal;
    }

    @Override
    public int handleOf(MemorySegment buffer, long offset, int length) {
        PinnedRegion region = pinned.find(buffer, offset, length);
        return region == null ? -1 : region.handle();
    }

    @Override
    public long placeOf(MemorySegment buffer, long offset) {
        PinnedRegion region = pinned.find(buffer, offset, 0);
        return PinnedBuffers.placeIn(region, buffer, offset);
    }

    @Override
    public boolean isOpen(int handle) {
        return pinned.isOpen(handle);
    }

    /** A peer that cannot be given it is sent the bytes instead. */
    @Override
    public boolean grant(EndpointId peer, int handle) {
        try {
            direct.grant(address(peer), handle);
            return true;
        } catch (SoftpathException.Refused | SoftpathException.Exhausted e) {
            refusal = e.getMessage();
            return false;
        }
    }

    /** Bytes of a peer that cannot be read there are asked for instead. */
    @Override
    public PeerBytes map(EndpointId peer, int handle) {
        try {
            return new Mapped(direct.map(address(peer), handle));
        } catch (SoftpathException.Refused | SoftpathException.Exhausted e) {
            refusal = e.getMessage();
            return null;
        }
    }

    private record Mapped(PeerMemory memory) implements PeerBytes {
        @Override
        public MemorySegment segment() {
            return memory.segment();
        }

        @Override
        public void close() {
            memory.close();
        }
    }
}
