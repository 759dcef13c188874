package io.softpath.daemon.control;

import io.softpath.abi.control.ControlRecord;
import io.softpath.abi.model.ChipModel;
import io.softpath.abi.model.SubcontextShare;
import io.softpath.abi.region.RegionKind;
import io.softpath.abi.register.ChipCounter;
import io.softpath.abi.register.DriverCounter;
import io.softpath.daemon.chip.Chip;
import io.softpath.daemon.chip.ContextMemory;
import io.softpath.daemon.chip.SendMemory;
import io.softpath.daemon.chip.TriggerMode;
import io.softpath.daemon.region.ContextRegions;
import io.softpath.daemon.region.Region;
import io.softpath.daemon.region.SendRegion;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.fault.FaultPoint;
import io.softpath.fault.Faults;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * The contexts of one unit: who has which, alone or with others, what USER_INIT makes for them, and
 * how all of it is given back. Source: qib_file_ops.c, qib_assign_ctxt, qib_do_user_init and
 * qib_close.
 */
final class UnitContexts {
    private static final Logger LOG = LoggerFactory.getLogger(UnitContexts.class);

    private final UnitDriver unit;
    private final ChipModel model;
    private final Chip chip;
    private final UnitTids tids;
    private final PageLedger pages;
    private final PartitionKeyTable partitionKeys;
    private final LongSupplier epochMs;
    private final WholeContext[] contexts;

    /** Closed files of which the chip still has TIDs. */
    private int leaving;

    UnitContexts(
            UnitDriver unit,
            UnitTids tids,
            PageLedger pages,
            PartitionKeyTable partitionKeys,
            LongSupplier epochMs) {
        this.unit = unit;
        this.tids = tids;
        this.pages = pages;
        this.partitionKeys = partitionKeys;
        this.epochMs = epochMs;
        model = unit.model();
        chip = unit.chip();
        contexts = new WholeContext[model.contexts()];
    }

    // Who has what.

    /** The context of that number, or null if it is free. */
    WholeContext get(int number) {
        return contexts[number];
    }

    /** Those that somebody has, by number. */
    List<WholeContext> all() {
        List<WholeContext> all = new ArrayList<>();
        for (WholeContext context : contexts) {
            if (context != null) {
                all.add(context);
            }
        }
        return all;
    }

    /** What open files have of contexts, by context and sub-context. */
    List<OpenContext> parts() {
        List<OpenContext> parts = new ArrayList<>();
        for (WholeContext context : contexts) {
            if (context != null) {
                parts.addAll(context.parts());
            }
        }
        return parts;
    }

    int inUse() {
        return all().size();
    }

    boolean hasFree() {
        return inUse() < model.userContexts();
    }

    /** Who has the contexts, for the refusal that says there is none left. */
    String holders() {
        StringBuilder text = new StringBuilder();
        for (OpenContext part : parts()) {
            text.append(text.isEmpty() ? "" : "; ")
                    .append("context=")
                    .append(part.number)
                    .append(' ')
                    .append(part.owner)
                    .append(" since=")
                    .append(Instant.ofEpochMilli(part.sinceEpochMs));
        }
        return text.toString();
    }

    /** The context that processes of this user share under this name; null if there is none. */
    WholeContext shared(int uid, int id) {
        for (WholeContext context : contexts) {
            if (context != null
                    && context.sharing.isShared()
                    && !context.isAbandoned()
                    && context.sharing.id() == id
                    && context.uid == uid) {
                return context;
            }
        }
        return null;
    }

    /** Gives the lowest free context to a file that has none. */
    Answer assign(OpenFile file, Sharing sharing) {
        for (int i = model.firstUserContext(); i < model.contexts(); i++) {
            if (contexts[i] == null) {
                if (sharing.count() > SubcontextShare.MAX_SUBCONTEXTS) {
                    return Answer.refuse(
                            Errno.EINVAL,
                            "assign context: subcontexts="
                                    + sharing.count()
                                    + ", at most maximum="
                                    + SubcontextShare.MAX_SUBCONTEXTS
                                    + " processes can share a context");
                }
                contexts[i] = new WholeContext(unit, i, file.peer().uid(), sharing);
                unit.count(DriverCounter.CTXTS_OPEN);
                give(contexts[i], 0, file);
                return Answer.OK;
            }
        }
        return Answer.refuse(
                Errno.EBUSY,
                "assign context: unit="
                        + unit.number()
                        + " all contexts="
                        + model.userContexts()
                        + " are taken: "
                        + holders()
                        + "; close one, or start the daemon with more --units");
    }

