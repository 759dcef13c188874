package io.softpath.apps.exchange;

import io.softpath.abi.register.Field;

/**
 * The tag of a message, which is its identity too: who sent it, to whom, and which of theirs it is.
 *
 * <pre>
 *  63    62  61 60          41 40          21 20         0
 * +------+------+--------------+--------------+------------+
 * | bond | kind | from         | to           | sequence   |
 * +------+------+--------------+--------------+------------+
 * </pre>
 *
 * Both ends are incarnations: each endpoint that is opened has a number of its own, so that nobody
 * is ever taken for who was there before.
 */
final class MessageTag {
    /** A message, which is to be acknowledged. */
    static final int MESSAGE = 0;

    /** The receiver has written down that it has the message of this number. */
    static final int ACKNOWLEDGEMENT = 1;

    /** The first message: is it you? Only then is it acknowledged, as number 0. */
    static final int HELLO = 2;

    /** Of an empty message that is received only when one of the two leaves. */
    static final long BOND = 1L << 63;

    static final int MAX_INCARNATION = (1 << 20) - 1;
    static final int MAX_SEQUENCE = (1 << 21) - 1;

    private static final Field KIND = new Field(61, 2);
    private static final Field FROM = new Field(41, 20);
    private static final Field TO = new Field(21, 20);
    private static final Field SEQUENCE = new Field(0, 21);

    private MessageTag() {}

    static long of(int kind, int from, int to, int sequence) {
        long tag = KIND.set(0, kind);
        tag = FROM.set(tag, from);
        tag = TO.set(tag, to);
        return SEQUENCE.set(tag, sequence);
    }

    static int kind(long tag) {
        return (int) KIND.get(tag);
    }

    static int from(long tag) {
        return (int) FROM.get(tag);
    }

    static int to(long tag) {
        return (int) TO.get(tag);
    }

    static int sequence(long tag) {
        return (int) SEQUENCE.get(tag);
    }

    static String describe(long tag) {
        return from(tag) + ">" + to(tag) + "#" + sequence(tag);
    }
}
