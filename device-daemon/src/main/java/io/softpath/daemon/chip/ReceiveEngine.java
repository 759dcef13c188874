package io.softpath.daemon.chip;

import io.softpath.abi.model.ChipModel;
import io.softpath.abi.packet.Bth;
import io.softpath.abi.packet.ExpectedPsn;
import io.softpath.abi.packet.HeaderCopy;
import io.softpath.abi.packet.IpathHeader;
import io.softpath.abi.packet.Lrh;
import io.softpath.abi.packet.Pbc;
import io.softpath.abi.packet.Rhf;
import io.softpath.abi.register.ChipCounter;
import io.softpath.abi.register.ErrorStatus;
import io.softpath.abi.register.TidFlow;
import io.softpath.fault.FaultPoint;
import io.softpath.fault.Faults;

import java.lang.foreign.MemorySegment;

/**
 * From the wire to a context's header queue, its eager buffers, and the pages of its TIDs.
 *
 * <p>The order of stores is the chip's: payload, header, RHF (release), then the tail (release). A
 * reader that has seen the RHF's sequence, or the tail, sees all of it. Every packet ends in an
 * entry, without one as it asked, or in exactly one drop counter. Source: ipath_driver.c,
 * ipath_kreceive; ipath_common.h, INFINIPATH_RHF_*.
 */
final class ReceiveEngine {
    /** Of a TID flow whose packets are checked and may go without an entry. */
    private static final int SUPPRESSING = TidFlow.VALID | TidFlow.HDR_SUPP;

    private final Chip chip;
    private final ChipModel model;
    private final int lid;
    private final PartitionKeys partitionKeys;
    private final Counters counters;
    private final ContextReceive[] contexts;
    private final long rhfOffset;
    private final long headerOffset;
    private final int hdrqOffsetDwords;

    /** Why {@link #addressee} found none. */
    private ChipCounter whyNoAddressee = ChipCounter.RX_PKT_DROPPED;

    /** The context whose TID flows may be ahead of what its user sees. */
    private ContextReceive behind;

    ReceiveEngine(
            Chip chip,
            ChipModel model,
            int lid,
            PartitionKeys partitionKeys,
            Counters counters,
            ContextReceive[] contexts) {
        this.chip = chip;
        this.model = model;
        this.lid = lid;
        this.partitionKeys = partitionKeys;
        this.counters = counters;
        this.contexts = contexts;
        rhfOffset = (long) model.rhfOffsetDwords() * Integer.BYTES;
        headerOffset = (long) model.headerOffsetDwords() * Integer.BYTES;
        hdrqOffsetDwords = model.usesRhfSequence() ? model.headerOffsetDwords() : 0;
    }

    void receive(Packet packet) {
        HeaderCopy header = packet.header;
        long lrh = header.lrh();
        int lengthDwords = Lrh.lengthDwords(lrh);
        counters.increment(ChipCounter.RX_PKT);
        counters.add(ChipCounter.RX_WORDS, lengthDwords);
        ContextReceive to = addressee(header);
        if (to == null) {
            counters.increment(whyNoAddressee);
            dropped(Chip.NO_CONTEXT, whyNoAddressee, packet);
            return;
        }
        int vcto = header.vcto();
        long errors = packetErrors(packet, lrh, lengthDwords, vcto);
        boolean eager = IpathHeader.tid(vcto) == IpathHeader.TID_EAGER;
        if (errors == 0 && !eager) {
            expected(to, packet, lengthDwords, vcto);
        } else if (!overflows(to, packet)) {
            if (errors != 0) {
                count(errors);
                deliver(to, packet, lengthDwords, Rhf.TYPE_ERROR, 0, false, errors);
            } else {
                eager(to, packet, lengthDwords);
            }
        }
    }

