package io.softpath.daemon.chip;

import io.softpath.abi.model.ChipModel;
import io.softpath.abi.register.ChipCounter;
import io.softpath.abi.register.UserRegisters;

import java.lang.foreign.MemorySegment;

/**
 * The receive side of one context: where the chip writes next, and the last valid heads that the
 * user told it.
 *
 * <p>The chip's tails live here; the register page and the tail page only show them. Heads are read
 * from the register page when a ring looks full, not per packet.
 */
final class ContextReceive {
    final int context;
    final MemorySegment registers;
    final MemorySegment rcvHdrq;
    final MemorySegment rcvEgrBuffers;
    final MemorySegment rcvHdrTail;
    final TidTable tids;
    final TidFlows flows;

    private final int ringDwords;
    private final int entryDwords;
    private final int egrCount;

    boolean enabled;

    /** Dword offset of the entry to be written next. */
    int tail;

    int seq;
    int egrTail;

    private int head;
    private int egrHead;

    boolean armed;
    boolean armedUrgentOnly;

    /** Packets that asked for an urgent interrupt since the context was opened. */
    long urgent;

    private final Counters counters;

    ContextReceive(int context, ChipModel model, ContextMemory memory, Counters counters) {
        this.context = context;
        registers = memory.userRegisters();
        rcvHdrq = memory.rcvHdrq();
        rcvEgrBuffers = memory.rcvEgrBuffers();
        rcvHdrTail = memory.rcvHdrTail();
        entryDwords = model.rcvHdrEntDwords();
        ringDwords = model.rcvHdrRingDwords();
        egrCount = model.egrCount();
        tids = new TidTable(model.tidCount());
        flows = new TidFlows(registers, model.tidFlows(), this::publishTails);
        this.counters = counters;
    }

    /**
     * What the chip does when the context goes from disabled to enabled. Source: ipath_file_ops.c,
     * ipath_do_user_init.
     */
    void enable() {
        tail = 0;
        head = 0;
        seq = 1;
        egrHead = egrTail;
        UserRegisters.RCVHDRHEAD.put(registers, 0);
        UserRegisters.RCVEGRINDEXHEAD.put(registers, egrTail);
        flows.reset();
        publishTails();
        enabled = true;
    }

    /** Packets are dropped from now on. Source: qib_iba7322.c, rcvctrl_7322_mod. */
    void disable() {
        enabled = false;
        flows.reset();
    }

    /**
     * Shows the tails in the register page and, where the model copies it, that of the header queue
     * in memory; ordered after the entry. Users can store to these registers too, and do: the
     * library writes 0 to the eager tail between two stores to TID flows, because the real one
     * takes no writes. So both are shown again with each entry and each adopted store.
     */
    void publishTails() {
        UserRegisters.RCVHDRTAIL.put(registers, tail);
        publishEgrTail();
        if (rcvHdrTail != null) {
            UserRegisters.RCVHDRTAIL.put(rcvHdrTail, tail);
        }
    }

    void publishEgrTail() {
        UserRegisters.RCVEGRINDEXTAIL.put(registers, egrTail);
    }

    int tailAfter() {
        int after = tail + entryDwords;
        return after == ringDwords ? 0 : after;
    }

    /** Whether one more entry would make the ring look empty; one slot stays unused. */
    boolean hdrqFull() {
        int after = tailAfter();
        if (after != head) {
            return false;
        }
        readHead();
        return after == head;
    }

    /** Whether entries wait that the user has not said it has read. */
    boolean pending() {
        readHead();
        return head != tail;
    }

    private void readHead() {
        int value = (int) UserRegisters.RCVHDRHEAD.get(registers);
        if (value >= 0 && value < ringDwords && value % entryDwords == 0) {
            head = value;
        } else {
            counters.increment(ChipCounter.BAD_HEAD);
        }
    }

    boolean egrFull() {
        int after = egrAfter();
        if (after != egrHead) {
            return false;
        }
        int value = (int) UserRegisters.RCVEGRINDEXHEAD.get(registers);
        if (value >= 0 && value < egrCount) {
            egrHead = value;
        } else {
            counters.increment(ChipCounter.BAD_HEAD);
        }
        return after == egrHead;
    }

    private int egrAfter() {
        int after = egrTail + 1;
        return after == egrCount ? 0 : after;
    }

    void advanceEgr() {
        egrTail = egrAfter();
        publishEgrTail();
    }

    int head() {
        return head;
    }

    int egrHead() {
        return egrHead;
    }
}
