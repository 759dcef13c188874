package io.softpath.daemon.chip;

/**
 * Packets of one gather that leave one after the other and are like the first but for their
 * sequence numbers, which count up, and the places that they go to: all of one length, none with an
 * entry of its own. A chip looks at the first of them and knows the others.
 *
 * <p>Made with the gather and used again; whoever is offered one uses it only during the call.
 */
public final class PacketRun {
    private final int[] tids;
    private int firstTid;
    private int firstOffset;
    private int packetBytes;
    private int packets;

    /**
     * @param tids of the gather, as they are when the run is offered
     */
    PacketRun(int[] tids) {
        this.tids = tids;
    }

    /**
     * @param offset in the page of the first TID, a multiple of the length
     * @param bytes of each packet, a divisor of a page's
     */
    void set(int tidIndex, int offset, int bytes, int count) {
        firstTid = tidIndex;
        firstOffset = offset;
        packetBytes = bytes;
        packets = count;
    }

    /** How many packets. */
    int packets() {
        return packets;
    }

    /** Bytes of payload of each. */
    int packetBytes() {
        return packetBytes;
    }

    /** The TID of a packet of the run; each is one for expected packets. */
    int tid(int index) {
        return tids[firstTid + position(index) / UserPage.BYTES];
    }

    /** Where in its page a packet's payload begins; all of it lies in that page. */
    int offset(int index) {
        return position(index) % UserPage.BYTES;
    }

    private int position(int index) {
        return firstOffset + index * packetBytes;
    }
}
