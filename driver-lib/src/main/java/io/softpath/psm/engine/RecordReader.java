package io.softpath.psm.engine;

import io.softpath.abi.direct.DirectLayout;
import io.softpath.abi.direct.Slot;
import io.softpath.fault.FaultPoint;
import io.softpath.fault.Faults;

import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.ControlledMessageHandler;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;

/**
 * Takes the records that one peer writes, in their order, from slots and ring. It may write
 * anything at any time: each header is read once, and where a record lies is inside the memory.
 */
final class RecordReader implements ControlledMessageHandler {

    /** Whoever takes records. */
    @FunctionalInterface
    interface Taker {
        /**
         * Takes a record.
         *
         * @param type as its writer says
         * @param at where in the memory it is, all {@code bytes} of it
         * @return false if it cannot be taken now, and is to come again
         */
        boolean take(int type, long at, int bytes);
    }

    private final DirectWords words;
    private final OneToOneRingBuffer ring;
    private final long ringAt;
    private final long slots;
    private final long takenAt;
    private long taken;

    private boolean broken;

    /** Of a record in the ring: who takes it, whether it is there, and whether it was taken. */
    private Taker ringTaker;

    private boolean ringFound;
    private boolean ringTaken;

    RecordReader(DirectWords words, OneToOneRingBuffer ring, int side) {
        this.words = words;
        this.ring = ring;
        ringAt = DirectLayout.ringAt(side);
        slots = DirectLayout.slotsAt(side);
        takenAt = DirectLayout.takenAt(1 - side);
    }

    /** Whether there is a record. Acquire. */
    boolean hasSomething() {
        return isThere(taken);
    }

    private boolean isThere(long record) {
        return isOf(record, words.header(slotOf(record)));
    }

    private static boolean isOf(long record, long header) {
        return Slot.number(header) == (int) record + 1;
    }

    /**
     * Takes records, one after the other.
     *
     * @return how many
     */
    int take(Taker taker, int limit) {
        int ready = limit == 1 ? 1 : ready(limit);
        int count = 0;
        while (count < ready) {
            long slot = slotOf(taken);
            long header = words.header(slot);
            if (!isOf(taken, header) || !take(taker, slot, header)) {
                break;
            }
            count++;
            taken++;
        }
        if (count != 0) {
            Faults.at(FaultPoint.DIRECT_TAKEN);
            words.putTaken(takenAt, taken);
        }
        return count;
    }

    /**
     * How many records are there now, up to a limit. So their cache lines come all at once, each of
     * which would have to be waited for otherwise.
     */
    private int ready(int limit) {
        int ready = 0;
        while (ready < limit && isThere(taken + ready)) {
            ready++;
        }
        return ready;
    }

    private long slotOf(long record) {
        return DirectLayout.slotOf(slots, record);
    }

    private boolean take(Taker taker, long slot, long header) {
        int type = Slot.type(header);
        if (type == Slot.IN_RING) {
            return takeFromRing(taker);
        }
        int bytes = Slot.bytes(header);
        if (bytes > Slot.MOST) {
            broken = true;
            return false;
        }
        return taker.take(type, slot + Slot.RECORD, bytes);
    }

    /** The rest of the ring may be padding, and the record at its beginning. */
    private boolean takeFromRing(Taker taker) {
        ringTaker = taker;
        ringFound = false;
        ringTaken = false;
        try {
            ring.controlledRead(this, 1);
            if (!ringFound) {
                ring.controlledRead(this, 1);
            }
            broken |= !ringFound;
        } catch (IndexOutOfBoundsException outsideTheRing) {
            broken = true;
        }
        return ringTaken;
    }

    @Override
    public Action onMessage(int type, MutableDirectBuffer buffer, int index, int length) {
        ringFound = true;
        if (length > DirectLayout.RING_BYTES - index) {
            broken = true;
            return Action.ABORT;
        }
        ringTaken = ringTaker.take(type, ringAt + index, length);
        return ringTaken ? Action.CONTINUE : Action.ABORT;
    }

    /** Whether the peer has written what cannot be. */
    boolean isBroken() {
        return broken;
    }
}
