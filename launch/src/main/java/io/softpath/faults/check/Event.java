package io.softpath.faults.check;

/** What a member has recorded, or whoever watches over it. */
public sealed interface Event {
    /** How an incarnation ended. */
    enum How {
        /** By SIGKILL, or as if by it: it could record nothing more. */
        KILLED,
        /** Its daemon is gone, and what it had open with it; it has recorded what became of it. */
        LOST,
        /** By itself, when all it had to do was done. */
        EXITED,
        /** Not at all within its deadline. */
        HUNG
    }

    /**
     * Recorded before the message is handed over.
     *
     * @param connection which of the sender's connections to the receiver, counted by the sender
     * @param toIncarnation whom the sender is connected with; {@link Incarnation#UNKNOWN} if it
     *     cannot know
     * @param checksum of the contents
     */
    record Sent(MessageId message, int connection, int toIncarnation, long length, long checksum)
            implements Event {}

    /** The receiver has told the sender that it has recorded the delivery. */
    record Acknowledged(MessageId message) implements Event {}

    /** The sender was told that the message may not have arrived. */
    record Failed(MessageId message, String error) implements Event {}

    /**
     * Recorded before it is acknowledged.
     *
     * @param by who received it
     * @param slot the how manieth of its receives took it, in the order in which they match
     * @param length of what came
     * @param checksum of what came
     */
    record Delivered(MessageId message, Incarnation by, long slot, long length, long checksum)
            implements Event {}

    /** An incarnation has begun. */
    record Started(Incarnation who) implements Event {}

    /** An incarnation is over, or should be. */
    record Ended(Incarnation who, How how) implements Event {}

    /**
     * How much of something was in use before everybody came, and after all have gone.
     *
     * @param resource what and where, for example {@code unit 0 TIDs}
     */
    record Counted(String resource, long before, long after) implements Event {}
}
