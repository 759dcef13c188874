package io.softpath.daemon.control;

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
import io.softpath.abi.region.RegionKind;
import io.softpath.abi.register.ChipCounter;
import io.softpath.abi.register.UserRegisters;
import io.softpath.daemon.chip.Chip;
import io.softpath.daemon.chip.RegisterValue;
import io.softpath.daemon.region.Grant;
import io.softpath.daemon.region.Region;
import io.softpath.error.Errno;
import io.softpath.linux.CurrentProcess;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Answers INSPECT: the state of units, contexts, mappings and registers as arrays of fixed-size
 * records. The result is how many records there are in all, the payload those from the asked one on
 * that fit.
 */
final class Inspector {
    private static final int NO_CONTEXT = -1;

    private final List<UnitDriver> units;
    private final long sinceEpochMs;

    Inspector(List<UnitDriver> units, long sinceEpochMs) {
        this.units = units;
        this.sinceEpochMs = sinceEpochMs;
    }

    /** Writes one record; a list of these is what a request selects from. */
    @FunctionalInterface
    private interface Writer {
        void write(MemorySegment s, long offset);
    }

    /** The refusal of a unit that is not there. */
    Answer noSuchUnit(int unit) {
        return Answer.refuse(
                Errno.ENODEV,
                "inspect: unit="
                        + Integer.toUnsignedString(unit)
                        + " does not exist, units="
                        + units.size());
    }

    Answer inspect(int what, int unit, int start) {
        if (unit != ControlRecord.INSPECT_ALL_UNITS && (unit < 0 || unit >= units.size())) {
            return noSuchUnit(unit);
        }
        List<Writer> writers = new ArrayList<>();
        int bytes;
        switch (what) {
            case ControlRecord.INSPECT_UNITS -> bytes = UnitRecord.BYTES;
            case ControlRecord.INSPECT_CONTEXTS -> bytes = ContextRecord.BYTES;
            case ControlRecord.INSPECT_VMAS -> bytes = VmaRecord.BYTES;
            case ControlRecord.INSPECT_REGISTERS -> bytes = RegisterRecord.BYTES;
            case ControlRecord.INSPECT_PINS -> bytes = PinRecord.BYTES;
            case ControlRecord.INSPECT_TIDS -> bytes = TidRecord.BYTES;
            case ControlRecord.INSPECT_LEDGER -> bytes = PageLedgerRecord.BYTES;
            case ControlRecord.INSPECT_PAGE_BLOCKS -> bytes = PageBlockRecord.BYTES;
            case ControlRecord.INSPECT_PAGE_AREAS -> bytes = PageAreaRecord.BYTES;
            case ControlRecord.INSPECT_PAGE_EVENTS -> bytes = PageEventRecord.BYTES;
            default -> {
                return Answer.refuse(
                        Errno.EINVAL,
                        "inspect: what="
                                + Integer.toUnsignedString(what)
                                + " is unknown, choose 1..11");
            }
        }
        for (UnitDriver each : units) {
            if (unit == ControlRecord.INSPECT_ALL_UNITS || unit == each.number()) {
                collect(what, each, writers);
            }
        }
        return page(writers, bytes, Integer.toUnsignedLong(start));
    }

    private void collect(int what, UnitDriver unit, List<Writer> writers) {
        switch (what) {
            case ControlRecord.INSPECT_UNITS -> writers.add(unit(unit)::write);
            case ControlRecord.INSPECT_CONTEXTS ->
                    contexts(unit).forEach(r -> writers.add(r::write));
            case ControlRecord.INSPECT_VMAS -> mappings(unit).forEach(r -> writers.add(r::write));
            case ControlRecord.INSPECT_PINS ->
                    PinRecords.pins(unit).forEach(r -> writers.add(r::write));
            case ControlRecord.INSPECT_TIDS ->
                    PinRecords.tids(unit).forEach(r -> writers.add(r::write));
            case ControlRecord.INSPECT_LEDGER -> writers.add(unit.pages().summary()::write);
            case ControlRecord.INSPECT_PAGE_BLOCKS ->
                    unit.pages().blocks().forEach(r -> writers.add(r::write));
            case ControlRecord.INSPECT_PAGE_AREAS ->
                    unit.pages().areas().forEach(r -> writers.add(r::write));
            case ControlRecord.INSPECT_PAGE_EVENTS ->
                    unit.pages().events().forEach(r -> writers.add(r::write));
            default -> registers(unit).forEach(r -> writers.add(r::write));
        }
    }

