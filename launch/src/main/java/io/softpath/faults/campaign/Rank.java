package io.softpath.faults.campaign;

/** One process of a rank, from its start as a spare to its end. */
final class Rank {
    final Child child;
    final int number;
    final int process;

    /** The named point at which it kills itself, or all that a plan says; empty: none. */
    String point;

    /** Of the endpoint that it has open; 0: none. */
    int incarnation;

    /** Where that is. */
    String id = "";

    /** Since when it has had that. */
    long readyNs;

    boolean opened;
    boolean toldToDrain;

    /** By the schedule, and not by itself. */
    boolean killedFromOutside;

    boolean drained;
    boolean closed;
    boolean ended;

    Rank(Child child, int number, int process, String point) {
        this.child = child;
        this.number = number;
        this.process = process;
        this.point = point;
    }

    @Override
    public String toString() {
        return "rank " + number + ", " + child + ", incarnation " + incarnation;
    }
}