    /** The context that a packet is for; null for none here, {@link #whyNoAddressee} says why. */
    private ContextReceive addressee(HeaderCopy header) {
        int dlid = Lrh.dlid(header.lrh());
        if (dlid != lid && dlid <= Lrh.MAX_UNICAST_LID) {
            return nobody(ChipCounter.RX_DLID_FLTR);
        }
        if (!partitionKeys.accepts(Bth.pkey(header.bth0()))) {
            return nobody(ChipCounter.RX_INVAL_PKEY);
        }
        int number =
                IpathHeader.context(
                        model.family(),
                        model.qpBase(),
                        IpathHeader.context(header.vcto()),
                        Bth.qp(header.bth1()));
        if (number < 0) {
            return nobody(ChipCounter.RX_NON_KD);
        }
        if (number < model.firstUserContext() || number >= contexts.length) {
            return nobody(ChipCounter.RX_QP_BAD_CTXT);
        }
        ContextReceive to = contexts[number];
        return to == null || !to.enabled ? nobody(ChipCounter.RX_PKT_DROPPED) : to;
    }

    private ContextReceive nobody(ChipCounter why) {
        whyNoAddressee = why;
        return null;
    }

    /**
     * Takes packets of a flow that are all in order and without entries, up to the first that is
     * not: what {@link #receive} would do with each, without looking at each.
     *
     * @return how many; the next one is for {@link #receive}, which counts what is wrong with it
     */
    int receiveRun(Packet first, PacketRun run) {
        HeaderCopy header = first.header;
        int psn = Bth.psn(header.bth2());
        int flow = ExpectedPsn.flow(psn);
        int lengthDwords = Lrh.lengthDwords(header.lrh());
        ContextReceive to = addressee(header);
        if (to == null
                || flow >= to.flows.count()
                || packetErrors(first, header.lrh(), lengthDwords, header.vcto()) != 0) {
            return 0;
        }
        int register = to.flows.read(flow);
        if ((register & SUPPRESSING) != SUPPRESSING || !isNext(psn, register)) {
            return 0;
        }
        int taken = first.storeTo(to.tids, run);
        if (taken != 0) {
            counters.add(ChipCounter.RX_PKT, taken);
            counters.add(ChipCounter.RX_WORDS, (long) taken * lengthDwords);
            counters.add(ChipCounter.RX_HDR_SUPP, taken);
            if (chip.trace != null) {
                chip.trace.storedRun(to.context, first, taken);
            }
            advance(to, flow, taken);
        }
        return taken;
    }

    /** Whether there is no room for the entry that a packet needs: the packet is then dropped. */
    private boolean overflows(ContextReceive to, Packet packet) {
        if (!to.hdrqFull() && !Faults.strikes(FaultPoint.CHIP_HEADER_QUEUE_FULL)) {
            return false;
        }
        counters.increment(ChipCounter.HDRQ_FULL, to.context);
        dropped(to.context, ChipCounter.HDRQ_FULL, packet);
        chip.raise(ErrorStatus.RCV_HDR_FULL);
        chip.wakeAll();
        return true;
    }

    /** Errors that make the payload worthless; without effect. */
    private long packetErrors(Packet packet, long lrh, int lengthDwords, int vcto) {
        long errors = packet.rhfErrors();
        HeaderCopy header = packet.header;
        if ((errors & Rhf.ICRCERR) != 0) {
            return errors;
        }
        if (IpathHeader.version(vcto) != IpathHeader.VERSION
                || !IpathHeader.checksumMatches(
                        Lrh.lnh(lrh), lengthDwords, vcto, header.chksum(), header.pktFlags())) {
            return errors | Rhf.KHDRERR;
        }
        if (lengthDwords != Pbc.lengthDwordsOfPayload(packet.payloadBytes())) {
            return errors | Rhf.LENERR;
        }
        return packet.payloadBytes() > model.mtuBytes() ? errors | Rhf.MTUERR : errors;
    }

    private void count(long errors) {
        if ((errors & Rhf.ICRCERR) != 0) {
            counters.increment(ChipCounter.RX_ICRC_ERR);
        } else if ((errors & Rhf.KHDRERR) != 0) {
            counters.increment(ChipCounter.RX_BAD_FORMAT);
        } else if ((errors & Rhf.LENERR) != 0) {
            counters.increment(ChipCounter.RX_BAD_LEN);
        } else if ((errors & Rhf.MTUERR) != 0) {
            counters.increment(ChipCounter.RX_INVAL_LEN);
        } else if ((errors & Rhf.VCRCERR) != 0) {
            counters.increment(ChipCounter.RX_VCRC_ERR);
        }
    }

