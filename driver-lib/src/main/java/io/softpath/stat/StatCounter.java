package io.softpath.stat;

/**
 * One counter, as it was.
 *
 * @param id its place in the file
 * @param group who counts
 * @param name as users of ipathstats know it
 * @param purpose what it counts, in words; empty if the catalogue does not say
 * @param error whether a rise means that something went wrong
 * @param value never falls, except that counters of what is open now do
 */
public record StatCounter(
        int id, Group group, String name, String purpose, boolean error, long value) {
    /** Who counts. */
    public enum Group {
        CHIP,
        DRIVER,
        OTHER
    }
}
