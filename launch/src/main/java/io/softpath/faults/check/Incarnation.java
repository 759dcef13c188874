package io.softpath.faults.check;

/**
 * One life of a member of the exchange: a process that was killed and started anew, or whose daemon
 * was, is the same member in its next incarnation.
 *
 * @param member from 0 on
 * @param number from 1 on
 */
public record Incarnation(int member, int number) {
    /** Where nobody knows which one it is. */
    public static final int UNKNOWN = 0;

    @Override
    public String toString() {
        return member + "#" + number;
    }
}