    /** Gives a file its part of a context that others of its job have already. */
    Answer join(WholeContext context, OpenFile file, Sharing sharing) {
        String what =
                "assign context: "
                        + context
                        + " is shared under id="
                        + sharing.id()
                        + " by "
                        + context.present().getFirst().owner;
        if (context.sharing.count() != sharing.count()) {
            return Answer.refuse(
                    Errno.EINVAL,
                    what
                            + " with subcontexts="
                            + context.sharing.count()
                            + ", not with subcontexts="
                            + sharing.count()
                            + "; all of a job must ask alike");
        }
        if (context.sharing.userVersion() != sharing.userVersion()) {
            return Answer.refuse(
                    Errno.EINVAL,
                    what + " with another user version; all of a job must use one library");
        }
        int subcontext = context.freeSubcontext();
        if (subcontext < 0 && context.present().size() < sharing.count()) {
            return Answer.refuse(
                    Errno.EBUSY,
                    what
                            + " and the chip still has TIDs of one that is gone; ask again when its"
                            + " window is over");
        }
        if (subcontext < 0) {
            return Answer.refuse(
                    Errno.EINVAL,
                    what
                            + " and all subcontexts="
                            + sharing.count()
                            + " are taken: "
                            + context.present().stream().map(part -> part.owner).toList()
                            + "; ask for more, or use another id");
        }
        give(context, subcontext, file);
        return Answer.OK;
    }

    private void give(WholeContext context, int subcontext, OpenFile file) {
        OpenContext part =
                new OpenContext(context, subcontext, file, epochMs.getAsLong(), trigger(file));
        context.add(part);
        file.context(part);
        Faults.at(FaultPoint.DAEMON_ASSIGNED);
        if (unit.mayLog()) {
            LOG.info("{}: assigned", part);
        }
    }

    private TriggerMode trigger(OpenFile file) {
        if (file.has(ControlRecord.FEATURE_INLINE_TRIGGER)) {
            return TriggerMode.INLINE;
        }
        return model.specialTrigger() ? TriggerMode.SPECIAL : TriggerMode.LAST_DWORD;
    }

    // USER_INIT.

    /**
     * Makes the memory of a context and starts reception, or makes what a slave needs besides;
     * undone completely if something is missing. A slave waits until its master has finished.
     */
    Answer initialise(OpenContext part, OpenContext.BaseInfoAnswer done) {
        WholeContext whole = part.whole;
        if (!whole.initialised() && part.isSlave()) {
            if (!whole.hasMaster()) {
                return masterGone(part);
            }
            part.waits = done;
            return Answer.LATER;
        }
        boolean first = !whole.initialised();
        Answer refusal = open(part);
        if (refusal != null) {
            return refusal;
        }
        if (first) {
            for (OpenContext each : whole.parts()) {
                if (each.waits != null) {
                    goOn(each);
                }
            }
        }
        return done.make();
    }

    /** The master has finished. */
    private void goOn(OpenContext slave) {
        OpenContext.BaseInfoAnswer done = slave.waits;
        slave.waits = null;
        Answer refusal = open(slave);
        slave.owner.outbox().finish(refusal == null ? done.make() : refusal);
    }

    private static Answer masterGone(OpenContext part) {
        return Answer.refuse(
                Errno.ESRCH,
                "user init: "
                        + part
                        + " waits for the master, sub-context 0, which is gone and had not set up"
                        + " the context; close this file and start the job again");
    }

    /** Makes what is missing; null if that went well, else why not. */
    private Answer open(OpenContext part) {
        WholeContext whole = part.whole;
        ContextRegions regions = null;
        SendRegion sends = null;
        boolean known = false;
        boolean opened = false;
        try {
            if (!whole.initialised()) {
                regions =
                        ContextRegions.create(
                                unit.number(),
                                model,
                                part.number,
                                whole.sharing.count(),
                                unit.page(),
                                unit.quirk(Quirk.EVENT_PAGE_WRITABLE));
            }
            sends =
                    SendRegion.create(
                            model, unit.number(), part.number, part.firstBuffer, part.bufferCount);
            Faults.at(FaultPoint.DAEMON_REGIONS_MADE);
            if (regions != null) {
                chip.openContext(part.number, chipMemory(regions));
                known = true;
            }
            chip.openSends(part.number, sendMemory(part, sends.region()));
            opened = true;
        } catch (SoftpathException e) {
            if (unit.mayLog()) {
                LOG.warn("{}: user init refused: {}", part, e.getMessage());
            }
            return Answer.refuse(e.errno(), "user init: " + e.getMessage());
        } finally {
            if (!opened) {
                if (known) {
                    chip.closeContext(part.number);
                }
                if (sends != null) {
                    sends.close();
                }
                if (regions != null) {
                    regions.close();
                }
            }
        }
        part.sends(sends);
        if (regions != null) {
            whole.regions(regions);
            whole.urgentSeen = 0;
            pages.initialised(whole);
        }
        pages.joined(part);
        tids.initialised(part);
        if (!part.isSlave()) { // a new master finds reception as the first one does
            if (!whole.receiving) {
                unit.receive(whole, true);
            }
            unit.adjustAvailThreshold();
        }
        chip.forceAvailUpdate();
        return null;
    }

