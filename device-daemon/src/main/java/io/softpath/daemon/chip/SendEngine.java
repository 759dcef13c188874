package io.softpath.daemon.chip;

import io.softpath.abi.model.ChipModel;
import io.softpath.abi.packet.Bth;
import io.softpath.abi.packet.GatherRecord;
import io.softpath.abi.packet.HeaderCopy;
import io.softpath.abi.packet.Lrh;
import io.softpath.abi.packet.Pbc;
import io.softpath.abi.packet.PioLayout;
import io.softpath.abi.register.ChipCounter;
import io.softpath.abi.register.ErrorStatus;
import io.softpath.fault.FaultPoint;
import io.softpath.fault.Faults;

import java.lang.foreign.MemorySegment;

/**
 * From PIO buffers to the wire.
 *
 * <p>Polls the next buffer of each open context in ring order, which is the library's habit and not
 * the chip's rule: every {@link #POLLS_PER_SWEEP} polls without a launch it looks at all of them.
 * Packets of a context leave in the order of their launches, by their tags where there are any. A
 * launched packet is checked on a private copy of its header, and then offered to the wire; while
 * the wire has no room it stays in its buffer, busy. A gather record is checked on a private copy
 * too, becomes packets in bursts, a burst for a look at the context and some in a round of looks at
 * all contexts, and its buffer is busy until the last of them has left; what is launched behind it
 * waits.
 */
final class SendEngine {
    /**
     * Stands for a PBC when the special trigger was misused; its length is too short to be sent.
     */
    static final long BAD_TRIGGER = Long.MIN_VALUE;

    /** What gathers of a context send before it is the others' turn: a microsecond or two. */
    static final int GATHER_BURST_BYTES = 64 * 1024;

    /**
     * What gathers send, all contexts together, before the chip looks at every context again: no
     * more is copied while a small packet waits, however many contexts gather.
     */
    static final int GATHER_ROUND_BYTES = 2 * GATHER_BURST_BYTES;

    /**
     * What gathers of a context that closes may still send, all at once: as much as one can be. The
     * rest is dropped, or everybody would wait for as many records as somebody has buffers.
     */
    static final int GATHER_CLOSE_BYTES = GatherRecord.MAX_TIDS * UserPage.BYTES;

    private static final int POLLS_PER_SWEEP = 64;

    private final Chip chip;
    private final int lid;
    private final int maxLengthDwords;
    private final boolean hasSecondPort;
    private final PioAvailWriter avail;
    private final Counters counters;
    private final Wire wire;
    private final Packet packet = new Packet();
    private boolean hold;

    /** Bytes that gathers may still send in this round of looks, and in this look at a context. */
    private long roundBudget;

    private long lookBudget;

    /** The first context in this round whose gather has to wait for the next. */
    private ContextSends outOfBudget;

    SendEngine(
            Chip chip,
            ChipModel model,
            int lid,
            PioAvailWriter avail,
            Counters counters,
            Wire wire) {
        this.chip = chip;
        this.lid = lid;
        this.avail = avail;
        this.counters = counters;
        this.wire = wire;
        hasSecondPort = model.ibPorts() > 1;
        maxLengthDwords = model.piosize() / Integer.BYTES + 1;
    }

    /** Launched packets stay in their buffers, as if the wire had no credits. */
    void hold(boolean on) {
        hold = on;
    }

    boolean holding() {
        return hold;
    }

    /** To be called before each round of looks at the contexts: gathers have their budget again. */
    void startRound() {
        roundBudget = GATHER_ROUND_BYTES;
        outOfBudget = null;
    }

    /**
     * The first context in this round whose gather got nothing because others had used it up; null
     * if all got their share.
     */
    ContextSends outOfBudget() {
        return outOfBudget;
    }

    /**
     * One look at one context.
     *
     * @return packets that left their buffers; a burst of a gather counts as one
     */
    int poll(ContextSends sends) {
        lookBudget = GATHER_BURST_BYTES;
        int left = sends.queued == 0 || hold ? 0 : drain(sends);
        int buffer = sends.next;
        if (sends.state[buffer] == ContextSends.FREE) {
            long pbc = sends.takeLaunch(buffer);
            if (pbc != ContextSends.NO_LAUNCH) {
                return left + launchNext(sends, buffer, pbc);
            }
        }
        if (--sends.pollsUntilSweep < 0) {
            return left + sweep(sends);
        }
        return left;
    }

