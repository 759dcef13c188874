package io.softpath.daemon.control;

import io.softpath.abi.control.UserEvent;
import io.softpath.abi.region.RegionKind;
import io.softpath.abi.register.ChipCounter;
import io.softpath.daemon.chip.TriggerMode;
import io.softpath.daemon.region.ContextRegions;
import io.softpath.daemon.region.Grant;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * A context in the hands of an open file, from ASSIGN_CONTEXT to close. Source: qib.h, struct
 * qib_ctxtdata.
 */
final class OpenContext {
    /** Value of POLL_TYPE: any packet wakes. */
    static final int POLL_ANY = 0;

    /** Value of POLL_TYPE: a packet that asks for an urgent interrupt wakes. */
    static final int POLL_URGENT = 1;

    final UnitDriver unit;
    final int number;
    final OpenFile owner;
    final long sinceEpochMs;
    final TriggerMode trigger;
    final PartitionKeyTable.Held keys = new PartitionKeyTable.Held();

    /**
     * PIO buffers, by chip-wide number, that the chip found faulty or that a lost link cancelled.
     */
    final BitSet needsDisarm = new BitSet();

    final List<Grant> mappings = new ArrayList<>();

    /** Memory that the owner asked for so that the chip can reach it. */
    final UserMemories memories;

    /** The owner's ordinary memory; null if nothing was ever seen of it. */
    AddressSpace ordinary;

    /** Whether the kernel let the daemon reach that memory when the context was assigned. */
    boolean ordinaryReachable;

    /** Which TIDs of it are used, and for what. */
    final TidShadow tids;

    /** Nobody has it any more, but the chip still does: {@link Quirk#TIDS_OUTLIVE_PINS}. */
    boolean closing;

    int pollType = POLL_ANY;
    boolean pollArmed;
    long urgentSeen;
    boolean receiving;

    private ContextRegions regions;
    private long events;

    OpenContext(
            UnitDriver unit, int number, OpenFile owner, long sinceEpochMs, TriggerMode trigger) {
        this.unit = unit;
        this.number = number;
        this.owner = owner;
        this.sinceEpochMs = sinceEpochMs;
        this.trigger = trigger;
        memories = new UserMemories(unit, number);
        tids = new TidShadow(unit.model().tidCount());
        for (ChipCounter counter : ChipCounter.values()) {
            if (counter.perContext()) {
                countersAtStart[counter.ordinal() - ChipCounter.UNIT_COUNTERS] =
                        unit.chip().counter(counter, number);
            }
        }
    }

    /** Per-context counters of the chip outlive an owner; this is where they stood when it came. */
    private final long[] countersAtStart = new long[ChipCounter.CONTEXT_COUNTERS];

    /** What the chip counted for this context since this owner has it. */
    long since(ChipCounter counter) {
        return unit.chip().counter(counter, number)
                - countersAtStart[counter.ordinal() - ChipCounter.UNIT_COUNTERS];
    }

    /** USER_INIT has made the memory. */
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

    long events() {
        return events;
    }

    /** Sets event bits in the word that the user watches. Nobody watches before USER_INIT. */
    void raise(long bits) {
        publish(events | bits);
    }

    /** Clears exactly these bits. */
    void acknowledge(long bits) {
        publish(events & ~bits);
    }

    private void publish(long word) {
        if (regions != null && events != word) {
            events = word;
            MemorySegment page = regions.memory(RegionKind.SENDBUFSTATUS);
            UserEvent.putWord(page, 0, word);
        }
    }

    void markForDisarm(int pioBuffer) {
        needsDisarm.set(pioBuffer);
        raise(UserEvent.DISARM_BUFS);
    }

    @Override
    public String toString() {
        return "unit=" + unit.number() + " context=" + number + " " + owner;
    }
}
