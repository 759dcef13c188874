package io.softpath.daemon.control;

import io.softpath.abi.control.PinRecord;
import io.softpath.abi.control.TidRecord;
import io.softpath.daemon.region.UserMemory;
import io.softpath.linux.MappedMemory;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What is pinned, as INSPECT answers it. */
final class PinRecords {
    private PinRecords() {}

    /** The memory of a unit's users that its chip can reach. */
    static List<PinRecord> pins(UnitDriver unit) {
        List<PinRecord> records = new ArrayList<>();
        for (OpenContext context : unit.openContexts()) {
            for (UserMemory memory : context.memories.all()) {
                records.add(pin(context, memory));
            }
            PinRecord ordinary = ordinaryPins(context);
            if (ordinary != null) {
                records.add(ordinary);
            }
        }
        return records;
    }

    private static PinRecord pin(OpenContext context, UserMemory memory) {
        PinAccount account = context.owner.account();
        return new PinRecord(
                context.unit.number(),
                context.number,
                context.owner.peer().pid(),
                context.owner.peer().uid(),
                memory.handle(),
                (memory.address() != 0 ? PinRecord.BOUND : 0)
                        | (memory.freed() ? PinRecord.FREED : 0),
                memory.address(),
                memory.bytes(),
                memory.sinceEpochMs(),
                memory.pinnedPages(),
                memory.pins(),
                account.limit().bytes(),
                account.pinnedBytes(),
                account.registeredBytes());
    }

    /**
     * All ordinary memory of a context's owner that TIDs point at, as one; null if there is none.
     */
    private static PinRecord ordinaryPins(OpenContext context) {
        SortedMap<Long, Integer> pinsOfPage = ordinaryPages(context);
        if (pinsOfPage.isEmpty()) {
            return null;
        }
        long since = Long.MAX_VALUE;
        for (int tid = 0; tid < context.tids.size(); tid++) {
            Pin pin = context.tids.get(tid);
            if (pin != null && pin.isOrdinary()) {
                since = Math.min(since, pin.sinceEpochMs());
            }
        }
        PinAccount account = context.owner.account();
        return new PinRecord(
                context.unit.number(),
                context.number,
                context.owner.peer().pid(),
                context.owner.peer().uid(),
                0,
                PinRecord.ORDINARY,
                pinsOfPage.firstKey(),
                pinsOfPage.size() * MappedMemory.PAGE_BYTES,
                since,
                pinsOfPage.size(),
                pinsOfPage.values().stream().mapToInt(pins -> pins).sum(),
                account.limit().bytes(),
                account.pinnedBytes(),
                account.registeredBytes());
    }

    /** How many TIDs point at each page of ordinary memory, by address. */
    static SortedMap<Long, Integer> ordinaryPages(OpenContext context) {
        SortedMap<Long, Integer> pinsOfPage = new TreeMap<>();
        for (int tid = 0; tid < context.tids.size(); tid++) {
            Pin pin = context.tids.get(tid);
            if (pin != null && pin.isOrdinary()) {
                pinsOfPage.merge(pin.address(), 1, Integer::sum);
            }
        }
        return pinsOfPage;
    }

    /** The TIDs of a unit that are used. */
    static List<TidRecord> tids(UnitDriver unit) {
        List<TidRecord> records = new ArrayList<>();
        for (OpenContext context : unit.openContexts()) {
            Map<Long, Integer> ordinary = ordinaryPages(context);
            for (int tid = 0; tid < context.tids.size(); tid++) {
                Pin pin = context.tids.get(tid);
                if (pin != null) {
                    UserMemory memory = pin.memory();
                    records.add(
                            new TidRecord(
                                    unit.number(),
                                    context.number,
                                    context.tids.first() + tid,
                                    memory == null ? 0 : memory.handle(),
                                    pin.page(),
                                    memory == null
                                            ? ordinary.get(pin.address())
                                            : memory.pins(pin.page()),
                                    pin.address(),
                                    pin.sinceEpochMs()));
                }
            }
        }
        return records;
    }
}
