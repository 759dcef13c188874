package io.softpath.psm.engine;

import static io.softpath.abi.direct.DirectLayout.SLOTS;

import io.softpath.abi.direct.DirectLayout;
import io.softpath.abi.direct.Slot;
import io.softpath.fault.FaultPoint;
import io.softpath.fault.Faults;

import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;

/**
 * Writes records for one peer: a short one into a slot, a longer one into the ring, which a slot
 * then says. To write a slot, the writer takes one cache line from the reader; nobody else writes
 * it, so that it moves once more when the reader looks at it, and that is all. The peer may have
 * spoilt whatever is in that memory.
 */
final class RecordWriter {
    /** There is no room for a record now. */
    static final int NO_ROOM = -1;

    private static final int IN_SLOT = -1;

    private final DirectWords words;
    private final OneToOneRingBuffer ring;
    private final long ringAt;
    private final long slots;
    private final long takenAt;

    /** Records written, and how many of them the peer had taken when we last looked. */
    private long written;

    private long taken;

    private long claimed;
    private int claimedInRing = IN_SLOT;
    private boolean broken;

    RecordWriter(DirectWords words, OneToOneRingBuffer ring, int side) {
        this.words = words;
        this.ring = ring;
        ringAt = DirectLayout.ringAt(side);
        slots = DirectLayout.slotsAt(side);
        takenAt = DirectLayout.takenAt(1 - side);
    }

    /** The most bytes of a record. */
    int maxBytes() {
        return ring.maxMsgLength();
    }

    /**
     * Room for a record, which is written by {@link #commit}.
     *
     * @return where in the memory; {@link #NO_ROOM} if there is none now, or all is {@link
     *     #isBroken}
     */
    long claim(int type, int bytes) {
        if (written - taken == SLOTS && !hasRoom()) {
            return NO_ROOM;
        }
        int number = (int) written + 1;
        if (bytes <= Slot.MOST) {
            claimed = Slot.header(number, type, bytes);
            return slot() + Slot.RECORD;
        }
        claimed = Slot.header(number, Slot.IN_RING, 0);
        return claimInRing(type, bytes);
    }

    private boolean hasRoom() {
        long now = words.taken(takenAt);
        if (now < taken || now > written) {
            broken = true;
            return false;
        }
        taken = now;
        return written - now < SLOTS;
    }

    private long claimInRing(int type, int bytes) {
        try {
            int index = ring.tryClaim(type, bytes);
            if (index < 0) {
                return NO_ROOM;
            }
            claimedInRing = index;
            return ringAt + index;
        } catch (IndexOutOfBoundsException positionsOutsideTheRing) {
            broken = true;
            return NO_ROOM;
        }
    }

    private long slot() {
        return DirectLayout.slotOf(slots, written);
    }

    /** What was claimed is there for the peer, with all that was written before. Release. */
    void commit() {
        Faults.at(FaultPoint.DIRECT_CLAIMED);
        if (claimedInRing != IN_SLOT) {
            try {
                ring.commit(claimedInRing);
            } catch (IllegalStateException claimOverwritten) {
                broken = true;
            }
            claimedInRing = IN_SLOT;
            Faults.at(FaultPoint.DIRECT_RING_COMMITTED);
        }
        words.putHeader(slot(), claimed);
        Faults.at(FaultPoint.DIRECT_COMMITTED);
        written++;
    }

    /** Whether the peer has taken all that was written. Acquire. */
    boolean isDrained() {
        return words.taken(takenAt) == written;
    }

    /** Whether the peer has taken the first so many records. Acquire. */
    boolean isTaken(long count) {
        return words.taken(takenAt) >= count;
    }

    /** How many records were written. */
    long written() {
        return written;
    }

    /** Whether the peer has written where only we write, or what cannot be. */
    boolean isBroken() {
        return broken;
    }
}