    private int launchNext(ContextSends sends, int buffer, long pbc) {
        if (sends.isInTurn(pbc)) {
            sends.next = following(sends, buffer);
            return launch(sends, buffer, pbc);
        }
        sends.putBack(buffer); // others were launched before it
        return sweep(sends);
    }

    /** A look at every buffer of one context, and at what waits. */
    int lookAtAll(ContextSends sends) {
        lookBudget = GATHER_BURST_BYTES;
        int left = sweep(sends);
        return hold ? left : left + drain(sends);
    }

    /** Looks at every buffer of the context and takes whatever was launched, in launch order. */
    int sweep(ContextSends sends) {
        sends.pollsUntilSweep = POLLS_PER_SWEEP;
        if (sends.hasLaunchTags()) {
            int launches = findLaunches(sends);
            if (launches != ContextSends.UNORDERED) {
                return takeFound(sends, launches);
            }
        }
        if (!sends.outOfStep) {
            return sweepInRingOrder(sends);
        }
        avail.hold(); // a copy now would settle: take what was launched after what is in hand
        try {
            return sweepInRingOrder(sends);
        } finally {
            avail.release();
        }
    }

    /** Step one sees which launch is the latest, step two looks for all up to that one. */
    private int findLaunches(ContextSends sends) {
        int latest = 0;
        for (int buffer = 0; buffer < sends.count; buffer++) {
            if (sends.state[buffer] == ContextSends.FREE) {
                latest = Math.max(latest, sends.launchesAhead(buffer));
            } else if (sends.takeLaunch(buffer) != ContextSends.NO_LAUNCH) {
                armlaunch(sends, buffer);
            }
        }
        return latest == 0 ? 0 : sends.listLaunches(latest);
    }

    private int takeFound(ContextSends sends, int launches) {
        int left = 0;
        for (int i = 0; i < launches; i++) {
            int buffer = sends.foundBuffer(i);
            long pbc = sends.takeFound(i);
            sends.next = following(sends, buffer);
            left += launch(sends, buffer, pbc);
        }
        return left;
    }

    /**
     * The order of a sender that takes the next buffer of the ring, or the next one that it sees
     * free: all that the other triggers tell.
     */
    private int sweepInRingOrder(ContextSends sends) {
        int left = 0;
        int buffer = sends.next;
        for (int i = 0; i < sends.count; i++) {
            long pbc = sends.takeLaunch(buffer);
            if (pbc != ContextSends.NO_LAUNCH) {
                if (sends.state[buffer] == ContextSends.FREE) {
                    left += takePassedOver(sends, buffer);
                    sends.next = following(sends, buffer);
                    left += launch(sends, buffer, pbc);
                } else {
                    armlaunch(sends, buffer);
                }
            }
            buffer = following(sends, buffer);
        }
        return left;
    }

    /**
     * Looks once more at the buffers that the sweep passed over before it found a launch. A sender
     * in ring order may have launched them between the two looks, thus before the one found, and
     * whoever sees a launch (acquire) also sees all that came before it: no packet overtakes
     * another of its context.
     */
    private int takePassedOver(ContextSends sends, int found) {
        int left = 0;
        for (int buffer = sends.next; buffer != found; buffer = following(sends, buffer)) {
            if (sends.state[buffer] == ContextSends.FREE) {
                long pbc = sends.takeLaunch(buffer);
                if (pbc != ContextSends.NO_LAUNCH) {
                    left += launch(sends, buffer, pbc);
                }
            }
        }
        return left;
    }

    private static int following(ContextSends sends, int buffer) {
        int next = buffer + 1;
        return next == sends.count ? 0 : next;
    }

