package io.softpath.daemon.chip;

import io.softpath.abi.register.ChipCounter;

/**
 * Hears of everything that a chip does with packets, and of its events before the driver's half
 * does, for somebody who records it. Called on the chip's thread, once and more for each packet: do
 * next to nothing. A chip without one asks a field for null and no more.
 */
public interface ChipTrace extends ChipEvents {
    /** The chip saw that a PIO buffer, counted over the chip, was launched. */
    void launched(int context, int pioBuffer, long pbc);

    /** A packet is about to be handed to the wire. */
    void sending(int context, Packet packet);

    /** The wire has not taken it. */
    void refused(int context, Packet packet, Wire.Outcome outcome);

    /** So many packets of equal length left as one; this is the first. */
    void sentRun(int context, Packet first, int packets);

    /** Payload was written to an eager buffer. */
    void storedEager(int context, int egrIndex, Packet packet);

    /** Payload was written to the pinned page of a TID. */
    void storedExpected(int context, int tid, int offset, Packet packet);

    /** Payloads of so many packets were written to pinned pages, without entries. */
    void storedRun(int context, Packet first, int packets);

    /** An entry is shown to its reader now: its RHF, and where in the queue, in dwords. */
    void delivering(int context, int entryDwords, long rhf, Packet packet);

    /**
     * A packet ended here without an entry.
     *
     * @param context negative if it was for none
     * @param why the counter that counts it
     */
    void dropped(int context, ChipCounter why, Packet packet);

    /** A TID is valid from now on. */
    void tidSet(int context, int tid);

    /** A TID is invalid from now on. */
    void tidCleared(int context, int tid);
}
