package io.softpath.daemon.chip;

import io.softpath.abi.register.TidFlow;

import java.lang.foreign.MemorySegment;

/**
 * The TID flow registers of one context.
 *
 * <p>What a register holds is here; the second page of the user registers shows it, and there the
 * user stores. A word that is not the one the chip last published is such a store, which the chip
 * adopts before it checks a packet. It publishes with compare-and-set: if that fails, the user has
 * stored since, and that store comes after what the chip has just done.
 *
 * <p>A packet without an entry counts a register up here and leaves it to {@link #publish} to show
 * that: a compare-and-set waits until the payload before it has left the store buffer, which costs
 * more than all else about the packet.
 *
 * <p>Not final so that a test can store between two looks. Source: qib_7322_regs.h,
 * RcvTIDFlowTable; qib_iba7322.c, TIDFLOW_ERRBITS.
 */
class TidFlows {
    /** The user stored again and again while the chip looked; no register holds this. */
    static final int UNSTEADY = 0;

    /** How often the chip looks again at a register that its user stores to all the time. */
    static final int TRIES = 4;

    private static final int NONE = -1;

    private static final int WRITABLE =
            (int) (TidFlow.SEQ.mask() | TidFlow.GEN.mask())
                    | TidFlow.VALID
                    | TidFlow.HDR_SUPP
                    | TidFlow.KEEP_AFTER_SEQ_ERR
                    | TidFlow.KEEP_ON_GEN_ERR;

    private final MemorySegment registers;
    private final Runnable adopted;

    /** The registers as the chip has them, each with {@link TidFlow#CHIP} set. */
    private final int[] words;

    /** The registers as the chip last published them. */
    private final int[] shown;

    /** The one register that the chip has counted up and not yet published, or {@link #NONE}. */
    private int behind = NONE;

    /**
     * @param registers both pages of user registers, where there are flows
     * @param count flows of the model, maybe 0
     * @param adopted runs after a user's store was adopted
     */
    TidFlows(MemorySegment registers, int count, Runnable adopted) {
        this.registers = registers;
        this.adopted = adopted;
        words = new int[count];
        shown = new int[count];
    }

    int count() {
        return words.length;
    }

    /** What the chip has in the register, without a look at what the user may have stored. */
    int word(int flow) {
        return words[flow];
    }

    /**
     * No flow is valid and no mismatch shown: what the driver writes when a context starts or
     * stops.
     */
    void reset() {
        behind = NONE;
        for (int flow = 0; flow < words.length; flow++) {
            words[flow] = TidFlow.CHIP;
            shown[flow] = TidFlow.CHIP;
            TidFlow.put(registers, flow, TidFlow.CHIP);
        }
    }

    /**
     * The register, after whatever the user has stored to it.
     *
     * @return {@link #UNSTEADY} if it could not be told
     */
    int read(int flow) {
        int word = load(flow);
        return word == shown[flow] ? words[flow] : adopt(flow, word);
    }

    int load(int flow) {
        return TidFlow.get(registers, flow);
    }

    private int adopt(int flow, int first) {
        int store = first;
        for (int tries = 0; tries < TRIES; tries++) {
            int mismatches = words[flow] & TidFlow.MISMATCHES & ~store;
            words[flow] = store & WRITABLE | mismatches | TidFlow.CHIP;
            if (show(flow, store)) {
                adopted.run();
                return words[flow];
            }
            store = load(flow);
        }
        return UNSTEADY;
    }

    /** Packets that the register let through were delivered: the next one is expected. */
    void advance(int flow, int packets) {
        words[flow] = TidFlow.advanced(words[flow], packets);
        if (behind != flow) {
            publish();
            behind = flow;
        }
    }

    /** A packet that the register did not let through was dropped. */
    void mismatched(int flow, int mismatch) {
        if ((words[flow] & mismatch) == 0) {
            words[flow] |= mismatch;
            show(flow, shown[flow]);
        }
    }

    /** Shows the user all registers as they are. */
    void publish() {
        if (behind != NONE) {
            show(behind, shown[behind]);
        }
    }

    /** A store that the user made since {@code from} was there stays: it is younger. */
    private boolean show(int flow, int from) {
        if (behind == flow) {
            behind = NONE;
        }
        shown[flow] = words[flow];
        return TidFlow.compareAndSet(registers, flow, from, words[flow]);
    }
}