    private int launch(ContextSends sends, int buffer, long pbc) {
        sends.taken(pbc);
        if (chip.trace != null) {
            chip.trace.launched(sends.context, sends.firstBuffer + buffer, pbc);
        }
        Faults.at(FaultPoint.CHIP_LAUNCH_TAKEN);
        int length = Pbc.lengthDwords(pbc);
        if (length < Pbc.MIN_LENGTH_DWORDS || length > maxLengthDwords) {
            refuseLength(sends, buffer, pbc);
            return 0;
        }
        if (Pbc.TRIGGER.get(pbc) != 0) {
            // There is no early launch point here: counted, and ignored.
            counters.increment(ChipCounter.TX_TRIGGER_FIELD);
        }
        if (!chip.linkIsUp()) {
            counters.increment(ChipCounter.TX_DROPPED);
            chip.raise(ErrorStatus.SEND_DROPPED_DATA_PKT);
            sends.reset(buffer, pbc);
            avail.launchedAndFreed(sends.firstBuffer + buffer);
            return 1;
        }
        if (sends.queued != 0 || hold || chip.frozen()) {
            avail.launched(sends.firstBuffer + buffer);
            sends.enqueue(buffer, pbc);
            return 0;
        }
        return switch (transmit(sends, buffer, pbc)) {
            case LEFT -> {
                sends.reset(buffer, pbc);
                if (Faults.strikes(FaultPoint.CHIP_STUCK_BUFFER)) {
                    sends.state[buffer] = ContextSends.FAULTY;
                    avail.launched(sends.firstBuffer + buffer);
                } else {
                    avail.launchedAndFreed(sends.firstBuffer + buffer);
                }
                yield 1;
            }
            case GOES_ON -> {
                avail.launched(sends.firstBuffer + buffer);
                sends.enqueue(buffer, pbc);
                yield 1;
            }
            case WAITS -> {
                avail.launched(sends.firstBuffer + buffer);
                sends.enqueue(buffer, pbc);
                yield 0;
            }
            case REFUSED -> {
                avail.launched(sends.firstBuffer + buffer);
                faulty(sends, buffer);
                yield 0;
            }
        };
    }

    /**
     * Sends what waits, in launch order, until the wire has no room or a gather no budget. While
     * the link is down nothing waits.
     */
    int drain(ContextSends sends) {
        int left = 0;
        while (sends.queued != 0) {
            int buffer = sends.queue[sends.queueHead];
            long pbc = sends.queuedPbc[sends.queueHead];
            Fate fate = transmit(sends, buffer, pbc);
            if (fate == Fate.WAITS) {
                break;
            }
            if (fate == Fate.GOES_ON) {
                left++;
                break;
            }
            sends.dequeue();
            if (fate == Fate.REFUSED) {
                faulty(sends, buffer);
            } else {
                release(sends, buffer, pbc);
                left++;
            }
        }
        return left;
    }

    private enum Fate {
        LEFT,
        /** Part of a gather has left. */
        GOES_ON,
        WAITS,
        REFUSED
    }

    private Fate transmit(ContextSends sends, int buffer, long pbc) {
        chip.mayBreak(FaultPoint.CHIP_PARITY);
        chip.mayBreak(FaultPoint.LINK_DOWN);
        if (Pbc.isGather(pbc)) {
            return gather(sends, buffer, pbc);
        }
        int length = Pbc.lengthDwords(pbc);
        long offset = sends.offset(buffer);
        packet.header.load(sends.memory, offset + PioLayout.HEADER);
        packet.payload(sends.memory, offset + PioLayout.PAYLOAD, Pbc.payloadBytes(length));
        if (Lrh.lengthDwords(packet.header.lrh()) != length) {
            counters.increment(ChipCounter.TX_BAD_LENGTH);
            chip.raise(ErrorStatus.SEND_PKT_LEN);
            return Fate.REFUSED;
        }
        if (mayNotLeave(sends, packet.header, pbc)) {
            return Fate.LEFT;
        }
        return switch (toWire(sends)) {
            case SENT -> {
                counters.increment(ChipCounter.TX_PKT);
                counters.add(ChipCounter.TX_WORDS, length);
                counters.increment(ChipCounter.CTXT_TX_PKT, sends.context);
                Faults.at(FaultPoint.CHIP_PACKET_LEFT);
                yield Fate.LEFT;
            }
            case BACK_PRESSURE -> {
                counters.increment(ChipCounter.TX_FLOW_STALL);
                yield Fate.WAITS;
            }
            case NO_ROUTE -> {
                counters.increment(ChipCounter.TX_NO_ROUTE);
                yield Fate.LEFT;
            }
        };
    }

    /**
     * A burst of the packets of a gather record; the record is checked before the first. Whatever
     * is wrong with it then or later, the rest is dropped and the buffer faulty.
     */
    private Fate gather(ContextSends sends, int buffer, long pbc) {
        GatherSend gather = sends.gather;
        if (gather == null) {
            return gatherFault();
        }
        long budget = Math.min(lookBudget, roundBudget);
        if (budget <= 0) {
            if (roundBudget <= 0 && outOfBudget == null) {
                outOfBudget = sends;
            }
            return Fate.WAITS;
        }
        if (!gather.underWay(buffer)) {
            long offset = sends.offset(buffer);
            int bytes = Pbc.payloadBytes(Pbc.lengthDwords(pbc));
            gather.load(sends.memory, offset + PioLayout.HEADER, offset + PioLayout.PAYLOAD, bytes);
            if (!gather.wellFormed(bytes)) {
                return gatherFault();
            }
            if (mayNotLeave(sends, gather.header(), pbc)) {
                return Fate.LEFT;
            }
            gather.start(buffer);
        }
        MemorySegment region = sends.gatherSource.region(gather.handle());
        if (region == null || !gather.liesIn(region)) {
            gather.stop();
            return gatherFault();
        }
        long moved = burst(sends, gather, region, budget);
        lookBudget -= moved;
        roundBudget -= moved;
        if (gather.done()) {
            gather.stop();
            counters.increment(ChipCounter.TX_GATHER);
            return Fate.LEFT;
        }
        return moved != 0 ? Fate.GOES_ON : Fate.WAITS;
    }