    private static Answer page(List<Writer> writers, int recordBytes, long start) {
        int room = (ControlRecord.MAX_REPLY_BYTES - ControlRecord.REPLY_HEADER_BYTES) / recordBytes;
        int first = (int) Math.min(start, writers.size());
        int count = Math.min(room, writers.size() - first);
        byte[] payload = new byte[count * recordBytes];
        MemorySegment segment = MemorySegment.ofArray(payload);
        for (int i = 0; i < count; i++) {
            writers.get(first + i).write(segment, (long) i * recordBytes);
        }
        return Answer.data(writers.size(), payload);
    }

    private UnitRecord unit(UnitDriver unit) {
        Chip chip = unit.chip();
        int flags =
                (chip.frozen() ? ControlRecord.UNIT_FROZEN : 0)
                        | (unit.held() ? ControlRecord.UNIT_SENDS_HELD : 0);
        return new UnitRecord(
                unit.number(),
                unit.model().contexts(),
                unit.model().userContexts(),
                unit.model().userContexts() - unit.contextsInUse(),
                unit.identity().lid(),
                0,
                unit.model().ibPorts(),
                chip.linkIsUp() ? ControlRecord.LINK_ACTIVE_STATE : ControlRecord.LINK_DOWN_STATE,
                flags,
                unit.status(),
                unit.errorsSeen() | chip.errorStatus(),
                unit.model().hwVersion(),
                CurrentProcess.pid(),
                sinceEpochMs,
                unit.model().pioCount(),
                unit.availThreshold(),
                unit.model().name(),
                unit.model().runtimeFlags());
    }

    private static List<ContextRecord> contexts(UnitDriver unit) {
        List<ContextRecord> records = new ArrayList<>();
        for (OpenContext context : unit.openContexts()) {
            records.add(context(unit, context));
        }
        return records;
    }

    private static ContextRecord context(UnitDriver unit, OpenContext context) {
        WholeContext whole = context.whole;
        int state =
                !context.initialised()
                        ? ControlRecord.CONTEXT_ASSIGNED
                        : whole.receiving
                                ? ControlRecord.CONTEXT_ENABLED
                                : ControlRecord.CONTEXT_STOPPED;
        long mapped = 0;
        for (Grant grant : context.mappings) {
            mapped += grant.request().length();
        }
        MemorySegment registers =
                whole.initialised() ? whole.regions().memory(RegionKind.UREGS) : null;
        return new ContextRecord(
                unit.number(),
                context.number,
                state,
                context.owner.peer().uid(),
                context.owner.peer().gid(),
                context.owner.peer().pid(),
                whole.sharing.count(),
                context.subcontext,
                context.firstBuffer,
                context.bufferCount,
                context.owner.features()
                        | (context.ordinaryReachable ? ContextRecord.ORDINARY_MEMORY : 0),
                mapped,
                whole.since(ChipCounter.CTXT_TX_PKT),
                whole.since(ChipCounter.CTXT_RX_PKT),
                registers == null ? 0 : (int) UserRegisters.RCVHDRHEAD.get(registers),
                registers == null ? 0 : (int) UserRegisters.RCVHDRTAIL.get(registers),
                registers == null ? 0 : (int) UserRegisters.RCVEGRINDEXHEAD.get(registers),
                registers == null ? 0 : (int) UserRegisters.RCVEGRINDEXTAIL.get(registers),
                context.sinceEpochMs,
                whole.keys.packed(),
                whole.since(ChipCounter.HDRQ_FULL) + whole.since(ChipCounter.EGR_OVFL),
                context.events());
    }

    private static List<VmaRecord> mappings(UnitDriver unit) {
        List<VmaRecord> records = new ArrayList<>();
        for (OpenContext context : unit.openContexts()) {
            for (Grant grant : context.mappings) {
                Region region = context.region(grant.kind());
                records.add(
                        new VmaRecord(
                                unit.number(),
                                grant.kind().perUnit() ? NO_CONTEXT : context.number,
                                grant.kind().number(),
                                context.owner.peer().pid(),
                                context.owner.peer().uid(),
                                grant.request().protection(),
                                grant.request().token(),
                                grant.request().length(),
                                grant.request().flags(),
                                region.seals(),
                                grant.sinceEpochMs(),
                                region.memory().byteSize(),
                                grant.count()));
            }
        }
        return records;
    }

    private static List<RegisterRecord> registers(UnitDriver unit) {
        List<RegisterRecord> records = new ArrayList<>();
        for (RegisterValue register : unit.chip().registers()) {
            records.add(
                    new RegisterRecord(
                            register.name(), register.value(), unit.number(), register.context()));
        }
        records.add(new RegisterRecord("driver.status", unit.status(), unit.number(), NO_CONTEXT));
        records.add(
                new RegisterRecord(
                        "driver.errorsSeen", unit.errorsSeen(), unit.number(), NO_CONTEXT));
        return records;
    }
}
