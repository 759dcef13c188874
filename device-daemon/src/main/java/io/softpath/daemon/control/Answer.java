package io.softpath.daemon.control;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.softpath.error.Errno;
import io.softpath.linux.Fd;

/**
 * What the daemon answers to one request. A refusal is a value, not an exception: a client may
 * cause thousands a second.
 *
 * @param result zero or more on success, a negative errno otherwise
 * @param payload data on success, a sentence in UTF-8 on refusal
 * @param file a descriptor to hand over, or null
 * @param given whether nobody here needs the descriptor: close it once it is handed over
 */
record Answer(int result, byte[] payload, Fd file, boolean given) {
    private static final byte[] NONE = new byte[0];
    private static final int PARKED = Integer.MIN_VALUE;

    /** Success with nothing to say. */
    static final Answer OK = new Answer(0, NONE, null, false);

    /** No answer now: the request is parked and will be answered later. */
    static final Answer LATER = new Answer(PARKED, NONE, null, false);

    static Answer ok(int result) {
        return result == 0 ? OK : new Answer(result, NONE, null, false);
    }

    static Answer data(int result, byte[] payload) {
        return new Answer(result, payload, null, false);
    }

    static Answer file(byte[] payload, Fd file) {
        return new Answer(0, payload, file, false);
    }

    /** Success with a descriptor that is closed when it has been handed over. */
    static Answer give(int result, byte[] payload, Fd file) {
        return new Answer(result, payload, file, true);
    }

    static Answer refuse(Errno errno, String sentence) {
        return new Answer(-errno.number(), sentence.getBytes(UTF_8), null, false);
    }

    boolean isRefusal() {
        return result < 0 && !isLater();
    }

    boolean isLater() {
        return result == PARKED;
    }

    /** The payload as text, for logs and tests. */
    String sentence() {
        return new String(payload, UTF_8);
    }
}
