package io.softpath.daemon.chip;

/** The cable: takes packets from a send engine. */
public interface Wire {
    /** What became of a packet. */
    enum Outcome {
        /** The other end has it, or has counted why it dropped it. */
        SENT,
        /** No room at the other end: the packet stays in its buffer and is offered again. */
        BACK_PRESSURE,
        /** Nobody answers to the destination LID, or its link is down. */
        NO_ROUTE
    }

    /**
     * Offers a packet; the packet and the memory it points to are the caller's again when this
     * returns.
     */
    Outcome transmit(Packet packet);

    /**
     * Offers packets that the other end may take faster than one by one. A wire that does anything
     * to single packets does not take them.
     *
     * @param first the first of them, as {@link #transmit} would be given it
     * @return how many of them it took, from the first on, with all the effects of as many
     *     transmissions that ended in {@link Outcome#SENT}; 0 says nothing about any
     */
    default int transmitRun(Packet first, PacketRun run) {
        return 0;
    }
}