    /** Eager packets: payload to the buffer at the tail; old chips use one up for every packet. */
    private void eager(ContextReceive to, Packet packet, int lengthDwords) {
        int bytes = packet.payloadBytes();
        boolean needsBuffer = bytes != 0 || !model.useEgrBit();
        if (!needsBuffer) {
            deliver(to, packet, lengthDwords, Rhf.TYPE_EAGER, 0, false, 0);
            return;
        }
        int index = to.egrTail;
        if (to.egrFull() || Faults.strikes(FaultPoint.CHIP_EAGER_EXHAUSTED)) {
            counters.increment(ChipCounter.EGR_OVFL, to.context);
            counters.increment(ChipCounter.RX_TID_FULL);
            chip.raise(ErrorStatus.RCV_EGR_FULL);
            to.publishEgrTail(); // who sees the entry looks there next
            deliver(to, packet, lengthDwords, Rhf.TYPE_EAGER, index, false, Rhf.TIDERR);
            chip.wakeAll();
            return;
        }
        if (bytes != 0) {
            MemorySegment.copy(
                    packet.payload(),
                    packet.payloadOffset(),
                    to.rcvEgrBuffers,
                    model.egrOffsetBytes(index),
                    bytes);
            if (chip.trace != null) {
                chip.trace.storedEager(to.context, index, packet);
            }
        }
        Faults.at(FaultPoint.CHIP_PAYLOAD_PLACED);
        to.advanceEgr();
        deliver(to, packet, lengthDwords, Rhf.TYPE_EAGER, index, model.useEgrBit(), 0);
    }

    /**
     * Expected packets: payload to the page that the TID names, at the packet's offset. The whole
     * payload must lie in that page, else not one byte of it is written. Source: qib_user_pages.c,
     * qib_tid_update; ipath_common.h, struct ether_header.
     *
     * <p>Where the chip has TID flows, a packet of a valid flow must be the next one of it, and may
     * ask to have no entry. One that needs an entry and finds no room for it is dropped before it
     * has had any effect, so that its user can have it sent again.
     */
    private void expected(ContextReceive to, Packet packet, int lengthDwords, int vcto) {
        HeaderCopy header = packet.header;
        int psn = Bth.psn(header.bth2());
        int flow = ExpectedPsn.flow(psn);
        int register = 0;
        if (flow < to.flows.count()) {
            register = to.flows.read(flow);
            if (register == TidFlows.UNSTEADY) {
                counters.increment(ChipCounter.RX_TID_FLO_DROP);
                dropped(to.context, ChipCounter.RX_TID_FLO_DROP, packet);
                return;
            }
        }
        boolean checked = (register & TidFlow.VALID) != 0;
        if (checked && !isNext(psn, register)) {
            mismatch(to, packet, lengthDwords, psn, register);
            return;
        }
        UserPage page = to.tids.page(IpathHeader.tid(vcto));
        int offset = IpathHeader.offsetDwords(vcto) * Integer.BYTES;
        int bytes = packet.payloadBytes();
        if (page == null) {
            refuse(to, packet, lengthDwords, ChipCounter.RX_TID_INVALID, Rhf.TIDERR);
            return;
        }
        if (offset + bytes > UserPage.BYTES) {
            refuse(to, packet, lengthDwords, ChipCounter.RX_TID_BOUNDS, Rhf.TIDERR | Rhf.LENERR);
            return;
        }
        boolean suppressed =
                checked
                        && (register & TidFlow.HDR_SUPP) != 0
                        && (header.pktFlags() & IpathHeader.HDRSUPP) != 0;
        if (!suppressed && overflows(to, packet)) {
            return;
        }
        if (bytes != 0 && !packet.storeTo(page, offset)) {
            refuse(to, packet, lengthDwords, ChipCounter.RX_TID_STORE, Rhf.TIDERR);
            return;
        }
        if (chip.trace != null) {
            chip.trace.storedExpected(to.context, IpathHeader.tid(vcto), offset, packet);
        }
        Faults.at(FaultPoint.CHIP_TID_STORED);
        if (checked) {
            advance(to, flow, 1);
        }
        if (!suppressed) {
            deliver(to, packet, lengthDwords, Rhf.TYPE_EXPECTED, 0, false, 0);
            return;
        }
        counters.increment(ChipCounter.RX_HDR_SUPP);
        if ((header.pktFlags() & IpathHeader.INTR) != 0) {
            packet.showPayload();
            to.flows.publish();
            urgent(to);
        }
    }

