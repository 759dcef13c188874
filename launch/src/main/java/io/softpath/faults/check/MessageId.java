package io.softpath.faults.check;

/**
 * Which message: the how manieth from this incarnation of a member to that member.
 *
 * @param from the member that sends
 * @param incarnation the number of its incarnation
 * @param to the member that receives, whatever its incarnation
 * @param number counted by the sender for each receiver
 */
public record MessageId(int from, int incarnation, int to, int number) {
    /** Who sends it. */
    public Incarnation sender() {
        return new Incarnation(from, incarnation);
    }

    @Override
    public String toString() {
        return from + "#" + incarnation + "->" + to + ":" + number;
    }
}
