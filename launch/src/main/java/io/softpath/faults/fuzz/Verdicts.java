package io.softpath.faults.fuzz;

import io.softpath.abi.model.ChipModel;
import io.softpath.abi.register.ChipCounter;

import java.util.Arrays;

/**
 * What a chip made of the packet that was launched last: the counter that moved. Sums over all
 * chips must go together, whatever is launched.
 */
final class Verdicts {
    /** Nothing was launched, or nobody can say. */
    static final String NOTHING = "not launched";

    private static final ChipCounter[] COUNTERS = ChipCounter.values();

    private final Machine machine;
    private final int perUnit;
    private final int contexts;
    private long[] before;

    Verdicts(Machine machine) {
        this.machine = machine;
        ChipModel model = machine.model();
        contexts = model.contexts();
        perUnit = ChipCounter.arrayLength(contexts);
        before = machine.chipCounters();
    }

    /** Forgets what has happened up to now. */
    void start() {
        before = machine.chipCounters();
    }

    /** What has happened since {@link #start} or the last call. */
    String next() {
        long[] now = machine.chipCounters();
        String verdict = now == null ? Coverage.WRITTEN : verdict(now);
        before = now;
        return verdict;
    }

    private String verdict(long[] now) {
        boolean delivered = false;
        for (int i = 0; i < now.length; i++) {
            if (now[i] != before[i]) {
                ChipCounter counter = ChipCounter.at(i % perUnit);
                if (counter.error()) {
                    return counter.label();
                }
                delivered |=
                        counter == ChipCounter.CTXT_RX_PKT || counter == ChipCounter.RX_HDR_SUPP;
            }
        }
        return delivered ? Coverage.OK : NOTHING;
    }

    /** Adds how far each counter went to its row. */
    static void addTo(Coverage coverage, ChipModel model, long[] counters) {
        int perUnit = ChipCounter.arrayLength(model.contexts());
        for (int i = 0; i < counters.length; i++) {
            if (counters[i] != 0) {
                coverage.row(
                                "chip counter",
                                name(ChipCounter.at(i % perUnit)),
                                Coverage.Need.NOTHING)
                        .add("counted", counters[i]);
            }
        }
    }

    private static String name(ChipCounter counter) {
        return counter.perContext() ? "Ctxt" + counter.label() : counter.label();
    }

    /** Every packet on the wire was received; every packet received ended once. */
    void assertSums() {
        long[] sums = new long[COUNTERS.length];
        long[] now = machine.chipCounters();
        for (int i = 0; i < now.length; i++) {
            sums[Arrays.asList(COUNTERS).indexOf(ChipCounter.at(i % perUnit))] += now[i];
        }
        long received = of(sums, ChipCounter.RX_PKT);
        long lost = of(sums, ChipCounter.TX_PKT) - received;
        long ended = 0;
        for (ChipCounter end :
                new ChipCounter[] {
                    ChipCounter.RX_DLID_FLTR,
                    ChipCounter.RX_INVAL_PKEY,
                    ChipCounter.RX_NON_KD,
                    ChipCounter.RX_QP_BAD_CTXT,
                    ChipCounter.RX_PKT_DROPPED,
                    ChipCounter.RX_TID_FLO_DROP,
                    ChipCounter.RX_HDR_SUPP,
                    ChipCounter.HDRQ_FULL,
                    ChipCounter.CTXT_RX_PKT
                }) {
            ended += of(sums, end);
        }
        if (lost != 0 || received > ended) {
            throw new Violation(
                    "packets do not add up: sent="
                            + of(sums, ChipCounter.TX_PKT)
                            + " received="
                            + received
                            + " ended="
                            + ended);
        }
    }

    private static long of(long[] sums, ChipCounter counter) {
        return sums[Arrays.asList(COUNTERS).indexOf(counter)];
    }
}
