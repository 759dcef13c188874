package io.softpath.driver.receive;

import io.softpath.abi.model.ChipModel;
import io.softpath.abi.packet.Bth;
import io.softpath.abi.packet.Lrh;
import io.softpath.abi.packet.MessageHeader;
import io.softpath.abi.packet.Rhf;
import io.softpath.abi.register.UserRegisters;
import io.softpath.driver.PacketHandler;
import io.softpath.driver.PacketTrace;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.fault.FaultPoint;
import io.softpath.fault.Faults;

import java.lang.foreign.MemorySegment;

/**
 * Takes packets out of the receive header queue and gives the chip its room back.
 *
 * <p>The next entry is there when the memory copy of the tail has passed it (IBA6110, IBA6120), or
 * when its RHF carries the next sequence number, 1 to 13 (IBA7220 and later). The chip writes
 * entries and the tail, this class writes the two heads in the register page, the header head
 * first. Order and checks are those of PSM: ips_recvhdrq.c, ips_recvhdrq_progress.
 *
 * <p>The heads lie in the cache line in which the chip shows the tails, so they are not written for
 * each entry, but
 *
 * <ul>
 *   <li>every {@value #HEAD_UPDATE_ENTRIES} entries, as PSM does; in small queues every quarter of
 *       the smaller one. PSM waits for all but one of the buffers, of which the chip can fill one
 *       less: it may find the ring full while the reader has finished with all of it
 *   <li>when there has been nothing to read for {@value #FRUITLESS_LOOKS} looks, and when a caller
 *       that is going to sleep says so ({@link #flushHeads})
 *   <li>with an entry that tells of a full eager ring
 * </ul>
 *
 * <p>Owned by the receiving thread.
 */
public final class RcvHdrqReader {
    /** Entries between two writes of the heads. Source: ips_recvhdrq.c, PSM_HEAD_UPDATE. */
    static final int HEAD_UPDATE_ENTRIES = 16;

    /** At most this part of a queue is finished with and not yet given back. */
    private static final int HEAD_UPDATE_DIVISOR = 4;

    /** Looks in a row that find nothing: fewer than callers make before they yield or sleep. */
    static final int FRUITLESS_LOOKS = 32;

    private static final int NONE = -1;
    private static final int ICRC_BYTES = 4;

    private final MemorySegment rcvHdrq;
    private final MemorySegment rcvHdrTail;
    private final MemorySegment userRegisters;
    private final ReceiveSetup setup;
    private final EntryView view;
    private final ReceiveCounters counters = new ReceiveCounters();
    private final boolean tailInMemory;
    private final int entryDwords;
    private final int ringDwords;
    private final long rhfOffset;
    private final int headUpdateEntries;
    private final int eagerHeadStep;

    private int head; // dwords from the start of the queue
    private int seq = Rhf.SEQ_FIRST;
    private int entriesSinceUpdate;
    private int fruitlessLooks; // in a row, while something is not given back
    private int lastEagerIndex = NONE; // finished, not yet given back
    private int falseFullDwords; // 0: no false eager full suspected
    private boolean delivering;

    /** Null if nobody records. */
    private PacketTrace trace;

    public RcvHdrqReader(ReceiveSetup setup) {
        this.setup = setup;
        this.rcvHdrq = setup.rcvHdrq();
        this.rcvHdrTail = setup.rcvHdrTail();
        this.userRegisters = setup.userRegisters();
        this.view = new EntryView(setup.rcvHdrq(), setup.rcvEgrBufs());
        this.tailInMemory = setup.tailInMemory();
        this.entryDwords = setup.entryDwords();
        this.ringDwords = setup.entryCount() * setup.entryDwords();
        this.rhfOffset = (long) setup.rhfOffsetDwords() * Integer.BYTES;
        this.headUpdateEntries =
                Math.clamp(
                        Math.min(setup.entryCount(), setup.eagerCount()) / HEAD_UPDATE_DIVISOR,
                        1,
                        HEAD_UPDATE_ENTRIES);
        this.eagerHeadStep = setup.eagerCount() == 2 ? 1 : 0;
    }

    /**
     * Starts over, as the chip does when the context is enabled: head 0, sequence 1. To be called
     * while the context is disabled. What was read by its sequence could be taken for new then, so
     * the sequences are wiped out first; the driver does that only for the tail. Source:
     * qib_file_ops.c, qib_manage_rcvq.
     */
    public void restart() {
        if (!tailInMemory) {
            for (int entry = 0; entry < ringDwords; entry += entryDwords) {
                Rhf.put(rcvHdrq, (long) entry * Integer.BYTES + rhfOffset, 0);
            }
        }
        head = 0;
        seq = Rhf.SEQ_FIRST;
        entriesSinceUpdate = 0;
        fruitlessLooks = 0;
        lastEagerIndex = NONE;
        falseFullDwords = 0;
    }

    /** From now on somebody hears of each entry. */
    public void trace(PacketTrace listener) {
        trace = listener;
    }