    /** Whether this is the packet that the flow takes next. */
    private static boolean isNext(int psn, int register) {
        return ExpectedPsn.generation(psn) == TidFlow.generation(register)
                && ExpectedPsn.sequence(psn) == TidFlow.sequence(register);
    }

    private void advance(ContextReceive to, int flow, int packets) {
        if (behind != to) {
            publishFlows();
            behind = to;
        }
        to.flows.advance(flow, packets);
    }

    /** Shows users the flow registers that packets without an entry have counted up. */
    void publishFlows() {
        if (behind != null) {
            behind.flows.publish();
            behind = null;
        }
    }

    /** The payload of an expected packet is dropped; whoever sent it, its entry is not. */
    private void refuse(
            ContextReceive to, Packet packet, int lengthDwords, ChipCounter reason, long errors) {
        if (overflows(to, packet)) {
            return;
        }
        counters.increment(reason);
        if (reason == ChipCounter.RX_TID_INVALID) {
            chip.raise(ErrorStatus.RCV_BAD_TID);
        }
        deliver(to, packet, lengthDwords, Rhf.TYPE_EXPECTED, 0, false, errors);
    }

    /**
     * An expected packet that is not the next one of its flow: dropped, with an entry for the first
     * wrong sequence number, and for more where the register asks for them.
     */
    private void mismatch(
            ContextReceive to, Packet packet, int lengthDwords, int psn, int register) {
        boolean generation = ExpectedPsn.generation(psn) != TidFlow.generation(register);
        int mismatch = generation ? TidFlow.GEN_MISMATCH : TidFlow.SEQ_MISMATCH;
        boolean entry =
                generation
                        ? (register & TidFlow.KEEP_ON_GEN_ERR) != 0
                        : (register & TidFlow.SEQ_MISMATCH) == 0
                                || (register & TidFlow.KEEP_AFTER_SEQ_ERR) != 0;
        if (entry && overflows(to, packet)) {
            return;
        }
        counters.increment(ChipCounter.RX_TID_FLO_DROP);
        to.flows.mismatched(ExpectedPsn.flow(psn), mismatch);
        if (!entry) {
            dropped(to.context, ChipCounter.RX_TID_FLO_DROP, packet);
        } else {
            long error = generation ? Rhf.TFGENERR : Rhf.TFSEQERR;
            deliver(to, packet, lengthDwords, Rhf.TYPE_EXPECTED, 0, false, error);
        }
    }

    private void deliver(
            ContextReceive to,
            Packet packet,
            int lengthDwords,
            int type,
            int egrIndex,
            boolean usesEgr,
            long errors) {
        long entry = (long) to.tail * Integer.BYTES;
        packet.showPayload();
        packet.header.store(to.rcvHdrq, entry + headerOffset);
        to.flows.publish();
        long rhf = Rhf.of(lengthDwords, type, egrIndex, usesEgr, to.seq, hdrqOffsetDwords, errors);
        if (chip.trace != null) {
            chip.trace.delivering(to.context, to.tail, rhf, packet);
        }
        Faults.at(FaultPoint.CHIP_BEFORE_RHF);
        Rhf.put(to.rcvHdrq, entry + rhfOffset, rhf);
        Faults.at(FaultPoint.CHIP_RHF_WRITTEN);
        to.seq = Rhf.nextSeq(to.seq);
        to.tail = to.tailAfter();
        to.publishTails();
        Faults.at(FaultPoint.CHIP_TAIL_SHOWN);
        counters.increment(ChipCounter.CTXT_RX_PKT, to.context);
        if ((packet.header.pktFlags() & IpathHeader.INTR) != 0) {
            urgent(to);
        } else if (to.armed) {
            chip.received(to, false);
        }
    }

    private void dropped(int context, ChipCounter why, Packet packet) {
        if (chip.trace != null) {
            chip.trace.dropped(context, why, packet);
        }
    }

    private void urgent(ContextReceive to) {
        to.urgent++;
        chip.received(to, true);
    }
}