    private static ContextMemory chipMemory(ContextRegions regions) {
        return new ContextMemory(
                regions.memory(RegionKind.UREGS),
                regions.memory(RegionKind.RCVHDRQ),
                regions.memory(RegionKind.RCVEGRBUFS),
                regions.memory(RegionKind.RCVHDRTAIL));
    }

    private static SendMemory sendMemory(OpenContext part, Region region) {
        return new SendMemory(
                region.memory(),
                part.firstBuffer,
                part.bufferCount,
                part.trigger,
                part.owner.has(ControlRecord.FEATURE_GATHER) ? part.memories : null);
    }

    // Close.

    /**
     * The file is closed or its process is dead: everything it had is given back, in the driver's
     * order; with the last who has it the context goes. Launched packets leave, half-written ones
     * vanish, nobody else notices.
     *
     * <p>The driver keeps a slave's TIDs until the context goes. Here they go with their process,
     * like all else that it had.
     */
    void close(OpenContext part) {
        Faults.at(FaultPoint.DAEMON_CLOSE_BEGUN);
        part.closing = true;
        part.pollArmed = false;
        part.waits = null;
        WholeContext whole = part.whole;
        if (whole.initialised() && whole.pollArmed()) {
            chip.armInterrupt(part.number, whole.pollUrgent()); // for those who still wait
        } else if (whole.initialised()) {
            chip.disarmInterrupt(part.number);
        }
        if (whole.isAbandoned()) {
            partitionKeys.dropAll(whole.keys);
        }
        pages.ended(part);
        if (part.ordinary != null) {
            part.ordinary.close();
        }
        tids.leaveAll(part);
        if (tids.hasLate(part)) {
            leaving++;
            part.memories.close();
        } else {
            closeNow(part);
        }
        if (!part.isSlave() && !whole.initialised()) {
            for (OpenContext each : whole.parts()) {
                if (each.waits != null) {
                    each.waits = null;
                    each.owner.outbox().finish(masterGone(each));
                }
            }
        }
    }

    /** Closes those of whom the chip has no late TIDs any more. Cheap if there are none. */
    void closeLate() {
        if (leaving == 0) {
            return;
        }
        for (WholeContext context : contexts) {
            if (context != null) {
                for (OpenContext part : context.parts()) {
                    if (part.closing && !tids.hasLate(part)) {
                        leaving--;
                        closeNow(part);
                    }
                }
            }
        }
    }

    /** Closes all, whatever the chip has. */
    void closeAll() {
        for (OpenContext part : parts()) {
            if (!part.closing) {
                unit.close(part);
            }
        }
        leaving = 0;
        for (OpenContext part : parts()) {
            closeNow(part);
        }
    }

    private void closeNow(OpenContext part) {
        WholeContext whole = part.whole;
        whole.remove(part);
        boolean last = whole.isEmpty();
        if (last) {
            contexts[part.number] = null;
            unit.count(DriverCounter.CTXTS_OPEN, -1);
            unit.count(DriverCounter.CTXTS_CLOSED);
        }
        try {
            if (whole.initialised()) {
                long disarmed = chip.counter(ChipCounter.TX_DISARMED);
                if (last) {
                    chip.closeContext(part.number);
                } else if (part.initialised()) {
                    chip.closeSends(part.firstBuffer);
                    whole.forgetEvents(part);
                }
                unit.count(
                        DriverCounter.SENDS_DISARMED,
                        chip.counter(ChipCounter.TX_DISARMED) - disarmed);
                unit.adjustAvailThreshold();
                chip.forceAvailUpdate();
            }
            Faults.at(FaultPoint.DAEMON_CLOSE_CHIP);
        } finally {
            pages.left(part);
            if (last) {
                pages.closed(whole);
            }
            tids.closed(part);
            part.memories.close();
            part.closeSends();
            if (last && whole.initialised()) {
                whole.regions().close();
            }
        }
        if (unit.mayLog()) {
            LOG.info("{}: closed", part);
        }
    }
}