    /** Whether an entry waits. */
    public boolean ready() {
        return tailInMemory ? tail() != head : Rhf.seq(rhf()) == seq;
    }

    /**
     * Gives the handler the packets that are there, at most {@code limit}.
     *
     * @return how many entries were consumed, with and without errors
     * @throws SoftpathException.Refused EDEADLK if called by the handler: its packet would come
     *     again, and the one behind it be skipped
     * @throws SoftpathException.Lost EIO if the queue holds something that the chip cannot have
     *     written
     */
    public int receive(PacketHandler handler, int limit) {
        if (delivering) {
            throw SoftpathException.of(
                    Errno.EDEADLK,
                    "receive: called by the handler of a packet: context="
                            + setup.context()
                            + ": let it return first");
        }
        int count = 0;
        while (count < limit) {
            if (tailInMemory && tail() == head) {
                break;
            }
            long rhf = rhf();
            if (!tailInMemory && Rhf.seq(rhf) != seq) {
                checkSeq(rhf);
                break;
            }
            delivering = true;
            try {
                Faults.at(FaultPoint.RECEIVE_FOUND);
                deliver(rhf, handler);
                Faults.at(FaultPoint.RECEIVE_TAKEN);
            } finally {
                delivering = false;
                advance();
            }
            count++;
        }
        if (count == 0 && entriesSinceUpdate != 0 && ++fruitlessLooks >= FRUITLESS_LOOKS) {
            updateHeads();
        }
        return count;
    }

    /** Writes both heads out, so that the chip has all the room there is. */
    public void flushHeads() {
        if (entriesSinceUpdate != 0) {
            updateHeads();
        }
    }

    public ReceiveCounters counters() {
        return counters;
    }

    private void deliver(long rhf, PacketHandler handler) {
        long headerOffset = headerOffset(rhf);
        long errors = Rhf.errors(rhf);
        boolean eager = Rhf.rcvType(rhf) == Rhf.TYPE_EAGER;
        boolean usesBuffer = setup.useEagerBit() ? Rhf.usesEgrBuffer(rhf) : eager;
        if (eager && (errors & Rhf.TIDERR) != 0) {
            usesBuffer = false; // the ring was full: the index is the tail's and stays the chip's
            counters.eagerFull++;
            suspectFalseEagerFull();
            entriesSinceUpdate = headUpdateEntries; // the chip wants them back with this entry
        }
        long payloadOffset = 0;
        int payloadLength = 0;
        if (usesBuffer) {
            int index = Rhf.egrIndex(rhf);
            if (index >= setup.eagerCount()) {
                throw corrupt("eager index=" + index + " bound=" + setup.eagerCount(), rhf);
            }
            lastEagerIndex = index;
            falseFullDwords = 0;
            payloadOffset =
                    (long) (index / setup.eagerPerChunk()) * setup.eagerChunkBytes()
                            + (long) (index % setup.eagerPerChunk()) * setup.eagerBytes();
            payloadLength = payloadLength(rhf, headerOffset, errors, setup.eagerBytes());
        } else if (Rhf.rcvType(rhf) == Rhf.TYPE_EXPECTED) {
            payloadLength = payloadLength(rhf, headerOffset, errors, ChipModel.TID_MAX_SIZE);
        }
        boolean possible = payloadLength >= 0;
        int length = Math.max(0, payloadLength);
        view.move(rhf, headerOffset, payloadOffset, length);
        if (trace != null) {
            trace.read(
                    rhf,
                    rcvHdrq,
                    headerOffset,
                    setup.rcvEgrBufs(),
                    payloadOffset,
                    usesBuffer ? length : 0);
        }
        if (errors != 0 || Rhf.rcvType(rhf) >= Rhf.TYPE_NON_KD) {
            counters.count(errors);
            handler.onError(view);
        } else if (possible && isMine(rhf, headerOffset)) {
            counters.packets++;
            counters.bytes += payloadLength;
            handler.onPacket(view);
        } else {
            counters.unknown++;
        }
    }

    /**
     * Length from the RHF: header and invariant CRC taken off, and the padding that the BTH tells.
     * The length is the chip's word, the padding the sender's, who may say anything: negative if it
     * says that there is more of it than payload.
     */
    private int payloadLength(long rhf, long headerOffset, long errors, int bound) {
        int whole = Rhf.lengthBytes(rhf) - MessageHeader.BYTES - ICRC_BYTES;
        int length = whole - Bth.padBytes(MessageHeader.bth0(rcvHdrq, headerOffset));
        if (errors != 0) {
            return Math.clamp(length, 0, bound);
        }
        if (whole < 0 || length > bound) {
            throw corrupt("payloadLength=" + length + " bound=" + bound, rhf);
        }
        return length;
    }

