package io.softpath.apps.bigcopy;

import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * What rank 0 says, and when: offers chunks, sends those that were granted, and says again what was
 * not answered in time. The receiver answers; only this end has timers.
 *
 * <pre>
 *   offered --grant--> granted --all sent--> sent --status--> (slot is free)
 *      ^ again             ^                  | again: NAK or status
 *      +-- OFFER           +------- NAK ------+-- OFFER, sent
 * </pre>
 *
 * The chip keeps the order of what one context sends to another, so an OFFER that says {@code sent}
 * arrives behind the last packet of its chunk: what is missing then is lost. Pure: no thread, no
 * clock, no memory.
 */
final class SendingEnd {
    /** The first pause before something is said again; each further one is twice as long. */
    static final long REPEAT_NS = TimeUnit.MILLISECONDS.toNanos(100);

    /** Something is said at least so often, so that the receiver knows that this rank lives. */
    static final long ALIVE_NS = TimeUnit.MILLISECONDS.toNanos(500);

    private static final int MAX_DOUBLINGS = 3;

    private static final byte OFFERED = 1;
    private static final byte GRANTED = 2;
    private static final byte SENT = 3;

    /** How things are said. */
    interface Port {
        /** Sends an OFFER; false if there is no send buffer now. */
        boolean offer(long number, long chunk);

        /** Says that this rank lives; false if there is no send buffer now. */
        boolean alive();

        /** Sends what can be sent now of a chunk that was granted; false if that is nothing. */
        boolean data(int slot);

        /** Whether all of the chunk in this slot was sent. */
        boolean isOut(int slot);
    }

    private final Slots slots;
    private final Port port;
    private final byte[] states;
    private final long[] saidNs;
    private final int[] repeats;
    private long offered; // chunks below this were offered
    private long written; // chunks below this are in the receiver's file
    private long aliveNs;
    private long repeated;
    private long last = Long.MAX_VALUE; // the last chunk's number

    SendingEnd(Slots slots, Port port, long nowNs) {
        this.slots = slots;
        this.port = port;
        this.states = new byte[slots.count()];
        this.saidNs = new long[slots.count()];
        this.repeats = new int[slots.count()];
        this.aliveNs = nowNs;
    }

    /**
     * Says what there is to say.
     *
     * @return false if there was nothing, or no send buffer for it
     */
    boolean step(long nowNs) {
        boolean progress = offer(nowNs);
        progress |= sendData(nowNs);
        progress |= repeat(nowNs);
        if (nowNs - aliveNs >= ALIVE_NS && port.alive()) {
            aliveNs = nowNs;
        }
        return progress;
    }

    private boolean offer(long nowNs) {
        boolean progress = false;
        while (offered < slots.filled()) {
            long chunk = slots.chunk(offered);
            if (!port.offer(offered, chunk)) {
                break;
            }
            say(slots.slot(offered), OFFERED, nowNs);
            last = Chunk.isLast(chunk) ? offered : last;
            offered++;
            progress = true;
        }
        return progress;
    }

    private boolean sendData(long nowNs) {
        for (long number = slots.emptied(); number < offered; number++) {
            int slot = slots.slot(number);
            if (states[slot] == GRANTED) {
                boolean progress = port.data(slot);
                if (port.isOut(slot)) {
                    say(slot, SENT, nowNs);
                }
                return progress;
            }
        }
        return false;
    }

    private boolean repeat(long nowNs) {
        for (long number = slots.emptied(); number < offered; number++) {
            int slot = slots.slot(number);
            long pause = REPEAT_NS << Math.min(repeats[slot], MAX_DOUBLINGS);
            if (states[slot] != GRANTED && nowNs - saidNs[slot] >= pause) {
                long chunk = slots.chunk(number);
                if (!port.offer(number, states[slot] == SENT ? Chunk.sent(chunk) : chunk)) {
                    return false;
                }
                repeats[slot]++;
                repeated++;
                saidNs[slot] = nowNs;
                return true;
            }
        }
        return false;
    }

    private void say(int slot, byte state, long nowNs) {
        states[slot] = state;
        saidNs[slot] = nowNs;
        repeats[slot] = 0;
    }

    /**
     * A grant has come.
     *
     * @return the slot that it is for; -1 if it is an old one
     */
    int granted(long number) {
        if (!isUnderWay(number) || states[slots.slot(number)] != OFFERED) {
            return -1;
        }
        int slot = slots.slot(number);
        states[slot] = GRANTED;
        return slot;
    }

    /** Whether the chunk in this slot was granted and is not yet known to be there. */
    boolean isGranted(int slot) {
        for (long number = slots.emptied(); number < offered; number++) {
            if (slots.slot(number) == slot) {
                return states[slot] != OFFERED;
            }
        }
        return false;
    }

    /** The receiver wants a part of the chunk in this slot again. */
    void resumed(int slot) {
        states[slot] = GRANTED;
    }

    /**
     * The receiver says how far it is.
     *
     * @param received it has all chunks below this one: their slots are free
     * @param newWritten those below this one are in its file
     */
    void status(long received, long newWritten) {
        if (received < 0 || received > offered || newWritten < 0 || newWritten > received) {
            throw SoftpathException.of(
                    Errno.EPROTO,
                    "the receiver says what cannot be: received="
                            + received
                            + " written="
                            + newWritten
                            + " offered="
                            + offered);
        }
        if (received > slots.emptied()) {
            slots.empty(received);
        }
        written = Math.max(written, newWritten);
    }

    private boolean isUnderWay(long number) {
        return number >= slots.emptied() && number < offered;
    }

    /** Whether there is data that can go out as soon as there is a send buffer. */
    boolean hasData() {
        for (long number = slots.emptied(); number < offered; number++) {
            if (states[slots.slot(number)] == GRANTED) {
                return true;
            }
        }
        return false;
    }

    /** Whether the whole file is in the receiver's file. */
    boolean isAllWritten() {
        return written > last;
    }

    /** Chunks that are in the receiver's file. */
    long written() {
        return written;
    }

    /** How often something had to be said again. */
    long repeated() {
        return repeated;
    }

    @Override
    public String toString() {
        return "filled="
                + slots.filled()
                + " offered="
                + offered
                + " received="
                + slots.emptied()
                + " written="
                + written
                + " states="
                + Arrays.toString(states);
    }
}
