package io.softpath.psm.sim;

/**
 * What goes wrong on the way, each a probability.
 *
 * @param drop a packet is lost
 * @param duplicate it comes twice
 * @param reorder it is late
 * @param overflow its receiver has no room for the payload
 * @param busy its sender has no buffer
 * @param flips it comes with a wrong bit in header and payload
 */
public record Trouble(
        double drop, double duplicate, double reorder, double overflow, double busy, double flips) {
    public static final Trouble NONE = new Trouble(0, 0, 0, 0, 0, 0);

    /** As this one, and bits flip. */
    public Trouble withFlips(double probability) {
        return new Trouble(drop, duplicate, reorder, overflow, busy, probability);
    }
}