    /**
     * Packets of a gather until so many bytes have left, or a packet more.
     *
     * @return how many bytes have left
     */
    private long burst(ContextSends sends, GatherSend gather, MemorySegment region, long budget) {
        int sent = 0;
        long words = 0;
        long moved = 0;
        packet.startBurst();
        try {
            while (moved < budget && !gather.done()) {
                int bytes = gather.next(packet, region);
                PacketRun run = gather.run(bytes, budget - moved);
                int taken = run == null ? 0 : wire.transmitRun(packet, run);
                Wire.Outcome outcome = taken > 0 ? Wire.Outcome.SENT : toWire(sends);
                if (outcome == Wire.Outcome.BACK_PRESSURE) {
                    counters.increment(ChipCounter.TX_FLOW_STALL);
                    break;
                }
                int packets = Math.max(taken, 1);
                if (chip.trace != null && taken > 0) {
                    chip.trace.sentRun(sends.context, packet, taken);
                }
                if (outcome == Wire.Outcome.SENT) {
                    sent += packets;
                    words += (long) packets * Pbc.lengthDwordsOfPayload(bytes);
                } else {
                    counters.increment(ChipCounter.TX_NO_ROUTE);
                }
                gather.advance(packets, bytes);
                moved += (long) packets * bytes;
                Faults.at(FaultPoint.CHIP_GATHERING);
            }
        } finally {
            packet.endBurst();
        }
        counters.add(ChipCounter.TX_PKT, sent);
        counters.add(ChipCounter.TX_WORDS, words);
        counters.add(ChipCounter.CTXT_TX_PKT, sends.context, sent);
        return moved;
    }

    /** Whoever records hears of a packet before the chip that it is for has it. */
    private Wire.Outcome toWire(ContextSends sends) {
        if (chip.trace == null) {
            return wire.transmit(packet);
        }
        chip.trace.sending(sends.context, packet);
        Wire.Outcome outcome = wire.transmit(packet);
        if (outcome != Wire.Outcome.SENT) {
            chip.trace.refused(sends.context, packet, outcome);
        }
        return outcome;
    }

    private Fate gatherFault() {
        counters.increment(ChipCounter.TX_GATHER_FAULT);
        chip.raise(ErrorStatus.SEND_BUF_MISUSE);
        return Fate.REFUSED;
    }

    /**
     * Whether a packet is dropped for what its header claims or its PBC wants, which is counted.
     */
    private boolean mayNotLeave(ContextSends sends, HeaderCopy header, long pbc) {
        if (forged(sends, header)) {
            counters.increment(ChipCounter.TX_BAD_HEADER);
            return true;
        }
        if (hasSecondPort && Pbc.PORT.get(pbc) != 0) {
            counters.increment(ChipCounter.TX_NO_ROUTE); // no cable
            return true;
        }
        return false;
    }

    /**
     * A user sends with its own LID and, where the header has the field, with its own context: the
     * header check of the IBA7322 (RCHK), which softpath's isolation wants of every model.
     */
    private boolean forged(ContextSends sends, HeaderCopy header) {
        long lrh = header.lrh();
        return Lrh.slid(lrh) != lid
                || Lrh.lnh(lrh) != Lrh.LNH_BTH
                || (Bth.opcode(header.bth0()) == Bth.OPCODE_PSM
                        && header.sourceContext() != sends.context);
    }

