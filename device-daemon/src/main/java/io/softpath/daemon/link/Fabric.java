package io.softpath.daemon.link;

import io.softpath.abi.packet.Lrh;
import io.softpath.daemon.chip.Chip;
import io.softpath.daemon.chip.Packet;
import io.softpath.daemon.chip.PacketRun;

import java.util.Arrays;

/**
 * The switch between the units of one daemon: a packet goes to the chip with its destination LID,
 * the sender's own included.
 *
 * <p>Single-threaded, without queues: delivery is part of the sender's duty cycle, so a packet that
 * was taken is delivered or counted when {@code transmit} returns.
 */
public final class Fabric implements Link {
    private Chip[] byLid = {};

    /**
     * Plugs in a chip.
     *
     * @throws IllegalArgumentException if its LID is taken
     */
    public void attach(Chip chip) {
        int lid = chip.identity().lid();
        if (lid >= byLid.length) {
            byLid = Arrays.copyOf(byLid, lid + 1);
        }
        if (byLid[lid] != null) {
            throw new IllegalArgumentException(
                    "fabric: lid="
                            + lid
                            + " of unit "
                            + chip.identity().unit()
                            + " belongs to unit "
                            + byLid[lid].identity().unit()
                            + " already, choose another");
        }
        byLid[lid] = chip;
    }

    @Override
    public Outcome transmit(Packet packet) {
        Chip chip = destination(packet);
        return chip == null ? Outcome.NO_ROUTE : chip.receive(packet);
    }

    @Override
    public int transmitRun(Packet first, PacketRun run) {
        Chip chip = destination(first);
        return chip == null ? 0 : chip.receiveRun(first, run);
    }

    /** It holds nothing. */
    @Override
    public int poll() {
        return 0;
    }

    @Override
    public long nextDueNs() {
        return Long.MAX_VALUE;
    }

    private Chip destination(Packet packet) {
        int dlid = Lrh.dlid(packet.header().lrh());
        return dlid < byLid.length ? byLid[dlid] : null;
    }
}
