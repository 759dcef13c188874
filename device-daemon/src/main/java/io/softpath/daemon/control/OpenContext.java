package io.softpath.daemon.control;

import io.softpath.abi.model.PioDivision;
import io.softpath.abi.model.SubcontextShare;
import io.softpath.abi.region.RegionKind;
import io.softpath.daemon.chip.TriggerMode;
import io.softpath.daemon.region.Grant;
import io.softpath.daemon.region.Region;
import io.softpath.daemon.region.SendRegion;

import java.util.ArrayList;
import java.util.List;

/**
 * A context in the hands of an open file, from ASSIGN_CONTEXT to close: all of it, or the file's
 * part of one that is shared. Source: qib.h, struct qib_filedata.
 */
final class OpenContext {
    final WholeContext whole;
    final UnitDriver unit;

    /** The context's. */
    final int number;

    /** Which of those who share it; 0 is the master, or the only one. */
    final int subcontext;

    final OpenFile owner;
    final long sinceEpochMs;
    final TriggerMode trigger;

    /** Chip-wide number of its first PIO buffer. */
    final int firstBuffer;

    final int bufferCount;
    final List<Grant> mappings = new ArrayList<>();

    /** Memory that the owner asked for so that the chip can reach it. */
    final UserMemories memories;

    /** The owner's ordinary memory; null if nothing was ever seen of it. */
    AddressSpace ordinary;

    /** Whether the kernel let the daemon reach that memory when the context was assigned. */
    boolean ordinaryReachable;

    /** Which TIDs of it are used, and for what. */
    final TidShadow tids;

    /** What USER_INIT answers once the master has finished; null if nobody waits for that. */
    BaseInfoAnswer waits;

    /** Nobody has it any more, but the chip still does: {@link Quirk#TIDS_OUTLIVE_PINS}. */
    boolean closing;

    boolean pollArmed;

    /** It waits for urgent packets only. */
    boolean pollUrgent;

    private SendRegion sends;

    /** Makes the answer to a USER_INIT that went well. */
    @FunctionalInterface
    interface BaseInfoAnswer {
        Answer make();
    }

    OpenContext(
            WholeContext whole,
            int subcontext,
            OpenFile owner,
            long sinceEpochMs,
            TriggerMode trigger) {
        this.whole = whole;
        this.subcontext = subcontext;
        this.owner = owner;
        this.sinceEpochMs = sinceEpochMs;
        this.trigger = trigger;
        unit = whole.unit;
        number = whole.number;
        memories = new UserMemories(unit, number);
        PioDivision division = unit.division();
        SubcontextShare buffers = share(division.count(number));
        firstBuffer = division.first(number) + buffers.first();
        bufferCount = buffers.count();
        SubcontextShare share = share(unit.model().tidCount());
        tids = new TidShadow(share.first(), share.count());
    }

    private SubcontextShare share(int total) {
        return SubcontextShare.of(total, whole.sharing.count(), subcontext);
    }

    /** Others may have the context too, and this is not the one that sets it up. */
    boolean isSlave() {
        return subcontext != 0;
    }

    /** USER_INIT has answered this file. */
    boolean initialised() {
        return sends != null;
    }

    void sends(SendRegion made) {
        sends = made;
    }

    /** The memory of a kind that the owner may map, or null; it is initialised. */
    Region region(RegionKind kind) {
        return kind == RegionKind.PIOBUFS ? sends.region() : whole.regions().region(kind);
    }

    /** The token of a kind; 0 if the owner has no such memory. */
    long token(RegionKind kind) {
        Region region = region(kind);
        return region == null ? 0 : region.token();
    }

    /** Unmaps its PIO buffers, which the chip must have forgotten. */
    void closeSends() {
        if (sends != null) {
            sends.close();
        }
    }

    /** Everything that the owner may map, the unit's page included; it is initialised. */
    List<Region> mappable() {
        List<Region> all = new ArrayList<>(whole.regions().mappable());
        all.add(sends.region());
        return all;
    }

    /** Its event word. */
    long events() {
        return whole.events(subcontext);
    }

    @Override
    public String toString() {
        return whole + (whole.sharing.isShared() ? " subcontext=" + subcontext : "") + " " + owner;
    }
}
