package io.softpath.daemon.control;

import io.softpath.abi.control.UserEvent;
import io.softpath.abi.model.SubcontextShare;
import io.softpath.abi.region.RegionKind;
import io.softpath.abi.register.ChipCounter;
import io.softpath.daemon.region.ContextRegions;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * A context of the chip: what the open files that have it have in common. One file has an unshared
 * context; up to four, each a sub-context, a shared one. Source: qib.h, struct qib_ctxtdata.
 */
final class WholeContext {
    /** Value of POLL_TYPE: any packet wakes. */
    static final int POLL_ANY = 0;

    /** Value of POLL_TYPE: a packet that asks for an urgent interrupt wakes. */
    static final int POLL_URGENT = 1;

    final UnitDriver unit;
    final int number;

    /** The user whose processes may share it. */
    final int uid;

    final Sharing sharing;
    final PartitionKeyTable.Held keys = new PartitionKeyTable.Held();

    /**
     * PIO buffers, by chip-wide number, that the chip found faulty or that a lost link cancelled.
     */
    final BitSet needsDisarm = new BitSet();

    int pollType = POLL_ANY;
    long urgentSeen;
    boolean receiving;

    private final OpenContext[] parts;
    private final long[] events = new long[SubcontextShare.MAX_SUBCONTEXTS];

    /** Per-context counters of the chip outlive an owner; this is where they stood when it came. */
    private final long[] countersAtStart = new long[ChipCounter.CONTEXT_COUNTERS];

    private ContextRegions regions;

    WholeContext(UnitDriver unit, int number, int uid, Sharing sharing) {
        this.unit = unit;
        this.number = number;
        this.uid = uid;
        this.sharing = sharing;
        parts = new OpenContext[Math.max(1, sharing.count())];
        for (ChipCounter counter : ChipCounter.values()) {
            if (counter.perContext()) {
                countersAtStart[counter.ordinal() - ChipCounter.UNIT_COUNTERS] =
                        unit.chip().counter(counter, number);
            }
        }
    }

    /** What the chip counted for this context since it was assigned. */
    long since(ChipCounter counter) {
        return unit.chip().counter(counter, number)
                - countersAtStart[counter.ordinal() - ChipCounter.UNIT_COUNTERS];
    }

    // Who has it.

    /** The open files that have it, by sub-context. */
    List<OpenContext> parts() {
        List<OpenContext> present = new ArrayList<>();
        for (OpenContext part : parts) {
            if (part != null) {
                present.add(part);
            }
        }
        return present;
    }

    /** The open files that have it and are not closed. */
    List<OpenContext> present() {
        List<OpenContext> present = parts();
        present.removeIf(part -> part.closing);
        return present;
    }

    /** The lowest sub-context that nobody has; -1 if there is none. */
    int freeSubcontext() {
        for (int i = 0; i < parts.length; i++) {
            if (parts[i] == null) {
                return i;
            }
        }
        return -1;
    }

    /** Whether the process that sets up the context has it. */
    boolean hasMaster() {
        return parts[0] != null && !parts[0].closing;
    }

    void add(OpenContext part) {
        parts[part.subcontext] = part;
    }

    void remove(OpenContext part) {
        parts[part.subcontext] = null;
    }

    /** Nobody has it any more, even if the chip still has TIDs of somebody. */
    boolean isAbandoned() {
        for (OpenContext part : parts) {
            if (part != null && !part.closing) {
                return false;
            }
        }
        return true;
    }

    boolean isEmpty() {
        return parts().isEmpty();
    }

    /** Whether a process waits for an interrupt. */
    boolean pollArmed() {
        for (OpenContext part : parts) {
            if (part != null && part.pollArmed) {
                return true;
            }
        }
        return false;
    }

    /** Whether all who wait for an interrupt wait for urgent packets only. */
    boolean pollUrgent() {
        for (OpenContext part : parts) {
            if (part != null && part.pollArmed && !part.pollUrgent) {
                return false;
            }
        }
        return true;
    }

    /** Wakes all who wait for an interrupt. */
    void wake(int revents) {
        for (OpenContext part : parts) {
            if (part != null && part.pollArmed) {
                part.pollArmed = false;
                part.owner.outbox().interrupt(revents);
            }
        }
    }

    // Its memory.

    /** The master's USER_INIT has made the memory. */
    boolean initialised() {
        return regions != null;
    }

    /** The memory, or null before USER_INIT. */
    ContextRegions regions() {
        return regions;
    }

    void regions(ContextRegions made) {
        regions = made;
    }

    // Its event words, one for each sub-context.

    long events(int subcontext) {
        return events[subcontext];
    }

    /**
     * Sets event bits in the words that users watch. Nobody watches before USER_INIT. Source:
     * qib_file_ops.c, qib_set_uevent_bits.
     */
    void raise(long bits) {
        for (int i = 0; i < parts.length; i++) {
            publish(i, events[i] | bits);
        }
    }

    /** Clears exactly these bits of one sub-context. */
    void acknowledge(int subcontext, long bits) {
        publish(subcontext, events[subcontext] & ~bits);
    }

    /** The buffers are disarmed, whoever asked for it: nobody needs to ask again. */
    void acknowledgeDisarm() {
        for (int i = 0; i < parts.length; i++) {
            acknowledge(i, UserEvent.DISARM_BUFS);
        }
    }

    /** Whoever takes this sub-context next is told nothing of what was before it. */
    void forgetEvents(OpenContext part) {
        publish(part.subcontext, 0);
        needsDisarm.clear(part.firstBuffer, part.firstBuffer + part.bufferCount);
        if (needsDisarm.isEmpty()) {
            acknowledgeDisarm();
        }
    }

    private void publish(int subcontext, long word) {
        if (regions != null && events[subcontext] != word) {
            events[subcontext] = word;
            MemorySegment page = regions.memory(RegionKind.SENDBUFSTATUS);
            UserEvent.putWord(page, subcontext, word);
        }
    }

    void markForDisarm(int pioBuffer) {
        needsDisarm.set(pioBuffer);
        raise(UserEvent.DISARM_BUFS);
    }

    @Override
    public String toString() {
        return "unit=" + unit.number() + " context=" + number;
    }
}
