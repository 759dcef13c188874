package io.softpath.daemon.chip;

import io.softpath.abi.packet.Lrh;

/**
 * Who a chip is on the wire.
 *
 * @param unit number of the unit, from 0
 * @param lid local identifier, 16 bits, 1 to 0xBFFF (unicast)
 * @param guid globally unique identifier of the board
 */
public record ChipIdentity(int unit, int lid, long guid) {
    /**
     * @throws IllegalArgumentException if the unit is negative or the LID is not unicast
     */
    public ChipIdentity {
        if (unit < 0) {
            throw new IllegalArgumentException(
                    "chip identity: unit=" + unit + " must be 0 or more");
        }
        if (lid < 1 || lid > Lrh.MAX_UNICAST_LID) {
            throw new IllegalArgumentException(
                    "chip identity: lid="
                            + lid
                            + " is not unicast, choose 1.."
                            + Lrh.MAX_UNICAST_LID);
        }
    }
}
