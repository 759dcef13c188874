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
}
