package io.softpath.driver.control;

import io.softpath.abi.control.ContextRecord;
import io.softpath.abi.control.ControlRecord;
import io.softpath.abi.control.PageAreaRecord;
import io.softpath.abi.control.PageBlockRecord;
import io.softpath.abi.control.PageEventRecord;
import io.softpath.abi.control.PageLedgerRecord;
import io.softpath.abi.control.PinRecord;
import io.softpath.abi.control.RegisterRecord;
import io.softpath.abi.control.TidRecord;
import io.softpath.abi.control.UnitRecord;
import io.softpath.abi.control.VmaRecord;
import io.softpath.error.SoftpathException;
import io.softpath.linux.Fd;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/**
 * Looks at a running daemon, and, for its owner, turns its knobs. Needs a connection but no
 * context.
 */
public final class Inspector {
    private final ControlChannel channel;

    public Inspector(ControlChannel channel) {
        this.channel = channel;
    }

    /** All units of the daemon. */
    public List<UnitRecord> units() {
        return records(
                ControlRecord.INSPECT_UNITS,
                ControlRecord.INSPECT_ALL_UNITS,
                UnitRecord.BYTES,
                UnitRecord::read);
    }

    /**
     * One unit.
     *
     * @throws SoftpathException.Refused ENODEV if there is none
     */
    public UnitRecord unit(int unit) {
        return records(ControlRecord.INSPECT_UNITS, unit, UnitRecord.BYTES, UnitRecord::read)
                .getFirst();
    }

    /** The contexts of a unit that are open. */
    public List<ContextRecord> contexts(int unit) {
        return records(
                ControlRecord.INSPECT_CONTEXTS, unit, ContextRecord.BYTES, ContextRecord::read);
    }

    /** The mappings that users of a unit have been given. */
    public List<VmaRecord> vmas(int unit) {
        return records(ControlRecord.INSPECT_VMAS, unit, VmaRecord.BYTES, VmaRecord::read);
    }

    /** The registers of a unit. */
    public List<RegisterRecord> registers(int unit) {
        return records(
                ControlRecord.INSPECT_REGISTERS, unit, RegisterRecord.BYTES, RegisterRecord::read);
    }

    /** The memory of a unit's users that its chip can reach. */
    public List<PinRecord> pins(int unit) {
        return records(ControlRecord.INSPECT_PINS, unit, PinRecord.BYTES, PinRecord::read);
    }

    /** The TIDs of a unit that are used. */
    public List<TidRecord> tids(int unit) {
        return records(ControlRecord.INSPECT_TIDS, unit, TidRecord.BYTES, TidRecord::read);
    }

    /** The page ledger of a unit. */
    public PageLedgerRecord ledger(int unit) {
        return records(
                        ControlRecord.INSPECT_LEDGER,
                        unit,
                        PageLedgerRecord.BYTES,
                        PageLedgerRecord::read)
                .getFirst();
    }

    /** Blocks of pages in the ledger of a unit, alike ones together. */
    public List<PageBlockRecord> pageBlocks(int unit) {
        return records(
                ControlRecord.INSPECT_PAGE_BLOCKS,
                unit,
                PageBlockRecord.BYTES,
                PageBlockRecord::read);
    }

    /** What users of a unit have mapped, as its ledger keeps it. */
    public List<PageAreaRecord> pageAreas(int unit) {
        return records(
                ControlRecord.INSPECT_PAGE_AREAS, unit, PageAreaRecord.BYTES, PageAreaRecord::read);
    }

    /** The last events in the ledger of a unit, oldest first. */
    public List<PageEventRecord> pageEvents(int unit) {
        return records(
                ControlRecord.INSPECT_PAGE_EVENTS,
                unit,
                PageEventRecord.BYTES,
                PageEventRecord::read);
    }

    /** The unit's statistics file, read-only; the caller closes it. */
    public Fd statistics(int unit) {
        return inspect(ControlRecord.INSPECT_STAT, unit, 0).descriptor("stat: unit=" + unit);
    }

    /**
     * Turns a knob of a unit.
     *
     * @param op {@link ControlRecord#ADMIN_LINK_DOWN} and its neighbours
     * @throws SoftpathException.Refused EPERM unless this process runs as the daemon's user or as
     *     root
     */
    public void admin(int op, int unit, long argument) {
        MemorySegment request = ControlChannel.record(ControlRecord.ADMIN_BYTES);
        ControlRecord.admin(request, 0, op, unit, argument);
        channel.call(request);
    }

    private <T> List<T> records(
            int what, int unit, int bytes, BiFunction<MemorySegment, Long, T> read) {
        List<T> all = new ArrayList<>();
        while (true) {
            MemorySegment page = inspect(what, unit, all.size()).payload();
            if (page.byteSize() < bytes) {
                return List.copyOf(all);
            }
            for (long offset = 0; offset + bytes <= page.byteSize(); offset += bytes) {
                all.add(read.apply(page, offset));
            }
        }
    }

    private Reply inspect(int what, int unit, int start) {
        MemorySegment request = ControlChannel.record(ControlRecord.INSPECT_BYTES);
        ControlRecord.inspect(request, 0, what, unit, start);
        return channel.call(request);
    }
}