    /**
     * The RHF's length is the LRH's, and the packet came for this port; PSM skips others silently.
     * The chip vouches for the sender's context only where the opcode says that the header has one.
     */
    private boolean isMine(long rhf, long headerOffset) {
        long lrh = MessageHeader.lrh(rcvHdrq, headerOffset);
        return Lrh.lengthDwords(lrh) == Rhf.lengthDwords(rhf)
                && Lrh.dlid(lrh) == setup.lid()
                && Bth.opcode(MessageHeader.bth0(rcvHdrq, headerOffset)) == Bth.OPCODE_PSM;
    }

    private long headerOffset(long rhf) {
        int offsetDwords =
                setup.headerOffsetDwords() >= 0
                        ? setup.headerOffsetDwords()
                        : Rhf.hdrqOffsetDwords(rhf);
        if (offsetDwords > entryDwords - MessageHeader.BYTES / Integer.BYTES) {
            throw corrupt("hdrqOffsetDwords=" + offsetDwords + " entryDwords=" + entryDwords, rhf);
        }
        return (long) (head + offsetDwords) * Integer.BYTES;
    }

    private void advance() {
        head += entryDwords;
        if (head == ringDwords) {
            head = 0;
        }
        seq = Rhf.nextSeq(seq);
        fruitlessLooks = 0;
        if (++entriesSinceUpdate >= headUpdateEntries) {
            updateHeads();
        }
        if (falseFullDwords > 0) {
            falseFullDwords -= entryDwords;
            if (falseFullDwords <= 0) {
                recoverFromFalseEagerFull();
            }
        }
    }

    /**
     * The header head first, the eager head right after. The eager head is the last buffer that is
     * finished with, and the ring is full when the tail is just before it: of N buffers the chip
     * can fill N - 2, then. Of two that is none, and the ring would be full for ever. There the
     * head goes one further, to where the driver has it when it enables a context: nothing is in
     * use.
     */
    private void updateHeads() {
        entriesSinceUpdate = 0;
        UserRegisters.RCVHDRHEAD.put(userRegisters, head);
        if (lastEagerIndex != NONE) {
            Faults.at(FaultPoint.RECEIVE_BETWEEN_HEADS);
            int eagerHead = (lastEagerIndex + eagerHeadStep) % setup.eagerCount();
            UserRegisters.RCVEGRINDEXHEAD.put(userRegisters, eagerHead);
            lastEagerIndex = NONE;
        }
    }

    /**
     * The head is the last buffer finished, so after traffic that all found the ring full nothing
     * would ever move it. Note how many entries exist now; if none of them used a buffer,
     * everything is free.
     */
    private void suspectFalseEagerFull() {
        if (falseFullDwords > 0 || lastEagerIndex != NONE || !eagerRingFull()) {
            return;
        }
        int tail = tailInMemory ? tail() : checkedTail(UserRegisters.RCVHDRTAIL.get(userRegisters));
        int dwords = tail - head;
        // This entry is one of them, even if the register is behind it.
        falseFullDwords = Math.max(dwords < 0 ? dwords + ringDwords : dwords, entryDwords);
    }

    private void recoverFromFalseEagerFull() {
        falseFullDwords = 0;
        if (lastEagerIndex == NONE && eagerRingFull()) {
            long tail = UserRegisters.RCVEGRINDEXTAIL.get(userRegisters);
            UserRegisters.RCVEGRINDEXHEAD.put(userRegisters, tail);
            counters.eagerOverflows++;
        }
    }

    private boolean eagerRingFull() {
        long eagerHead = UserRegisters.RCVEGRINDEXHEAD.getPlain(userRegisters);
        long eagerTail = UserRegisters.RCVEGRINDEXTAIL.get(userRegisters);
        return eagerHead == (eagerTail + 1) % setup.eagerCount();
    }

    /** Acquire load of the RHF at the head; pairs with the chip's release store of it. */
    private long rhf() {
        return Rhf.get(rcvHdrq, (long) head * Integer.BYTES + rhfOffset);
    }

    /** Acquire load of the memory copy of the tail; pairs with the chip's release store of it. */
    private int tail() {
        return checkedTail(UserRegisters.RCVHDRTAIL.get(rcvHdrTail));
    }

    private int checkedTail(long tail) {
        if (tail < 0 || tail >= ringDwords || tail % entryDwords != 0) {
            throw corrupt(
                    "tail=" + tail + " ringDwords=" + ringDwords + " entryDwords=" + entryDwords,
                    0);
        }
        return (int) tail;
    }

    private void checkSeq(long rhf) {
        if (Rhf.seq(rhf) > Rhf.SEQ_MAX) {
            throw corrupt("seq=" + Rhf.seq(rhf) + " bound=" + Rhf.SEQ_MAX, rhf);
        }
    }

    private SoftpathException corrupt(String what, long rhf) {
        return new SoftpathException.Lost(
                Errno.EIO,
                String.format(
                        "receive: rcvhdrq is inconsistent: %s headDwords=%d rhf=0x%x context=%d",
                        what, head, rhf, setup.context()));
    }
}
