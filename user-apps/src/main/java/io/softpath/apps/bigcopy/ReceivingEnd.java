package io.softpath.apps.bigcopy;

import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;

import java.util.Arrays;

/**
 * What rank 1 says, and when: opens a window for each chunk that has a free slot, grants it, and
 * tells how far it is. Answers whatever is said twice; has no timers of its own.
 *
 * <pre>
 *   chunk   0 .. written | written .. received | received .. granted | granted .. offered
 *           in the file  | in their slots      | windows are open    | no slot free yet
 * </pre>
 *
 * Pure: no thread, no clock, no memory.
 */
final class ReceivingEnd {
    private static final byte OPEN = 1;
    private static final byte COMPLETE = 2;

    private static final long UNKNOWN = -1;

    /** How things are done and said. */
    interface Port {
        /**
         * Opens a window over the front of a slot; false if there are too few TIDs while others are
         * open.
         */
        boolean open(int slot, int length);

        /** Gives the window of this slot up. */
        void close(int slot);

        /** Sends a GRANT; false if there is no send buffer now. */
        boolean grant(int slot, long number);

        /** Starts the window of this slot over. */
        void restart(int slot);

        /** Sends the NAK of the last restart; false if there is no send buffer now. */
        boolean nak(int slot);

        /** Sends a STATUS; false if there is no send buffer now. */
        boolean status(long received, long written);
    }

    private final Slots slots;
    private final Port port;
    private final int slotBytes;
    private final int offerCount;
    private final long[] offerNumbers;
    private final long[] offers;
    private final byte[] states;
    private final boolean[] grantDue;
    private final boolean[] nakDue;
    private boolean statusDue;
    private boolean openRefused; // until a window has been closed
    private int openCount;
    private long granted; // chunks below this have or had a window
    private long saidWritten;
    private long last = Long.MAX_VALUE; // the last chunk's number

    /**
     * @param offerCount how many chunks the peer may have offered at a time: its slots
     */
    ReceivingEnd(Slots slots, Port port, int slotBytes, int offerCount) {
        this.slots = slots;
        this.port = port;
        this.slotBytes = slotBytes;
        this.offerCount = offerCount;
        this.offerNumbers = new long[offerCount];
        this.offers = new long[offerCount];
        this.states = new byte[slots.count()];
        this.grantDue = new boolean[slots.count()];
        this.nakDue = new boolean[slots.count()];
        Arrays.fill(offerNumbers, UNKNOWN);
    }

    /** The sender offers a chunk, perhaps not for the first time. */
    void offered(long number, long chunk) {
        long received = slots.filled();
        int length = Chunk.length(chunk);
        boolean last = Chunk.isLast(chunk);
        if (number < 0
                || number >= received + offerCount
                || length > slotBytes
                || (length < slotBytes && !last)
                || (number >= this.last && !(number == this.last && last))) {
            throw SoftpathException.of(
                    Errno.EPROTO,
                    "the sender offers what cannot be: chunk="
                            + number
                            + " "
                            + Chunk.describe(chunk)
                            + " slotBytes="
                            + slotBytes
                            + " "
                            + this);
        }
        int place = (int) (number % offerCount);
        if (number < received) {
            statusDue = true;
        } else if (offerNumbers[place] != number) {
            offerNumbers[place] = number;
            offers[place] = Chunk.withoutSent(chunk);
            this.last = last ? number : this.last;
        } else {
            repeated(number, Chunk.isSent(chunk));
        }
    }

    private void repeated(long number, boolean sent) {
        statusDue = true;
        int slot = slots.slot(number);
        if (number >= granted || states[slot] != OPEN) {
            return;
        }
        if (sent) {
            restart(slot);
        } else {
            grantDue[slot] = true;
        }
    }

    /** The window of this slot has to be started over. */
    void restart(int slot) {
        if (!nakDue[slot]) {
            port.restart(slot);
            nakDue[slot] = true;
        }
    }

    /** The window of this slot is complete. */
    void complete(int slot) {
        states[slot] = COMPLETE;
        grantDue[slot] = false;
        nakDue[slot] = false;
        close(slot);
    }

    /** The sender wants to hear something. */
    void asked() {
        statusDue = true;
    }

    private void close(int slot) {
        port.close(slot);
        openCount--;
        openRefused = false;
    }

    /**
     * Does and says what there is to do and say.
     *
     * @return false if there was nothing, or no send buffer for it
     */
    boolean step() {
        boolean progress = openWindows();
        progress |= takeComplete();
        if (slots.emptied() != saidWritten) {
            statusDue = true;
        }
        progress |= sayWhatIsDue();
        if (statusDue) {
            long written = slots.emptied();
            if (port.status(slots.filled(), written)) {
                statusDue = false;
                saidWritten = written;
                progress = true;
            }
        }
        return progress;
    }

    private boolean openWindows() {
        boolean progress = false;
        while (!openRefused && granted < slots.emptied() + slots.count() && isOffered(granted)) {
            int slot = slots.slot(granted);
            int length = Chunk.length(offer(granted));
            if (length == 0) {
                states[slot] = COMPLETE;
            } else if (port.open(slot, length)) {
                states[slot] = OPEN;
                grantDue[slot] = true;
                openCount++;
            } else {
                openRefused = true;
                return progress;
            }
            granted++;
            progress = true;
        }
        return progress;
    }

    private boolean isOffered(long number) {
        return offerNumbers[(int) (number % offerCount)] == number;
    }

    private long offer(long number) {
        return offers[(int) (number % offerCount)];
    }

    private boolean takeComplete() {
        boolean progress = false;
        for (long number = slots.filled(); number < granted; number++) {
            int slot = slots.slot(number);
            if (states[slot] != COMPLETE) {
                break;
            }
            states[slot] = 0;
            slots.fill(offer(number));
            statusDue = true;
            progress = true;
        }
        return progress;
    }

    private boolean sayWhatIsDue() {
        boolean progress = false;
        for (long number = slots.filled(); number < granted; number++) {
            int slot = slots.slot(number);
            if (grantDue[slot] && port.grant(slot, number)) {
                grantDue[slot] = false;
                progress = true;
            }
            if (nakDue[slot] && port.nak(slot)) {
                nakDue[slot] = false;
                progress = true;
            }
        }
        return progress;
    }

    /** How many windows are open. */
    int openCount() {
        return openCount;
    }

    /** Whether the whole file is written. */
    boolean isAllWritten() {
        return slots.emptied() > last;
    }

    @Override
    public String toString() {
        return "granted="
                + granted
                + " received="
                + slots.filled()
                + " written="
                + slots.emptied()
                + " last="
                + (last == Long.MAX_VALUE ? "unknown" : last)
                + " states="
                + Arrays.toString(states);
    }
}
