package io.softpath.daemon.chip;

import io.softpath.abi.model.ChipModel;
import io.softpath.abi.model.PioDivision;
import io.softpath.abi.packet.Bth;
import io.softpath.abi.packet.GatherRecord;
import io.softpath.abi.packet.HeaderCopy;
import io.softpath.abi.packet.IpathHeader;
import io.softpath.abi.packet.Lrh;
import io.softpath.abi.packet.MessageHeader;
import io.softpath.abi.packet.Pbc;
import io.softpath.abi.packet.PioAvail;
import io.softpath.abi.packet.PioLayout;
import io.softpath.abi.packet.Rhf;
import io.softpath.abi.region.RegionKind;
import io.softpath.abi.register.UserRegisters;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * A user of one context, played by hand over real memory: what a driver library does, and what a
 * hostile one might.
 */
public final class FakeUser {
    private static final ValueLayout.OfLong LE_LONG =
            ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt LE_INT =
            ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN);

    /** A header queue entry as the user found it. */
    public record Entry(long rhf, HeaderCopy header, long data0, long data1, byte[] payload) {
        public boolean good() {
            return Rhf.errors(rhf) == 0;
        }
    }

    public final ChipModel model;
    public final int lid;
    public final int context;
    public final TriggerMode trigger;
    public final ContextMemory memory;
    public final SendMemory sends;
    public final int firstBuffer;
    public final int bufferCount;

    private final MemorySegment availPage;
    private final long[] shadow = new long[8];
    private final int[] tags;
    private int lastTag = Pbc.NO_LAUNCH_TAG;
    int current;
    int head;
    private int seq = 1;
    private int lastEgr;

    FakeUser(
            ChipModel model,
            int lid,
            int context,
            TriggerMode trigger,
            MemorySegment availPage,
            GatherSource gather,
            Arena arena) {
        this(
                model,
                lid,
                context,
                availPage,
                allocate(model, arena),
                allocateSends(model, context, trigger, gather, arena));
    }

    /**
     * A user of memory that somebody else made, as a client of a daemon maps it.
     *
     * @param memory what the user may only read may be read-only
     */
    public FakeUser(
            ChipModel model,
            int lid,
            int context,
            MemorySegment availPage,
            ContextMemory memory,
            SendMemory sends) {
        this.model = model;
        this.lid = lid;
        this.context = context;
        this.sends = sends;
        trigger = sends.trigger();
        this.availPage = availPage;
        this.memory = memory;
        firstBuffer = sends.firstBuffer();
        bufferCount = sends.count();
        tags = new int[bufferCount];
        adoptAvail();
    }

    private static ContextMemory allocate(ChipModel model, Arena arena) {
        return new ContextMemory(
                arena.allocate(RegionKind.UREGS.maxBytes(model, 0), 4096),
                arena.allocate(model.rcvHdrAllocBytes(), 4096),
                arena.allocate(model.egrTotalBytes(), 4096),
                model.tailInMemory() ? arena.allocate(4096, 4096) : null);
    }

    private static SendMemory allocateSends(
            ChipModel model, int context, TriggerMode trigger, GatherSource gather, Arena arena) {
        PioDivision division = PioDivision.of(model);
        int count = division.count(context);
        return new SendMemory(
                arena.allocate((long) count * model.pioAlign(), 4096),
                division.first(context),
                count,
                trigger,
                gather);
    }

    /**
     * Takes the chip's copy as it is, check bits too: what a user does at start and after a disarm.
     */
    public void adoptAvail() {
        for (int i = 0; i < model.availQwords(); i++) {
            shadow[i] = dma(i);
        }
    }

    public MemorySegment availPage() {
        return availPage;
    }

    private long dma(int qword) {
        int shown = model.availSwapped() ? PioAvail.swappedIndex(qword) : qword;
        return availPage.get(LE_LONG, shown * 8L);
    }

    /** The chip's copy of one of this user's buffers: bit 0 check, bit 1 busy. */
    int shownAvail(int buffer) {
        int number = firstBuffer + buffer;
        return (int) (dma(PioAvail.qwordIndex(number)) >>> 2 * (number % 32)) & 3;
    }

    /**
     * @return a free buffer in ring order, or -1
     */
    public int takeBuffer() {
        for (int i = 0; i < bufferCount; i++) {
            int buffer = (current + i) % bufferCount;
            int number = firstBuffer + buffer;
            int qword = PioAvail.qwordIndex(number);
            if (PioAvail.busy(shadow[qword], number)) {
                shadow[qword] = PioAvail.refresh(shadow[qword], dma(qword));
            }
            if (!PioAvail.busy(shadow[qword], number)) {
                shadow[qword] = PioAvail.take(shadow[qword], number);
                current = (buffer + 1) % bufferCount;
                return buffer;
            }
        }
        return -1;
    }

    /** Sends one eager packet with a correct header; false when no buffer is free. */
    public boolean send(int dlid, int destination, long data0, byte[] payload) {
        int buffer = takeBuffer();
        if (buffer < 0) {
            return false;
        }
        write(buffer, dlid, destination, data0, payload);
        launch(buffer, Pbc.ofPayload(payload.length));
        return true;
    }

    /** Writes header and payload of an eager packet, without launching it. */
    public void write(int buffer, int dlid, int destination, long data0, byte[] payload) {
        MemorySegment pio = sends.pioBuffers();
        long at = (long) buffer * model.pioAlign();
        long header = at + PioLayout.HEADER;
        int length = Pbc.lengthDwords(Pbc.ofPayload(payload.length));
        int vcto =
                IpathHeader.vcto(
                        IpathHeader.VERSION,
                        IpathHeader.contextField(model.family(), destination),
                        IpathHeader.TID_EAGER,
                        0);
        MessageHeader.putLrh(pio, header, Lrh.of(0, 0, dlid, length, lid));
        MessageHeader.putBth0(pio, header, Bth.bth0(Bth.OPCODE_PSM, 0, Bth.DEFAULT_PKEY));
        MessageHeader.putBth1(
                pio, header, Bth.bth1(IpathHeader.qp(model.family(), model.qpBase(), destination)));
        MessageHeader.putBth2(pio, header, Bth.bth2(0));
        MessageHeader.putVcto(pio, header, vcto);
        MessageHeader.putChksum(pio, header, IpathHeader.checksum(length, vcto, 0));
        MessageHeader.putPktFlags(pio, header, 0);
        MessageHeader.putSubOpcode(pio, header, 0x05);
        MessageHeader.putFlags(pio, header, 0);
        MessageHeader.putAck(pio, header, (context & 0xF) << 24 | context >>> 4 << 30);
        MessageHeader.putData0(pio, header, data0);
        MessageHeader.putData1(pio, header, payload.length);
        if (trigger == TriggerMode.LAST_DWORD) {
            // The length first, the last dword of the packet last: the launch() that follows stores
            // it.
            Pbc.put(pio, at, Pbc.of(length));
        }
        int plain =
                trigger == TriggerMode.LAST_DWORD
                        ? Math.max(0, payload.length - 4)
                        : payload.length;
        MemorySegment.copy(payload, 0, pio, ValueLayout.JAVA_BYTE, at + PioLayout.PAYLOAD, plain);
        lastDword =
                payload.length >= 4
                        ? MemorySegment.ofArray(payload)
                                .get(LE_INT.withByteAlignment(1), payload.length - 4L)
                        : 0;
    }

    /** Writes header and payload of an expected packet, without launching it. */
    public void writeExpected(
            int buffer,
            int dlid,
            int destination,
            int tid,
            int offsetBytes,
            int psn,
            int pktFlags,
            long data0,
            byte[] payload) {
        write(buffer, dlid, destination, data0, payload);
        MemorySegment pio = sends.pioBuffers();
        long header = headerOf(buffer);
        int vcto =
                IpathHeader.vcto(
                        IpathHeader.VERSION,
                        IpathHeader.contextField(model.family(), destination),
                        tid,
                        offsetBytes / Integer.BYTES);
        int length = Pbc.lengthDwords(Pbc.ofPayload(payload.length));
        MessageHeader.putBth2(pio, header, Bth.bth2(psn));
        MessageHeader.putVcto(pio, header, vcto);
        MessageHeader.putPktFlags(pio, header, pktFlags);
        MessageHeader.putChksum(pio, header, IpathHeader.checksum(length, vcto, pktFlags));
    }

    /** Sends one expected packet with a correct header; false when no buffer is free. */
    public boolean sendExpected(
            int dlid,
            int destination,
            int tid,
            int offsetBytes,
            int psn,
            int pktFlags,
            long data0,
            byte[] payload) {
        int buffer = takeBuffer();
        if (buffer < 0) {
            return false;
        }
        writeExpected(buffer, dlid, destination, tid, offsetBytes, psn, pktFlags, data0, payload);
        launch(buffer, Pbc.ofPayload(payload.length));
        return true;
    }

    /** A gather record; whatever it says. */
    public static byte[] gatherRecord(
            int handle,
            long sourceOffset,
            int length,
            int pageOffset,
            int interval,
            int flags,
            int... tids) {
        int bytes = GatherRecord.bytes(tids.length);
        MemorySegment record = MemorySegment.ofArray(new long[(bytes + 7) / 8]);
        GatherRecord.write(
                record, 0, handle, sourceOffset, length, pageOffset, tids.length, interval, flags);
        for (int i = 0; i < tids.length; i++) {
            GatherRecord.putTid(record, 0, i, tids[i]);
        }
        return record.asSlice(0, bytes).toArray(ValueLayout.JAVA_BYTE);
    }

    /** Launches a gather record behind the header of its first packet; false without a buffer. */
    public boolean sendGather(
            int dlid, int destination, int psn, int pktFlags, long data0, byte[] record) {
        int buffer = takeBuffer();
        if (buffer < 0) {
            return false;
        }
        writeExpected(buffer, dlid, destination, 0, 0, psn, pktFlags, data0, record);
        launch(buffer, Pbc.asGather(Pbc.ofPayload(record.length)));
        return true;
    }

    private int lastDword;

    /** Triggers what was written. In last-dword mode the payload's last dword is stored now. */
    public void launch(int buffer, long pbc) {
        MemorySegment pio = sends.pioBuffers();
        long at = (long) buffer * model.pioAlign();
        switch (trigger) {
            case INLINE -> {
                lastTag = Pbc.nextLaunchTag(lastTag, tags[buffer]);
                tags[buffer] = lastTag;
                Pbc.put(pio, at, Pbc.withLaunchTag(pbc, lastTag));
            }
            case SPECIAL -> {
                Pbc.put(pio, at, pbc);
                Pbc.putTrigger(pio, at + Pbc.SPECIAL_TRIGGER_OFFSET, Pbc.SPECIAL_TRIGGER_MAGIC);
            }
            case LAST_DWORD -> {
                Pbc.put(pio, at, pbc);
                int length = Pbc.lengthDwords(pbc);
                if (length * 4 < model.pioAlign()) {
                    Pbc.putTrigger(pio, at + PioLayout.lastDwordOffset(length), lastDword);
                }
            }
        }
    }

    public MemorySegment pio() {
        return sends.pioBuffers();
    }

    public long headerOf(int buffer) {
        return (long) buffer * model.pioAlign() + PioLayout.HEADER;
    }

    /**
     * @return the next entry, or null; heads are told to the chip only by {@link #updateHeads}
     */
    public Entry receive() {
        long entry = head * 4L;
        long rhf = memory.rcvHdrq().get(LE_LONG, entry + model.rhfOffsetDwords() * 4L);
        boolean ready =
                model.usesRhfSequence()
                        ? Rhf.seq(rhf) == seq
                        : head != (int) memory.rcvHdrTail().get(LE_LONG, 0);
        if (!ready) {
            return null;
        }
        long header =
                entry
                        + 4L
                                * (model.usesRhfSequence()
                                        ? Rhf.hdrqOffsetDwords(rhf)
                                        : model.headerOffsetDwords());
        byte[] payload = {};
        boolean eager = Rhf.rcvType(rhf) == Rhf.TYPE_EAGER && Rhf.errors(rhf) == 0;
        int bytes = Rhf.lengthBytes(rhf) - MessageHeader.BYTES - 4;
        if (eager && (model.useEgrBit() ? Rhf.usesEgrBuffer(rhf) : true)) {
            int index = Rhf.egrIndex(rhf);
            long at = model.egrOffsetBytes(index);
            payload = memory.rcvEgrBuffers().asSlice(at, bytes).toArray(ValueLayout.JAVA_BYTE);
            lastEgr = index;
        }
        HeaderCopy copy = new HeaderCopy();
        copy.load(memory.rcvHdrq(), header);
        Entry found =
                new Entry(
                        rhf,
                        copy,
                        MessageHeader.data0(memory.rcvHdrq(), header),
                        MessageHeader.data1(memory.rcvHdrq(), header),
                        payload);
        head = (head + model.rcvHdrEntDwords()) % ringDwords();
        seq = Rhf.nextSeq(seq);
        return found;
    }

    public int ringDwords() {
        return model.rcvHdrRingDwords();
    }

    public void updateHeads() {
        UserRegisters.RCVHDRHEAD.put(memory.userRegisters(), head);
        UserRegisters.RCVEGRINDEXHEAD.put(memory.userRegisters(), lastEgr);
    }

    /** Starts over as after RECV_CTRL 1. */
    void restart() {
        head = 0;
        seq = 1;
        lastEgr = (int) UserRegisters.RCVEGRINDEXTAIL.get(memory.userRegisters());
    }

    public static byte[] bytes(int length, int seed) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 31 + seed);
        }
        return bytes;
    }
}
