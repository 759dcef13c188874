package io.softpath.daemon.chip;

import io.softpath.abi.model.ChipModel;
import io.softpath.abi.packet.Bth;
import io.softpath.abi.packet.ExpectedPsn;
import io.softpath.abi.packet.HeaderCopy;
import io.softpath.abi.packet.IpathHeader;
import io.softpath.abi.packet.Lrh;
import io.softpath.abi.packet.Rhf;
import io.softpath.abi.register.ChipCounter;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What becomes of a packet at a chip, by the rules and not by the chip's code: which counter it
 * raises, whether it leaves an entry and which, and what it does to the flow register.
 */
final class ReceiveModel {
    /** An open context. */
    static final class Context {
        final int number;
        final int slots;
        final Map<Integer, SimulatedPage> tids = new HashMap<>();
        final FlowModel[] flows;
        final Deque<Fate> entries = new ArrayDeque<>();
        boolean enabled = true;

        /** Entries written and entries that the user has said it has read. */
        long written;

        long told;

        Context(int number, ChipModel model) {
            this.number = number;
            slots = model.rcvHdrCount() - 1;
            flows =
                    Stream.generate(FlowModel::new)
                            .limit(model.tidFlows())
                            .toArray(FlowModel[]::new);
        }

        boolean full() {
            return written - told >= slots;
        }

        void disable() {
            enabled = false;
            for (FlowModel flow : flows) {
                flow.reset();
            }
        }
    }

    /**
     * What should become of one packet.
     *
     * @param drop the counter of why its payload is dropped; null if it is delivered
     * @param entry whether there is an entry
     * @param page where its payload goes, or is refused by a page that is gone; else null
     * @param effect on the flow register
     */
    record Fate(
            Context context,
            ChipCounter drop,
            boolean entry,
            int type,
            long errors,
            SimulatedPage page,
            int offset,
            int psn,
            Effect effect) {}

    /** What a packet does to the register of its flow. */
    enum Effect {
        NONE,
        ADVANCE,
        SEQ_MISMATCH,
        GEN_MISMATCH
    }

    private final ChipModel model;
    final Map<Integer, Context> contexts = new HashMap<>();

    ReceiveModel(ChipModel model) {
        this.model = model;
    }

    /** The fate of a packet that a chip takes off the wire; nothing changes yet. */
    Fate predict(Packet packet) {
        HeaderCopy h = packet.header();
        if ((Bth.pkey(h.bth0()) & 0x7FFF) != 0x7FFF) {
            return lost(null, ChipCounter.RX_INVAL_PKEY);
        }
        int number = contextNumber(h);
        if (number < 0) {
            return lost(null, ChipCounter.RX_NON_KD);
        }
        if (number < model.firstUserContext() || number >= model.contexts()) {
            return lost(null, ChipCounter.RX_QP_BAD_CTXT);
        }
        Context to = contexts.get(number);
        if (to == null || !to.enabled) {
            return lost(null, ChipCounter.RX_PKT_DROPPED);
        }
        int tid = IpathHeader.tid(h.vcto());
        if ((packet.rhfErrors() & Rhf.ICRCERR) != 0) {
            return entry(to, ChipCounter.RX_ICRC_ERR, Rhf.TYPE_ERROR, Rhf.ICRCERR);
        }
        int length = Lrh.lengthDwords(h.lrh());
        if (IpathHeader.version(h.vcto()) != 2
                || h.chksum() != IpathHeader.checksum(length, h.vcto(), h.pktFlags())) {
            return entry(to, ChipCounter.RX_BAD_FORMAT, Rhf.TYPE_ERROR, Rhf.KHDRERR);
        }
        if (packet.payloadBytes() > model.egrBufferBytes()) {
            return entry(to, ChipCounter.RX_INVAL_LEN, Rhf.TYPE_ERROR, Rhf.MTUERR);
        }
        return tid == 0x7FF ? entry(to, null, Rhf.TYPE_EAGER, 0) : expected(to, packet, tid);
    }

