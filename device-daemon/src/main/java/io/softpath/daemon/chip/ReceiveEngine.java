package io.softpath.daemon.chip;

import io.softpath.abi.model.ChipModel;
import io.softpath.abi.packet.Bth;
import io.softpath.abi.packet.HeaderCopy;
import io.softpath.abi.packet.IpathHeader;
import io.softpath.abi.packet.Lrh;
import io.softpath.abi.packet.Pbc;
import io.softpath.abi.packet.Rhf;
import io.softpath.abi.register.ChipCounter;
import io.softpath.abi.register.ErrorStatus;

import java.lang.foreign.MemorySegment;

/**
 * From the wire to a context's header queue, its eager buffers, and the pages of its TIDs.
 *
 * <p>The order of stores is the chip's: payload, header, RHF (release), then the tail (release). A
 * reader that has seen the RHF's sequence, or the tail, sees all of it. Every packet ends in an
 * entry or in exactly one drop counter. Source: ipath_driver.c, ipath_kreceive; ipath_common.h,
 * INFINIPATH_RHF_*.
 */
final class ReceiveEngine {

    private final Chip chip;
    private final ChipModel model;
    private final int lid;
    private final PartitionKeys partitionKeys;
    private final Counters counters;
    private final ContextReceive[] contexts;
    private final long rhfOffset;
    private final long headerOffset;
    private final int hdrqOffsetDwords;

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
        int dlid = Lrh.dlid(lrh);
        if (dlid != lid && dlid <= Lrh.MAX_UNICAST_LID) {
            counters.increment(ChipCounter.RX_DLID_FLTR);
            return;
        }
        if (!partitionKeys.accepts(Bth.pkey(header.bth0()))) {
            counters.increment(ChipCounter.RX_INVAL_PKEY);
            return;
        }
        int vcto = header.vcto();
        int number =
                IpathHeader.context(
                        model.family(),
                        model.qpBase(),
                        IpathHeader.context(vcto),
                        Bth.qp(header.bth1()));
        if (number < 0) {
            counters.increment(ChipCounter.RX_NON_KD);
            return;
        }
        if (number < model.firstUserContext() || number >= contexts.length) {
            counters.increment(ChipCounter.RX_QP_BAD_CTXT);
            return;
        }
        ContextReceive to = contexts[number];
        if (to == null || !to.enabled) {
            counters.increment(ChipCounter.RX_PKT_DROPPED);
            return;
        }
        if (to.hdrqFull()) {
            counters.increment(ChipCounter.HDRQ_FULL, number);
            chip.raise(ErrorStatus.RCV_HDR_FULL);
            chip.wakeAll();
            return;
        }
        long errors = packetErrors(packet, lrh, lengthDwords, vcto);
        if (errors != 0) {
            deliver(to, packet, lengthDwords, Rhf.TYPE_ERROR, 0, false, errors);
        } else if (IpathHeader.tid(vcto) == IpathHeader.TID_EAGER) {
            eager(to, packet, lengthDwords);
        } else {
            expected(to, packet, lengthDwords, vcto);
        }
    }

    /** Errors that make the payload worthless, each with its counter. */
    private long packetErrors(Packet packet, long lrh, int lengthDwords, int vcto) {
        long errors = packet.rhfErrors();
        HeaderCopy header = packet.header;
        if ((errors & Rhf.ICRCERR) != 0) {
            counters.increment(ChipCounter.RX_ICRC_ERR);
        } else if (IpathHeader.version(vcto) != IpathHeader.VERSION
                || !IpathHeader.checksumMatches(
                        Lrh.lnh(lrh), lengthDwords, vcto, header.chksum(), header.pktFlags())) {
            counters.increment(ChipCounter.RX_BAD_FORMAT);
            errors |= Rhf.KHDRERR;
        } else if (lengthDwords != Pbc.lengthDwordsOfPayload(packet.payloadBytes())) {
            counters.increment(ChipCounter.RX_BAD_LEN);
            errors |= Rhf.LENERR;
        } else if (packet.payloadBytes() > model.mtuBytes()) {
            counters.increment(ChipCounter.RX_INVAL_LEN);
            errors |= Rhf.MTUERR;
        }
        return errors;
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
        if (to.egrFull()) {
            counters.increment(ChipCounter.EGR_OVFL, to.context);
            counters.increment(ChipCounter.RX_TID_FULL);
            chip.raise(ErrorStatus.RCV_EGR_FULL);
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
        }
        to.advanceEgr();
        deliver(to, packet, lengthDwords, Rhf.TYPE_EAGER, index, model.useEgrBit(), 0);
    }

    /**
     * Expected packets: payload to the page that the TID names, at the packet's offset. The whole
     * payload must lie in that page, else not one byte of it is written. Source: qib_user_pages.c,
     * qib_tid_update; ipath_common.h, struct ether_header.
     */
    private void expected(ContextReceive to, Packet packet, int lengthDwords, int vcto) {
        UserPage page = to.tids.page(IpathHeader.tid(vcto));
        int offset = IpathHeader.offsetDwords(vcto) * Integer.BYTES;
        int bytes = packet.payloadBytes();
        long errors = 0;
        if (page == null) {
            counters.increment(ChipCounter.RX_TID_INVALID);
            chip.raise(ErrorStatus.RCV_BAD_TID);
            errors = Rhf.TIDERR;
        } else if (offset + bytes > UserPage.BYTES) {
            counters.increment(ChipCounter.RX_TID_BOUNDS);
            errors = Rhf.TIDERR | Rhf.LENERR;
        } else if (bytes != 0
                && !page.store(offset, packet.payload(), packet.payloadOffset(), bytes)) {
            counters.increment(ChipCounter.RX_TID_STORE);
            errors = Rhf.TIDERR;
        }
        deliver(to, packet, lengthDwords, Rhf.TYPE_EXPECTED, 0, false, errors);
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
        packet.header.store(to.rcvHdrq, entry + headerOffset);
        Rhf.put(
                to.rcvHdrq,
                entry + rhfOffset,
                Rhf.of(lengthDwords, type, egrIndex, usesEgr, to.seq, hdrqOffsetDwords, errors));
        to.seq = Rhf.nextSeq(to.seq);
        to.tail = to.tailAfter();
        to.publishTail();
        counters.increment(ChipCounter.CTXT_RX_PKT, to.context);
        if ((packet.header.pktFlags() & IpathHeader.INTR) != 0) {
            to.urgent++;
            chip.received(to, true);
        } else if (to.armed) {
            chip.received(to, false);
        }
    }
}
