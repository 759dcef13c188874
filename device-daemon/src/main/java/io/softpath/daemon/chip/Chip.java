package io.softpath.daemon.chip;

import io.softpath.abi.model.ChipModel;
import io.softpath.abi.model.PioDivision;
import io.softpath.abi.register.ChipCounter;
import io.softpath.abi.register.ErrorStatus;
import io.softpath.abi.register.TidFlow;
import io.softpath.fault.FaultPoint;
import io.softpath.fault.Faults;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * One InfiniPath chip: PIO buffers in, wire; header queues, eager buffers and pinned pages out.
 *
 * <p>Deterministic and single-threaded: all methods belong to the thread that runs {@link #poll},
 * and nothing here sleeps, allocates on the packet path or calls the kernel. The driver's half
 * opens and closes contexts and hears of errors through {@link ChipEvents}; users reach the chip
 * through shared memory only.
 *
 * <p>Source: ipath_registers.h and ipath_common.h for registers and queues; qib_iba7220.c and
 * ipath_iba6120.c for what differs between models.
 */
public final class Chip {
    static final int NO_CONTEXT = -1;

    private final ChipModel model;
    private final ChipIdentity identity;
    private final ChipEvents events;
    private final LongSupplier random;
    private final PioDivision division;
    private final PioAvailWriter avail;
    private final PartitionKeys partitionKeys = new PartitionKeys();
    private final Counters counters;
    private final SendEngine sendEngine;
    private final ReceiveEngine receiveEngine;
    private final ContextReceive[] receives;
    private final long[] sendBufferErrors;

    /** Who may send, packed, in the order in which the next duty cycle walks them. */
    private ContextSends[] active = {};

    /** As long as {@link #active}; the two change places when the order does. */
    private ContextSends[] spare = {};

    private long errorStatus;
    private boolean linkUp;
    private boolean frozen;
    private boolean armlaunchReporting = true;

    /** Null if nobody records. */
    ChipTrace trace;

    /**
     * @param model counts, sizes and layout
     * @param identity unit, LID and GUID
     * @param pioAvailPage writable, at least the avail qwords; the chip writes nothing else in it
     * @param wire takes what this chip sends
     * @param random draws the values that free buffers of {@link TriggerMode#LAST_DWORD} contexts
     *     hold
     * @param events hears of interrupts and errors
     */
    public Chip(
            ChipModel model,
            ChipIdentity identity,
            MemorySegment pioAvailPage,
            Wire wire,
            LongSupplier random,
            ChipEvents events) {
        this.model = model;
        this.identity = identity;
        this.random = random;
        this.events = events;
        counters = new Counters(model.contexts());
        division = PioDivision.of(model);
        avail = new PioAvailWriter(model, pioAvailPage, counters);
        receives = new ContextReceive[model.contexts()];
        sendBufferErrors = new long[(model.pioCount() + Long.SIZE - 1) / Long.SIZE];
        sendEngine = new SendEngine(this, model, identity.lid(), avail, counters, wire);
        receiveEngine =
                new ReceiveEngine(this, model, identity.lid(), partitionKeys, counters, receives);
        avail.beforeEachCopy(this::settle);
        avail.copyNow();
    }

    /** Whether a context is out of step even after all that it launched was taken. */
    private boolean settle() {
        boolean outOfStep = false;
        for (ContextSends each : active) {
            outOfStep |= sendEngine.settle(each);
        }
        return outOfStep;
    }

    /** From now on somebody hears of each packet; null for nobody. */
    public void trace(ChipTrace listener) {
        trace = listener;
    }

    public ChipModel model() {
        return model;
    }

    public ChipIdentity identity() {
        return identity;
    }

    /**
     * One duty cycle: a look at the next PIO buffer of each open context, and bursts of the gathers
     * that they are sending.
     *
     * @return packets that left their buffers; a burst counts as one
     */
    public int poll() {
        if (frozen) {
            return 0;
        }
        int left = 0;
        sendEngine.startRound();
        for (ContextSends each : active) {
            left += sendEngine.poll(each);
        }
        endRound();
        return left;
    }

    /** Who got nothing in this round comes first in the next. */
    private void endRound() {
        receiveEngine.publishFlows();
        ContextSends first = sendEngine.outOfBudget();
        if (first != null) {
            int at = 0;
            while (active[at].firstBuffer != first.firstBuffer) {
                at++;
            }
            ContextSends[] turned = spare;
            System.arraycopy(active, at, turned, 0, active.length - at);
            System.arraycopy(active, 0, turned, active.length - at, at);
            spare = active;
            active = turned;
        }
    }

    /**
     * Looks at every buffer of every open context. Whoever is about to sleep calls this after
     * telling users to ring, so that no launch from before is overlooked.
     *
     * @return packets that left their buffers; a burst of a gather counts as one
     */
    public int sweep() {
        if (frozen) {
            return 0;
        }
        int left = 0;
        sendEngine.startRound();
        for (ContextSends each : active) {
            left += sendEngine.lookAtAll(each);
        }
        endRound();
        return left;
    }

    /**
     * Whether a launched packet waits, or a gather is under way, that a further {@link #poll} may
     * be able to send.
     */
    public boolean hasWork() {
        if (frozen || sendEngine.holding()) {
            return false;
        }
        for (ContextSends each : active) {
            if (each.queued != 0) {
                return true;
            }
        }
        return false;
    }

    /**
     * Gives a context its memory; reception stays disabled, and nobody sends.
     *
     * @throws IllegalStateException if the context is open or is not a user context, or the chip is
     *     frozen
     */
    public void openContext(int context, ContextMemory memory) {
        if (context < model.firstUserContext() || context >= model.contexts()) {
            throw new IllegalStateException(
                    "chip: context="
                            + context
                            + " is not a user context, "
                            + model.firstUserContext()
                            + ".."
                            + (model.contexts() - 1)
                            + " are");
        }
        requireThawed(context);
        if (receives[context] != null) {
            throw new IllegalStateException("chip: context=" + context + " is open already");
        }
        receives[context] = new ContextReceive(context, model, memory, counters);
    }

    /**
     * Gives PIO buffers of an open context to somebody who sends from it.
     *
     * <p>Refresh the users' copy of the PIO availability before its user reads it: the check bits
     * of its share may have flipped. A frozen chip does not refresh, so nobody opens anything on
     * one.
     *
     * @throws IllegalStateException if the context is not open, somebody has one of the buffers, or
     *     the chip is frozen
     * @throws IllegalArgumentException if some of the buffers are not the context's
     */
    public void openSends(int context, SendMemory memory) {
        open(context);
        requireThawed(context);
        int first = memory.firstBuffer();
        int end = first + memory.count();
        if (memory.count() < 1
                || first < division.first(context)
                || end > division.first(context) + division.count(context)) {
            throw new IllegalArgumentException(
                    "chip: PIO buffers="
                            + first
                            + ".."
                            + (end - 1)
                            + " are not all of context="
                            + context
                            + ", which has first="
                            + division.first(context)
                            + " count="
                            + division.count(context));
        }
        for (ContextSends each : active) {
            if (first < each.firstBuffer + each.count && each.firstBuffer < end) {
                throw new IllegalStateException(
                        "chip: PIO buffers="
                                + first
                                + ".."
                                + (end - 1)
                                + " of context="
                                + context
                                + " are in use already, close them first");
            }
        }
        if (memory.trigger() != TriggerMode.INLINE) {
            avail.add(new AvailRing(first, memory.count()));
        }
        active = Arrays.copyOf(active, active.length + 1);
        active[active.length - 1] = new ContextSends(context, memory, model, random);
        spare = new ContextSends[active.length];
    }

    private void requireThawed(int context) {
        if (frozen) {
            throw new IllegalStateException(
                    "chip: unit="
                            + identity.unit()
                            + " is frozen, thaw it before context="
                            + context);
        }
    }

    /**
     * Enables reception: head and tail 0, next sequence 1, every eager buffer the user's to return
     * is returned, no TID flow valid.
     */
    public void enableReceive(int context) {
        open(context).enable();
    }

    /**
     * Disables reception: packets for the context are dropped and counted, no TID flow is valid any
     * more.
     */
    public void disableReceive(int context) {
        open(context).disable();
    }

    /**
     * Takes PIO buffers back from who sends from them. Packets launched leave if the wire takes
     * them now, else they are counted as dropped; half-written ones vanish; the buffers are free.
     * Source: ipath_file_ops.c, ipath_close.
     *
     * @param firstBuffer as given to {@link #openSends}
     * @throws IllegalStateException if nobody has buffers that begin there
     */
    public void closeSends(int firstBuffer) {
        ContextSends closing = sends(firstBuffer);
        if (closing == null || closing.firstBuffer != firstBuffer) {
            throw new IllegalStateException(
                    "chip: nobody sends from PIO buffers from number=" + firstBuffer + " on");
        }
        close(closing);
    }

    private void close(ContextSends closing) {
        avail.removeRing(closing.firstBuffer);
        sendEngine.close(closing);
        for (int buffer = 0; buffer < closing.count; buffer++) {
            clearSendBufferError(closing.firstBuffer + buffer);
        }
        ContextSends[] others = new ContextSends[active.length - 1];
        int kept = 0;
        for (ContextSends each : active) {
            if (each.firstBuffer != closing.firstBuffer) {
                others[kept++] = each;
            }
        }
        active = others;
        spare = new ContextSends[active.length];
    }

    /** Forgets a context, after {@link #closeSends} for all who still send from it. */
    public void closeContext(int context) {
        open(context).disable();
        for (ContextSends each : active) { // an array that closing does not change
            if (each.context == context) {
                close(each);
            }
        }
        receives[context] = null;
    }

    /**
     * Makes a TID valid: expected packets that name it are stored in the page from now on.
     *
     * @param tid index in the context's table, 0 to {@link ChipModel#tidCount} - 1
     * @throws IllegalStateException if the context is not open
     * @throws IllegalArgumentException if there is no such TID
     */
    public void setTid(int context, int tid, UserPage page) {
        open(context).tids.set(tid, page);
        if (trace != null) {
            trace.tidSet(context, tid);
        }
    }

    /**
     * Makes a TID invalid: when this returns, no packet is stored in its page any more. An invalid
     * one stays so. Closing a context does this to all of its TIDs; disabling it does not.
     *
     * @throws IllegalStateException if the context is not open
     * @throws IllegalArgumentException if there is no such TID
     */
    public void clearTid(int context, int tid) {
        open(context).tids.clear(tid);
        if (trace != null) {
            trace.tidCleared(context, tid);
        }
    }

    /** Whether a context is open and has this TID valid. */
    public boolean tidValid(int context, int tid) {
        ContextReceive receive = receives[context];
        return receive != null && receive.tids.page(tid) != null;
    }

    /** Takes a packet off the wire. Ends in a header queue entry or in a drop counter. */
    public Wire.Outcome receive(Packet packet) {
        if (!linkUp) {
            return Wire.Outcome.NO_ROUTE;
        }
        if (frozen) {
            return Wire.Outcome.BACK_PRESSURE;
        }
        receiveEngine.receive(packet);
        packet.received();
        return Wire.Outcome.SENT;
    }

    /**
     * Takes packets that nothing stands in the way of, as {@link Wire#transmitRun} says. Payloads
     * may be copied as late as the burst of the first packet ends.
     */
    public int receiveRun(Packet first, PacketRun run) {
        return linkUp && !frozen ? receiveEngine.receiveRun(first, run) : 0;
    }

    /** Whether the user has entries it has not said it has read; its head is read once. */
    public boolean receivePending(int context) {
        return open(context).pending();
    }

    /** Arms the one-shot interrupt of a context, for any packet or for urgent ones only. */
    public void armInterrupt(int context, boolean urgentOnly) {
        ContextReceive receive = open(context);
        receive.armed = true;
        receive.armedUrgentOnly = urgentOnly;
    }

    public void disarmInterrupt(int context) {
        open(context).armed = false;
    }

    void received(ContextReceive to, boolean urgent) {
        if (to.armed && (urgent || !to.armedUrgentOnly)) {
            fire(to);
        }
    }

    private void fire(ContextReceive to) {
        to.armed = false;
        counters.increment(ChipCounter.INTERRUPTS);
        if (trace != null) {
            trace.interrupt(to.context);
        }
        events.interrupt(to.context);
    }

    /**
     * A queue overflowed: every waiter of the chip is woken. Source: ipath_intr.c, handle_errors.
     */
    void wakeAll() {
        for (ContextReceive receive : receives) {
            if (receive != null && receive.armed) {
                fire(receive);
            }
        }
    }

    /**
     * Programs a partition key.
     *
     * @param slot 0 to 3
     * @param pkey 16 bits, 0 empties the slot
     */
    public void setPartitionKey(int slot, int pkey) {
        partitionKeys.set(slot, pkey);
    }

    /** Refreshes the users' copy of the PIO availability now (PIOAVAILUPD). */
    public void forceAvailUpdate() {
        avail.forceCopy();
    }

    /** How many buffers must become free before the users' copy is refreshed; at least 1. */
    public void setAvailThreshold(int frees) {
        avail.threshold(frees);
    }

    public int availThreshold() {
        return avail.threshold();
    }

    /**
     * Stops or starts refreshing the users' copy (SendCtrl, avail update); starting refreshes it.
     */
    public void setAvailUpdates(boolean enabled) {
        avail.enableUpdates(enabled);
    }

    /**
     * Throws away what a PIO buffer holds and clears its error; the buffer is then free, as if its
     * packet had been sent. The caller refreshes the users' copy when it has disarmed all it wants.
     *
     * @param pioBuffer chip-wide number
     */
    public void disarm(int pioBuffer) {
        clearSendBufferError(pioBuffer);
        ContextSends sends = sends(pioBuffer);
        if (sends != null) {
            sendEngine.disarm(sends, pioBuffer - sends.firstBuffer);
        }
        avail.startOver(); // users may take the copy that follows as it is
    }

    /** Who sends from a buffer; null if nobody does. */
    private ContextSends sends(int pioBuffer) {
        for (ContextSends each : active) {
            if (pioBuffer >= each.firstBuffer && pioBuffer < each.firstBuffer + each.count) {
                return each;
            }
        }
        return null;
    }

    /**
     * Whether a buffer that is launched again while busy raises an error (ARMLAUNCH_CTRL); on at
     * first.
     */
    public void setArmlaunchReporting(boolean on) {
        armlaunchReporting = on;
    }

    boolean armlaunchReporting() {
        return armlaunchReporting;
    }

    /** The link is ACTIVE: packets flow. */
    public void linkUp() {
        changeLink(true);
    }

    /**
     * The link is down: what was launched and not sent is cancelled, what is launched now is
     * dropped and counted.
     */
    public void linkDown() {
        changeLink(false);
    }

    private void changeLink(boolean up) {
        if (linkUp == up) {
            return;
        }
        counters.increment(ChipCounter.IB_STATUS_CHNG);
        linkUp = up;
        if (!up) {
            counters.increment(ChipCounter.IB_LINK_DOWN);
            for (ContextSends each : active) {
                sendEngine.cancelAll(each);
            }
            avail.copyNow();
        }
        raise(ErrorStatus.IB_STATUS_CHANGED);
        if (trace != null) {
            trace.linkChanged(up);
        }
        events.linkChanged(up);
    }

    public boolean linkIsUp() {
        return linkUp;
    }

    /** Freeze mode: nothing is sent, received or copied until {@link #thaw}. */
    public void freeze() {
        frozen = true;
        avail.freeze(true);
        raise(ErrorStatus.HARDWARE);
    }

    /** Leaves freeze mode; the users' copy of the PIO availability is refreshed. */
    public void thaw() {
        frozen = false;
        avail.freeze(false);
    }

    public boolean frozen() {
        return frozen;
    }

    /**
     * Keeps launched packets in their buffers, as if the wire gave no credits; for tests and for
     * teaching.
     */
    public void holdSends(boolean hold) {
        sendEngine.hold(hold);
    }

    /** Tells the driver's half if that breaks now; the driver lets it show when this cycle ends. */
    void mayBreak(FaultPoint point) {
        long ns = Faults.strikeNs(point);
        if (ns != Faults.NO) {
            events.broken(point, ns);
        }
    }

    void raise(long bits) {
        long fresh = bits & ~errorStatus;
        if (fresh != 0) {
            errorStatus |= fresh;
            if (trace != null) {
                trace.error(fresh);
            }
            events.error(fresh);
        }
    }

    /** Bits of {@link ErrorStatus} raised and not yet cleared. */
    public long errorStatus() {
        return errorStatus;
    }

    public void clearErrorStatus(long bits) {
        errorStatus &= ~bits;
    }

    void sendBufferFailed(int pioBuffer) {
        sendBufferErrors[pioBuffer / Long.SIZE] |= 1L << pioBuffer;
        if (trace != null) {
            trace.sendBufferError(pioBuffer);
        }
        events.sendBufferError(pioBuffer);
    }

    /** The SendBufferError bit of a buffer, chip-wide number. */
    public boolean sendBufferError(int pioBuffer) {
        return (sendBufferErrors[pioBuffer / Long.SIZE] & 1L << pioBuffer) != 0;
    }

    public void clearSendBufferError(int pioBuffer) {
        sendBufferErrors[pioBuffer / Long.SIZE] &= ~(1L << pioBuffer);
    }

    /** A counter of the chip. */
    public long counter(ChipCounter counter) {
        return counters.get(counter);
    }

    /** A counter that each context has; it goes on counting when the context is opened again. */
    public long counter(ChipCounter counter, int context) {
        return counters.get(counter, context);
    }

    /** Copies all counters, in the order of {@link ChipCounter#index}. */
    public void copyCounters(long[] into) {
        counters.copyTo(into);
    }

    /** The daemon woke because a user rang. */
    public void countDoorbell() {
        counters.increment(ChipCounter.DOORBELLS);
    }

    /** Packets that asked for an urgent interrupt since the context was opened. */
    public long urgentCount(int context) {
        return open(context).urgent;
    }

    /** Packets of the context that found its header queue full. */
    public long headerQueueFullCount(int context) {
        return counters.get(ChipCounter.HDRQ_FULL, context);
    }

    private ContextReceive open(int context) {
        ContextReceive receive = receives[context];
        if (receive == null) {
            throw new IllegalStateException("chip: context=" + context + " is not open");
        }
        return receive;
    }

    /**
     * A snapshot of the registers, for tools; of the TID flows those that are not 0. Where several
     * send from one context, the names of what each has end in its place in order of buffers.
     */
    public List<RegisterValue> registers() {
        List<RegisterValue> dump = new ArrayList<>();
        chipWide(dump, "Revision", model.hwVersion());
        chipWide(dump, "Control", (frozen ? 2 : 0) | (linkUp ? 4 : 0));
        chipWide(dump, "ErrStatus", errorStatus);
        chipWide(dump, "SendCtrl.AvailUpdThld", avail.threshold());
        chipWide(dump, "SendCtrl.AvailUpd", avail.updatesEnabled() ? 1 : 0);
        chipWide(dump, "RcvBTHQP", model.qpBase());
        chipWide(dump, "RcvHdrCnt", model.rcvHdrCount());
        chipWide(dump, "RcvHdrEntSize", model.rcvHdrEntDwords());
        chipWide(dump, "RcvEgrCnt", model.egrCount());
        chipWide(dump, "RcvTIDCnt", model.tidCount());
        for (int slot = 0; slot < PartitionKeys.SLOTS; slot++) {
            chipWide(dump, "RcvPartitionKey" + slot, partitionKeys.get(slot));
        }
        for (int i = 0; i < avail.qwords(); i++) {
            chipWide(dump, "SendBufAvail" + i, avail.register(i));
        }
        for (int i = 0; i < sendBufferErrors.length; i++) {
            chipWide(dump, "SendBufErr" + i, sendBufferErrors[i]);
        }
        for (ContextReceive receive : receives) {
            if (receive != null) {
                context(dump, receive);
            }
        }
        return dump;
    }

    private static void chipWide(List<RegisterValue> dump, String name, long value) {
        dump.add(new RegisterValue(name, NO_CONTEXT, value));
    }

    private void context(List<RegisterValue> dump, ContextReceive receive) {
        int number = receive.context;
        dump.add(new RegisterValue("RcvCtrl.Enable", number, receive.enabled ? 1 : 0));
        dump.add(new RegisterValue("RcvCtrl.IntrAvail", number, receive.armed ? 1 : 0));
        dump.add(new RegisterValue("RcvHdrTail", number, receive.tail));
        dump.add(new RegisterValue("RcvHdrHead", number, receive.head()));
        dump.add(new RegisterValue("RcvEgrIndexTail", number, receive.egrTail));
        dump.add(new RegisterValue("RcvEgrIndexHead", number, receive.egrHead()));
        dump.add(new RegisterValue("RcvHdrSeq", number, receive.seq));
        dump.add(new RegisterValue("RcvTIDValid", number, receive.tids.used()));
        for (int flow = 0; flow < receive.flows.count(); flow++) {
            int word = receive.flows.word(flow) & ~TidFlow.CHIP;
            if (word != 0) {
                dump.add(new RegisterValue("RcvTIDFlow" + flow, number, word));
            }
        }
        List<ContextSends> senders = new ArrayList<>();
        for (ContextSends each : active) {
            if (each.context == number) {
                senders.add(each);
            }
        }
        senders.sort(Comparator.comparingInt(each -> each.firstBuffer));
        for (int i = 0; i < senders.size(); i++) {
            String of = senders.size() == 1 ? "" : Integer.toString(i);
            dump.add(new RegisterValue("PioFirst" + of, number, senders.get(i).firstBuffer));
            dump.add(new RegisterValue("PioCount" + of, number, senders.get(i).count));
            dump.add(new RegisterValue("PioNext" + of, number, senders.get(i).next));
            dump.add(new RegisterValue("PioQueued" + of, number, senders.get(i).queued));
        }
    }
}