    private int contextNumber(HeaderCopy h) {
        int field = IpathHeader.context(h.vcto());
        int qp = Bth.qp(h.bth1());
        return switch (model.family()) {
            case QLE71XX -> qp == ChipModel.QP_BASE ? field : -1;
            case QLE72XX -> {
                if (qp == ChipModel.QP_BASE + 1 && field == 15) {
                    yield 16;
                }
                yield qp == ChipModel.QP_BASE ? field : -1;
            }
            case QLE73XX -> {
                if (qp == ChipModel.QP_BASE + 1) {
                    yield field + 16;
                }
                yield qp == ChipModel.QP_BASE ? field : -1;
            }
        };
    }

    private Fate expected(Context to, Packet packet, int tid) {
        HeaderCopy h = packet.header();
        int psn = h.bth2() & 0xFFFFFF;
        int index = ExpectedPsn.flow(psn);
        FlowModel flow = index < to.flows.length ? to.flows[index] : null;
        if (flow != null) {
            flow.look();
        }
        boolean checked = flow != null && flow.valid;
        if (checked && flow.generation != ExpectedPsn.generation(psn)) {
            return mismatch(to, psn, flow.keepOnGenErr, Rhf.TFGENERR, Effect.GEN_MISMATCH);
        }
        if (checked && flow.sequence != ExpectedPsn.sequence(psn)) {
            boolean entry = !flow.seqMismatch || flow.keepAfterSeqErr;
            return mismatch(to, psn, entry, Rhf.TFSEQERR, Effect.SEQ_MISMATCH);
        }
        SimulatedPage page = to.tids.get(tid);
        int offset = IpathHeader.offsetDwords(h.vcto()) * 4;
        if (page == null) {
            return entry(to, ChipCounter.RX_TID_INVALID, Rhf.TYPE_EXPECTED, Rhf.TIDERR);
        }
        if (offset + packet.payloadBytes() > 4096) {
            long errors = Rhf.TIDERR | Rhf.LENERR;
            return entry(to, ChipCounter.RX_TID_BOUNDS, Rhf.TYPE_EXPECTED, errors);
        }
        boolean asked = (h.pktFlags() & IpathHeader.HDRSUPP) != 0;
        boolean suppressed = checked && flow.suppression && asked;
        if (!suppressed && to.full()) {
            return lost(to, ChipCounter.HDRQ_FULL);
        }
        if (page.gone && packet.payloadBytes() != 0) {
            Fate fate = entry(to, ChipCounter.RX_TID_STORE, Rhf.TYPE_EXPECTED, Rhf.TIDERR);
            return new Fate(
                    to,
                    fate.drop,
                    fate.entry,
                    fate.type,
                    fate.errors,
                    page,
                    offset,
                    psn,
                    Effect.NONE);
        }
        Effect effect = checked ? Effect.ADVANCE : Effect.NONE;
        return new Fate(to, null, !suppressed, Rhf.TYPE_EXPECTED, 0, page, offset, psn, effect);
    }

    private static Fate mismatch(Context to, int psn, boolean entry, long error, Effect effect) {
        if (entry && to.full()) {
            return lost(to, ChipCounter.HDRQ_FULL);
        }
        return new Fate(
                to,
                ChipCounter.RX_TID_FLO_DROP,
                entry,
                Rhf.TYPE_EXPECTED,
                error,
                null,
                0,
                psn,
                effect);
    }

    private static Fate entry(Context to, ChipCounter drop, int type, long errors) {
        return to.full()
                ? lost(to, ChipCounter.HDRQ_FULL)
                : new Fate(to, drop, true, type, errors, null, 0, 0, Effect.NONE);
    }

    private static Fate lost(Context to, ChipCounter why) {
        return new Fate(to, why, false, 0, 0, null, 0, 0, Effect.NONE);
    }

    /** The packet has arrived. */
    static void apply(Fate fate) {
        Context to = fate.context;
        if (fate.entry) {
            to.written++;
            to.entries.add(fate);
        }
        switch (fate.effect) {
            case NONE -> {}
            case ADVANCE -> {
                FlowModel flow = to.flows[ExpectedPsn.flow(fate.psn)];
                flow.sequence = (flow.sequence + 1) % ExpectedPsn.SEQ_COUNT;
            }
            case SEQ_MISMATCH -> to.flows[ExpectedPsn.flow(fate.psn)].seqMismatch = true;
            case GEN_MISMATCH -> to.flows[ExpectedPsn.flow(fate.psn)].genMismatch = true;
        }
    }
}