    private void refuseLength(ContextSends sends, int buffer, long pbc) {
        if (pbc == BAD_TRIGGER) {
            counters.increment(ChipCounter.TX_SPECIAL_TRIGGER);
            chip.raise(ErrorStatus.SEND_SPECIAL_TRIGGER);
        } else if (Pbc.lengthDwords(pbc) < Pbc.MIN_LENGTH_DWORDS) {
            counters.increment(ChipCounter.TX_INVAL_LEN);
            chip.raise(ErrorStatus.SEND_MIN_PKT_LEN);
        } else {
            counters.increment(ChipCounter.TX_INVAL_LEN);
            chip.raise(ErrorStatus.SEND_MAX_PKT_LEN);
        }
        avail.launched(sends.firstBuffer + buffer);
        faulty(sends, buffer);
    }

    private void faulty(ContextSends sends, int buffer) {
        sends.state[buffer] = ContextSends.FAULTY;
        chip.sendBufferFailed(sends.firstBuffer + buffer);
    }

    private void armlaunch(ContextSends sends, int buffer) {
        counters.increment(ChipCounter.TX_ARM_LAUNCH);
        if (chip.armlaunchReporting()) {
            chip.raise(ErrorStatus.SEND_PIO_ARMLAUNCH);
            chip.sendBufferFailed(sends.firstBuffer + buffer);
        }
    }

    private void release(ContextSends sends, int buffer, long pbc) {
        sends.state[buffer] = ContextSends.FREE;
        sends.reset(buffer, pbc);
        avail.freed(sends.firstBuffer + buffer);
    }

    /**
     * Throws away what a buffer holds, launched or half-written; the buffer is then free, as if it
     * had been sent. Launches that the chip had not noticed yet are taken first.
     */
    void disarm(ContextSends sends, int buffer) {
        sweep(sends);
        int number = sends.firstBuffer + buffer;
        switch (sends.state[buffer]) {
            case ContextSends.QUEUED -> {
                sends.unqueue(buffer);
                counters.increment(ChipCounter.TX_DROPPED);
                freeOutOfTurn(sends, buffer);
            }
            case ContextSends.FAULTY -> freeOutOfTurn(sends, buffer);
            default -> {
                if (sends.forgetHalfWritten(buffer)) {
                    counters.increment(ChipCounter.TX_DISARMED);
                    avail.launchedAndFreed(number);
                }
            }
        }
    }

    private void freeOutOfTurn(ContextSends sends, int buffer) {
        sends.state[buffer] = ContextSends.FREE;
        sends.forgetHalfWritten(buffer);
        if (sends.hasLaunchTags()) {
            avail.freed(sends.firstBuffer + buffer);
        } else {
            sends.outOfStep = true;
            avail.freedOutOfTurn(sends.firstBuffer + buffer);
        }
    }

    /**
     * To be called before users are shown what became free, while a context is out of step.
     *
     * <p>Without launch tags the chip knows one order: that of the buffers which a sender sees free
     * as it goes around the ring. A buffer that it passed by because it looked busy, and comes back
     * to, breaks that order. So all that was launched before it is shown free is taken before it
     * is.
     *
     * @return whether this context is still out of step
     */
    boolean settle(ContextSends sends) {
        if (sends.outOfStep) {
            sweep(sends);
            sends.outOfStep = !sends.isInStep();
        }
        return sends.outOfStep;
    }

    /** Cancels everything launched and not sent: the link went down. */
    void cancelAll(ContextSends sends) {
        sweep(sends);
        while (sends.queued != 0) {
            int buffer = sends.queue[sends.queueHead];
            long pbc = sends.queuedPbc[sends.queueHead];
            sends.dequeue();
            counters.increment(ChipCounter.TX_DROPPED);
            release(sends, buffer, pbc);
        }
    }

    /**
     * The context closes: launched packets leave if the wire takes them now, and of gathers what
     * {@link #GATHER_CLOSE_BYTES} allows; all else vanishes, every buffer is free.
     */
    void close(ContextSends sends) {
        roundBudget = GATHER_CLOSE_BYTES;
        lookBudget = GATHER_CLOSE_BYTES;
        sends.outOfStep = false; // nobody waits for these buffers any more
        sweep(sends);
        if (!hold && !chip.frozen()) {
            drain(sends);
        }
        Faults.at(FaultPoint.CHIP_CLOSING);
        cancelAll(sends);
        for (int buffer = 0; buffer < sends.count; buffer++) {
            int number = sends.firstBuffer + buffer;
            if (sends.state[buffer] == ContextSends.FAULTY) {
                sends.state[buffer] = ContextSends.FREE;
                avail.freed(number);
            } else if (sends.forgetHalfWritten(buffer)) {
                counters.increment(ChipCounter.TX_DISARMED);
                avail.launchedAndFreed(number);
            }
        }
        avail.copyNow();
    }
}
