package io.softpath.daemon.control;

import io.softpath.abi.control.ControlRecord;
import io.softpath.abi.control.UnitStatus;
import io.softpath.abi.control.UserEvent;
import io.softpath.abi.model.ChipModel;
import io.softpath.abi.model.PioDivision;
import io.softpath.abi.region.DriverMapping;
import io.softpath.abi.region.RegionKind;
import io.softpath.abi.register.DriverCounter;
import io.softpath.abi.register.ErrorStatus;
import io.softpath.abi.register.UserRegisters;
import io.softpath.daemon.chip.Chip;
import io.softpath.daemon.chip.ChipEvents;
import io.softpath.daemon.chip.ChipIdentity;
import io.softpath.daemon.chip.Wire;
import io.softpath.daemon.region.UnitPage;
import io.softpath.daemon.region.UserMemory;
import io.softpath.error.Errno;
import io.softpath.fault.FaultPoint;
import io.softpath.linux.ProcessPages;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The kernel driver's half of one unit: its contexts and who has them, partition keys, events, link
 * and freeze state.
 *
 * <p>Hears of the chip in the middle of a duty cycle, notes it, and acts on it in {@link #deliver},
 * which the duty cycle calls right afterwards. Source: qib_file_ops.c, qib_tx.c, qib_intr.c.
 */
public final class UnitDriver implements ChipEvents, AutoCloseable {
    /** The one IB port of a unit that has a cable. */
    static final int IB_PORT = 1;

    private static final Logger LOG = LoggerFactory.getLogger(UnitDriver.class);
    private static final long SEND_ERRORS =
            ErrorStatus.DISARMING
                    | ErrorStatus.SEND_SPECIAL_TRIGGER
                    | ErrorStatus.SEND_PIO_ARMLAUNCH;
    private static final long NS_PER_MS = 1_000_000L;

    private final ChipIdentity identity;
    private final ChipModel model;
    private final PioDivision division;
    private final DriverOptions options;
    private final UnitPage page;
    private final Chip chip;
    private final PartitionKeyTable partitionKeys;
    private final UnitContexts contexts;
    private final long[] counters = new long[DriverCounter.values().length];
    private final BitSet interrupted = new BitSet();
    private final List<LinkWait> linkWaits = new ArrayList<>();
    private final LongSupplier nanoClock;
    private final LogLimit logLimit;
    private final UnitTids tids;
    private final PageLedger pages;
    private final Breakage breakage;
    private Consumer<UserMemory> unmapper = UserMemory::unmap;

    /** The link has a LID and an MTU; it may still not be ACTIVE. */
    private boolean configured;

    /** Whether the link that goes down now keeps its LID. */
    private boolean keepConfigured;

    private long status;
    private boolean held;

    /** What was asked for; shared contexts may want less. */
    private int availThreshold;

    private String freezeText = "";
    private OpenContext armlaunchSilencedBy;
    private long errorsSeen;
    private long newErrors;
    private boolean undelivered;

    /** A request that waits for the link to come back. */
    private record LinkWait(OpenContext context, long deadlineNs) {}

    /**
     * Makes the unit, its page and its chip; the link is down.
     *
     * @param wire where the chip sends
     * @param nanoClock monotonic, for deadlines
     * @param epochMs wall clock, for people
     */
    public UnitDriver(
            ChipModel model,
            ChipIdentity identity,
            Wire wire,
            LongSupplier random,
            DriverOptions options,
            LongSupplier nanoClock,
            LongSupplier epochMs) {
        this(model, identity, wire, random, options, ProcessPages::touched, nanoClock, epochMs);
    }

    /** As the public one, with other page tables than those of real processes. */
    UnitDriver(
            ChipModel model,
            ChipIdentity identity,
            Wire wire,
            LongSupplier random,
            DriverOptions options,
            PageTables tables,
            LongSupplier nanoClock,
            LongSupplier epochMs) {
        this.identity = identity;
        this.model = model;
        this.options = options;
        this.nanoClock = nanoClock;
        logLimit = new LogLimit(LOG, nanoClock);
        breakage = new Breakage(this, nanoClock);
        tids =
                new UnitTids(
                        this,
                        quirk(Quirk.TIDS_OUTLIVE_PINS) ? options.tidWindowMs() * NS_PER_MS : 0,
                        nanoClock);
        division = PioDivision.of(model);
        page = new UnitPage(identity.unit(), model);
        chip = new Chip(model, identity, page.memory(), wire, random, this);
        availThreshold =
                options.availThreshold() > 0 ? options.availThreshold() : model.updateThreshold();
        chip.setAvailThreshold(availThreshold);
        partitionKeys = new PartitionKeyTable(chip::setPartitionKey);
        pages =
                new PageLedger(
                        this,
                        new PagePolicy(driverEra(), options.kernel()),
                        tables,
                        nanoClock,
                        epochMs);
        contexts = new UnitContexts(this, tids, pages, partitionKeys, epochMs);
        publishStatus();
    }

    /**
     * Who unmaps large memory of users that nobody needs any more; unless set, it is done at once.
     */
    public void unmapper(Consumer<UserMemory> newUnmapper) {
        unmapper = newUnmapper;
    }

    void unmap(UserMemory memory) {
        if (memory.isLarge()) {
            unmapper.accept(memory);
        } else {
            memory.unmap();
        }
    }

    public int number() {
        return identity.unit();
    }

    public ChipIdentity identity() {
        return identity;
    }

    public ChipModel model() {
        return model;
    }

    public Chip chip() {
        return chip;
    }

    public UnitPage page() {
        return page;
    }

    PioDivision division() {
        return division;
    }

    boolean quirk(Quirk quirk) {
        return options.quirks().contains(quirk);
    }

    /** What the driver counts, in the order of {@link DriverCounter}. */
    public long[] counters() {
        return counters;
    }

    public void count(DriverCounter counter) {
        counters[counter.index()]++;
    }

    void count(DriverCounter counter, long by) {
        counters[counter.index()] += by;
    }

    /** Whether one more line may be logged now that a client caused. */
    boolean mayLog() {
        return logLimit.permits();
    }

    /** Whose mmap rules, and with them whose way to allocate and map, are followed. */
    private DriverMapping.Driver driverEra() {
        if (quirk(Quirk.MMAP_ERA_MAIL)) {
            return DriverMapping.Driver.POSTED;
        }
        return quirk(Quirk.MMAP_ERA_REMAP)
                ? DriverMapping.Driver.MERGED
                : DriverMapping.Driver.LATE;
    }

    /** What a kernel of 2006 would keep of the unit's pages. */
    PageLedger pages() {
        return pages;
    }

    UnitTids tids() {
        return tids;
    }

    /** Every error bit raised since the start. */
    long errorsSeen() {
        return errorsSeen;
    }

    boolean held() {
        return held;
    }

    // Contexts.

    /** The link is ACTIVE and the chip works. Source: qib_file_ops.c, usable. */
    boolean usable() {
        return chip.linkIsUp() && !chip.frozen();
    }

    int contextsInUse() {
        return contexts.inUse();
    }

    boolean hasFreeContext() {
        return contexts.hasFree();
    }

    /** What open files have of contexts, by context and sub-context. */
    List<OpenContext> openContexts() {
        return contexts.parts();
    }

    /** Who has the contexts, for the refusal that says there is none left. */
    String holders() {
        return contexts.holders();
    }

    /** The context that processes of this user share under this name; null if there is none. */
    WholeContext sharedContext(int uid, int id) {
        return contexts.shared(uid, id);
    }

    /** Gives the lowest free context to a file that has none. */
    Answer assign(OpenFile file, Sharing sharing) {
        if (chip.frozen()) {
            return Answer.refuse(
                    Errno.EIO, "assign context: unit=" + number() + " is frozen: " + freezeText);
        }
        if (!chip.linkIsUp()) {
            return Answer.refuse(
                    Errno.ENETDOWN,
                    "assign context: unit="
                            + number()
                            + " link is down; bring it up with softpath admin link-up");
        }
        return contexts.assign(file, sharing);
    }

    /** Gives a file its part of a shared context of this unit. */
    Answer join(WholeContext context, OpenFile file, Sharing sharing) {
        return contexts.join(context, file, sharing);
    }

    /**
     * USER_INIT.
     *
     * @param done makes the answer when all went well, which may be later
     */
    Answer initialise(OpenContext context, OpenContext.BaseInfoAnswer done) {
        if (chip.frozen()) {
            return Answer.refuse(
                    Errno.EIO, "user init: unit=" + number() + " is frozen: " + freezeText);
        }
        return contexts.initialise(context, done);
    }

    /** RECV_CTRL. */
    void receive(WholeContext context, boolean on) {
        if (on) {
            chip.enableReceive(context.number);
        } else {
            chip.disableReceive(context.number);
        }
        context.receiving = on;
    }

    Answer addPartitionKey(OpenContext context, int pkey) {
        return partitionKeys.add(context.whole.keys, pkey);
    }

    /**
     * ARMLAUNCH_CTRL: for the whole chip, until told otherwise or until who asked for silence is
     * gone.
     */
    void reportArmlaunch(OpenContext context, boolean on) {
        armlaunchSilencedBy = on ? null : context;
        chip.setArmlaunchReporting(on);
    }

    /** PIOAVAILUPD. */
    void updateAvail() {
        count(DriverCounter.NO_PIO_BUFS);
        chip.forceAvailUpdate();
    }

    /**
     * ACK_EVENT. The event is cleared when the buffers are disarmed, so that a sender can wait for
     * that. With the link down a client that acknowledges a disarm waits up to 30 s for it and is
     * then told ENETDOWN, whether the link has come back or not; its event stays set. Buffers of a
     * shared context are disarmed for all who share it, at once. Source: qib_file_ops.c,
     * disarm_req_delay; qib_tx.c, qib_disarm_piobufs_ifneeded.
     */
    Answer acknowledge(OpenContext context, long mask) {
        WholeContext whole = context.whole;
        whole.acknowledge(context.subcontext, mask & ~UserEvent.DISARM_BUFS);
        if ((mask & UserEvent.DISARM_BUFS) == 0) {
            return Answer.OK;
        }
        disarmMarked(whole);
        if (usable() || !whole.initialised()) {
            if (whole.needsDisarm.isEmpty()) {
                whole.acknowledgeDisarm();
            }
            return Answer.OK;
        }
        whole.raise(UserEvent.DISARM_BUFS);
        for (LinkWait wait : linkWaits) {
            if (wait.context() == context) {
                return linkWasDown();
            }
        }
        linkWaits.add(
                new LinkWait(context, nanoClock.getAsLong() + options.linkWaitMs() * NS_PER_MS));
        return Answer.LATER;
    }

    private Answer linkWasDown() {
        return Answer.refuse(
                Errno.ENETDOWN,
                "acknowledge event: unit="
                        + number()
                        + " the link was down; buffers are disarmed, look at the event word"
                        + " again");
    }

    /** Buffers that the chip finds bad meanwhile are marked for the next time. */
    private void disarmMarked(WholeContext context) {
        if (context.needsDisarm.isEmpty()) {
            return;
        }
        BitSet marked = (BitSet) context.needsDisarm.clone();
        context.needsDisarm.clear();
        for (int n = marked.nextSetBit(0); n >= 0; n = marked.nextSetBit(n + 1)) {
            chip.disarm(n);
        }
        chip.forceAvailUpdate();
    }

    /** POLL: what is ready, or 0 with the interrupt armed. Source: qib_file_ops.c, qib_poll. */
    int poll(OpenContext context) {
        WholeContext whole = context.whole;
        if (!context.initialised() || chip.frozen() || whole.pollType > WholeContext.POLL_URGENT) {
            return ControlRecord.POLL_ERROR;
        }
        boolean urgentOnly = whole.pollType == WholeContext.POLL_URGENT;
        long urgent = chip.urgentCount(whole.number);
        boolean ready = urgentOnly ? urgent != whole.urgentSeen : chip.receivePending(whole.number);
        whole.urgentSeen = urgent;
        if (ready) {
            chip.disarmInterrupt(whole.number);
            context.pollArmed = false;
            whole.wake(ControlRecord.POLL_READY); // others who share it, and wait for the same
            return ControlRecord.POLL_READY;
        }
        if (quirk(Quirk.POLL_REWINDS_HEAD)) {
            UserRegisters.RCVHDRHEAD.put(whole.regions().memory(RegionKind.UREGS), 0);
        }
        context.pollArmed = true;
        context.pollUrgent = urgentOnly;
        chip.armInterrupt(whole.number, whole.pollUrgent());
        return 0;
    }

    /** The file is closed or its process is dead: everything it had is given back. */
    void close(OpenContext context) {
        context.owner.context(null);
        linkWaits.removeIf(wait -> wait.context() == context);
        if (armlaunchSilencedBy == context) {
            reportArmlaunch(context, true);
        }
        contexts.close(context);
        if (context.whole.isAbandoned()) {
            interrupted.clear(context.number); // not the next owner's
        }
    }

    // What the chip says, in the middle of its duty cycle.

    @Override
    public void interrupt(int context) {
        undelivered = true;
        interrupted.set(context);
    }

    @Override
    public void error(long newErrorBits) {
        newErrors |= newErrorBits;
        undelivered = true;
    }

    @Override
    public void sendBufferError(int pioBuffer) {
        int owner = division.owner(pioBuffer);
        WholeContext context = owner < 0 ? null : contexts.get(owner);
        if (context != null && context.initialised()) {
            context.markForDisarm(pioBuffer);
            count(DriverCounter.EVENTS);
        }
    }

    @Override
    public void linkChanged(boolean up) {
        configured = up || configured && keepConfigured;
        publishStatus();
        LOG.info("unit={}: link {}", number(), up ? "up" : "down");
        if (up) {
            return;
        }
        boolean told = false;
        for (WholeContext context : contexts.all()) {
            if (!context.initialised()) {
                continue;
            }
            context.needsDisarm.set(
                    division.first(context.number),
                    division.first(context.number) + division.count(context.number));
            boolean linkEvent = !told || !quirk(Quirk.EVENTS_FIRST_CONTEXT_ONLY);
            context.raise(UserEvent.DISARM_BUFS | (linkEvent ? UserEvent.LINKDOWN : 0));
            count(DriverCounter.EVENTS);
            told = true;
        }
    }

    @Override
    public void broken(FaultPoint point, long ns) {
        breakage.strikes(point, ns);
        undelivered = true;
    }

    /** Is there something for {@link #deliver}? Cheap enough for every duty cycle. */
    public boolean undelivered() {
        return undelivered;
    }

    /** Tells users what the chip said: sends interrupts, counts and clears errors. */
    public void deliver() {
        undelivered = false;
        breakage.happen();
        for (int i = interrupted.nextSetBit(0); i >= 0; i = interrupted.nextSetBit(i + 1)) {
            interrupted.clear(i);
            WholeContext context = contexts.get(i);
            if (context != null && context.pollArmed()) {
                context.urgentSeen = chip.urgentCount(i);
                count(DriverCounter.KERN_INTR);
                count(DriverCounter.WAKEUPS);
                context.wake(ControlRecord.POLL_READY);
            }
        }
        if (newErrors != 0) {
            long bits = newErrors;
            newErrors = 0;
            errorsSeen |= bits;
            chip.clearErrorStatus(bits);
            countErrors(bits);
        }
    }

    private void countErrors(long bits) {
        count(DriverCounter.ERROR_INTR);
        if ((bits & ErrorStatus.RCV_EGR_FULL) != 0) {
            count(DriverCounter.EGR_BUF_FULL);
        }
        if ((bits & ErrorStatus.RCV_HDR_FULL) != 0) {
            count(DriverCounter.EGR_HDR_FULL);
        }
        if ((bits & ErrorStatus.HARDWARE) != 0) {
            count(DriverCounter.HW_ERRS);
        }
        if ((bits & SEND_ERRORS) != 0) {
            count(DriverCounter.TX_ERRS);
        }
        if (LOG.isDebugEnabled()) {
            LOG.debug("unit={}: error status {}", number(), ErrorStatus.names(bits));
        }
    }

    // Deadlines.

    /** Answers those who waited for the link long enough, or whose link is back. */
    public void checkDeadlines(long nowNs) {
        tids.checkDeadlines(nowNs);
        breakage.checkDeadlines(nowNs);
        contexts.closeLate();
        for (int i = linkWaits.size() - 1; i >= 0; i--) {
            LinkWait wait = linkWaits.get(i);
            if (usable() || nowNs - wait.deadlineNs() >= 0) {
                linkWaits.remove(i);
                wait.context().owner.outbox().finish(linkWasDown());
            }
        }
    }

    /** The next deadline, or {@link Long#MAX_VALUE} from now on if there is none. */
    public long nextDeadlineNs() {
        long next = Math.min(tids.nextDeadlineNs(), breakage.nextDeadlineNs());
        for (LinkWait wait : linkWaits) {
            next = Math.min(next, wait.deadlineNs());
        }
        return next;
    }

    /** Some open context will not ring a doorbell, so the daemon may only nap. */
    public boolean mustNap() {
        for (OpenContext context : contexts.parts()) {
            if (context.initialised() && !context.owner.has(ControlRecord.FEATURE_DOORBELL)) {
                return true;
            }
        }
        return chip.hasWork();
    }

    // Administration.

    public void linkUp() {
        chip.linkUp();
    }

    /**
     * Takes the link down.
     *
     * @param keepConfiguration the LID stays: users see "no progress" instead of "no network"
     */
    public void linkDown(boolean keepConfiguration) {
        keepConfigured = keepConfiguration;
        if (chip.linkIsUp()) {
            chip.linkDown();
        } else {
            configured = keepConfiguration && configured;
            publishStatus();
        }
    }

    /** Freezes the chip, as a hardware error does; the text goes behind the status words. */
    public void freeze(String text) {
        freezeText = text;
        page.freezeText(text);
        chip.freeze();
        publishStatus();
        LOG.warn("unit={}: frozen: {}", number(), text);
        for (WholeContext context : contexts.all()) {
            if (context.pollArmed()) {
                chip.disarmInterrupt(context.number);
                context.wake(ControlRecord.POLL_ERROR);
            }
        }
    }

    public void thaw() {
        freezeText = "";
        chip.thaw();
        publishStatus();
        page.freezeText("");
        LOG.info("unit={}: thawed", number());
    }

    /** How many buffers become free before the avail page is refreshed. */
    int availThreshold() {
        return chip.availThreshold();
    }

    /** Sets it, as far as the contexts that are shared allow. */
    void availThreshold(int frees) {
        availThreshold = frees;
        adjustAvailThreshold();
    }

    /**
     * One less than each has who shares a context, if that is less than usual: a sender that has
     * used up its share must see some of it again. Source: qib_iba7322.c, qib_7322_txchk_change.
     */
    void adjustAvailThreshold() {
        int threshold = availThreshold;
        for (WholeContext context : contexts.all()) {
            if (context.sharing.isShared() && context.initialised()) {
                int share = division.count(context.number) / context.sharing.count();
                threshold = Math.max(1, Math.min(threshold, share - 1));
            }
        }
        chip.setAvailThreshold(threshold);
    }

    public void holdSends(boolean hold) {
        held = hold;
        chip.holdSends(hold);
    }

    private void publishStatus() {
        long bits = UnitStatus.INITTED | UnitStatus.CHIP_PRESENT;
        if (chip.linkIsUp()) {
            bits |= UnitStatus.IB_CONF | UnitStatus.IB_READY;
        } else if (configured) {
            bits |= UnitStatus.IB_CONF;
        }
        if (chip.frozen()) {
            bits |= UnitStatus.HWERROR;
        }
        status = bits;
        page.status(bits);
    }

    /** The status word as users see it. */
    long status() {
        return status;
    }

    /** Closes what is still open, then the unit's page. */
    @Override
    public void close() {
        contexts.closeAll();
        page.close();
    }
}
