package io.softpath.driver;

import io.softpath.abi.control.AbiVersion;
import io.softpath.abi.control.BaseInfo;
import io.softpath.abi.control.ControlRecord;
import io.softpath.abi.control.RuntimeFlags;
import io.softpath.abi.control.UnitStatus;
import io.softpath.abi.model.ChipModel;
import io.softpath.abi.model.PioDivision;
import io.softpath.abi.packet.Bth;
import io.softpath.abi.packet.ExpectedPsn;
import io.softpath.abi.packet.GatherRecord;
import io.softpath.abi.packet.HeaderCopy;
import io.softpath.abi.packet.IpathHeader;
import io.softpath.abi.packet.Lrh;
import io.softpath.abi.packet.MessageHeader;
import io.softpath.abi.packet.Pbc;
import io.softpath.abi.packet.PioAvail;
import io.softpath.abi.packet.Rhf;
import io.softpath.abi.region.AvailPage;
import io.softpath.abi.region.RegionKind;
import io.softpath.abi.region.Tokens;
import io.softpath.abi.register.TidFlow;
import io.softpath.abi.register.UserRegisters;
import io.softpath.driver.receive.ReceiveSetup;
import io.softpath.driver.send.SendSetup;
import io.softpath.memory.Mapper;
import io.softpath.memory.Mapping;
import io.softpath.memory.RegionFile;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.LongSupplier;

/**
 * The chip's side of one context, played by hand over real sealed memory: launches are found when a
 * test looks, packets are received when a test says so. Every qword and dword is a little-endian
 * x86 or arm64 one.
 */
public final class FakeChip implements AutoCloseable {
    public static final int LID = 1;
    private static final int POISON = 0x5EA1_5EA1;

    private final ChipModel model;
    private final int context;
    private final LaunchMode launch;
    private final int first;
    private final int count;
    private final Arena arena = Arena.ofShared();
    private final Map<RegionKind, RegionFile> files = new EnumMap<>(RegionKind.class);
    private final int[] launchTags;
    private final long[] avail = new long[PioAvail.MAX_QWORDS];
    private final Deque<Integer> inFlight = new ArrayDeque<>();
    private int nextBuffer;
    private int tail;
    private int seq = Rhf.SEQ_FIRST;
    private int eagerTail;
    private boolean enabled = true;
    private volatile boolean gather;
    private final AtomicReferenceArray<MemorySegment> tidPages = new AtomicReferenceArray<>(512);
    private final Map<Integer, MemorySegment> pinned = new ConcurrentHashMap<>();

    public FakeChip(ChipModel model, int context, LaunchMode launch) {
        this.model = model;
        this.context = context;
        this.launch = launch;
        this.first = PioDivision.of(model).first(context);
        this.count = PioDivision.of(model).count(context);
        this.launchTags = new int[count];
        for (RegionKind kind : RegionKind.values()) {
            if (kind.exists(model)) {
                files.put(
                        kind,
                        RegionFile.create(
                                kind,
                                kind.fileName(0, context),
                                kind.maxBytes(model, count),
                                arena));
            }
        }
        for (int i = 0; i < count; i++) {
            poison(i);
        }
        status(
                UnitStatus.INITTED
                        | UnitStatus.CHIP_PRESENT
                        | UnitStatus.IB_CONF
                        | UnitStatus.IB_READY);
    }

    /** A launched packet, copied out of its buffer. */
    public record Packet(int buffer, long pbc, MemorySegment header, MemorySegment payload) {
        public long lrh() {
            return MessageHeader.lrh(header, 0);
        }
    }

    // The user's side.

    public RegionFile file(RegionKind kind) {
        return files.get(kind);
    }

    public Mapping map(RegionKind kind) {
        RegionFile file = files.get(kind);
        return Mapper.map(file.file(), kind, 0, file.bytes(), file.bytes(), arena);
    }

    public SendSetup sendSetup() {
        return sendSetup(1 << 20, 0, System::nanoTime);
    }

    public SendSetup sendSetup(long stallFailures, long stallReportNs, LongSupplier nanoTime) {
        return new SendSetup(
                map(RegionKind.PIOBUFS).writeOnly(),
                model.pioAlign(),
                first,
                count,
                map(RegionKind.PIOAVAIL).segment(),
                model.availSwapped(),
                AvailPage.portStatusOffset(model, 1),
                map(RegionKind.SENDBUFSTATUS).segment(),
                0,
                launch,
                true,
                model.forcePioAvail(),
                model.maxPayloadBytes(),
                stallFailures,
                stallReportNs,
                nanoTime);
    }

    public ReceiveSetup receiveSetup() {
        return new ReceiveSetup(
                map(RegionKind.UREGS).segment(),
                map(RegionKind.RCVHDRQ).segment(),
                model.tailInMemory() ? map(RegionKind.RCVHDRTAIL).segment() : MemorySegment.NULL,
                map(RegionKind.RCVEGRBUFS).segment(),
                model.rcvHdrCount(),
                model.rcvHdrEntDwords(),
                model.rhfOffsetDwords(),
                model.usesRhfSequence() ? -1 : model.headerOffsetDwords(),
                model.egrCount(),
                model.egrBufferBytes(),
                model.egrPerChunk(),
                model.egrChunkBytes(),
                model.useEgrBit(),
                LID,
                context);
    }

    public BaseInfo baseInfo() {
        int flags = model.runtimeFlags() | RuntimeFlags.DOORBELL;
        flags |= launch == LaunchMode.INLINE ? RuntimeFlags.INLINE_TRIGGER : 0;
        flags |= gather ? RuntimeFlags.GATHER : 0;
        return BaseInfo.builder()
                .swVersion(AbiVersion.DRIVER)
                .context(context)
                .mtu(model.ibMaxLenBytes())
                .piosize(model.piosize())
                .tidcnt(model.tidCount())
                .tidMaxsize(model.tidMaxSize())
                .tidegrcnt(model.egrCount())
                .rcvhdrentSize(model.rcvHdrEntDwords())
                .rcvhdrCnt(model.rcvHdrCount())
                .runtimeFlags(flags)
                .rcvhdrBase(token(RegionKind.RCVHDRQ))
                .rcvEgrbufs(token(RegionKind.RCVEGRBUFS))
                .rcvEgrbufsize(model.egrBufferBytes())
                .qpair(model.qpBase())
                .uregbase(token(RegionKind.UREGS))
                .pioalign(model.pioAlign())
                .pioindex(first)
                .piocnt(count)
                .piobufbase(token(RegionKind.PIOBUFS))
                .pioavailaddr(token(RegionKind.PIOAVAIL))
                .status(token(RegionKind.PIOAVAIL) + AvailPage.portStatusOffset(model, 1))
                .port(1)
                .rcvEgrperchunk(model.egrPerChunk())
                .rcvEgrchunksize(model.egrChunkBytes())
                .rcvEgrbuftotlen(model.egrTotalBytes())
                .rhfOffset(model.rhfOffsetDwords())
                .rcvhdrTailaddr(model.tailInMemory() ? token(RegionKind.RCVHDRTAIL) : 0)
                .sendbufStatus(token(RegionKind.SENDBUFSTATUS))
                .build();
    }

    public long token(RegionKind kind) {
        return Tokens.token(kind, model, context, first);
    }

    /** Grants what was asked for, as far as this chip has it. */
    public int features(int wanted) {
        gather = (wanted & ControlRecord.FEATURE_GATHER) != 0;
        return wanted & (ControlRecord.FEATURE_GATHER | otherFeatures());
    }

    private int otherFeatures() {
        return ControlRecord.FEATURE_DOORBELL
                | (launch == LaunchMode.INLINE ? ControlRecord.FEATURE_INLINE_TRIGGER : 0);
    }

    public int bufferCount() {
        return count;
    }

    public int firstBuffer() {
        return first;
    }

    // The chip's side.

    /** The chip's own view of a region. */
    public MemorySegment memory(RegionKind kind) {
        return files.get(kind).memory();
    }

    /**
     * The packet in the next buffer in ring order if it was launched, else null. The buffer stays
     * busy.
     */
    public Packet takeLaunch() {
        int buffer = nextBuffer;
        long offset = (long) buffer * model.pioAlign();
        MemorySegment pio = memory(RegionKind.PIOBUFS);
        long pbc = Pbc.get(pio, offset);
        if (inFlight.contains(buffer) || !launched(buffer, pio, offset, pbc)) {
            return null;
        }
        int payloadBytes = Pbc.payloadBytes(Pbc.lengthDwords(pbc));
        long header = offset + Pbc.BYTES;
        MemorySegment copy = copy(pio, header, MessageHeader.BYTES);
        MemorySegment payload = copy(pio, header + MessageHeader.BYTES, payloadBytes);
        avail[PioAvail.qwordIndex(first + buffer)] =
                PioAvail.take(avail[PioAvail.qwordIndex(first + buffer)], first + buffer);
        publishAvail();
        inFlight.add(buffer);
        nextBuffer = (buffer + 1) % count;
        return new Packet(buffer, pbc, copy, payload);
    }

    private boolean launched(int buffer, MemorySegment pio, long offset, long pbc) {
        return switch (launch) {
            case INLINE -> {
                int tag = Pbc.launchTag(pbc);
                boolean changed = tag != Pbc.NO_LAUNCH_TAG && tag != launchTags[buffer];
                launchTags[buffer] = tag;
                yield changed;
            }
            case SPECIAL -> {
                long trigger = offset + Pbc.SPECIAL_TRIGGER_OFFSET;
                boolean magic = Pbc.getTrigger(pio, trigger) == Pbc.SPECIAL_TRIGGER_MAGIC;
                Pbc.putTrigger(pio, trigger, 0);
                yield magic;
            }
            case LAST_DWORD ->
                    Pbc.lengthDwords(pbc) >= Pbc.MIN_LENGTH_DWORDS
                            && Pbc.getTrigger(pio, offset + Pbc.lengthDwords(pbc) * 4L) != POISON;
        };
    }

    /** The oldest packet in flight has left: its buffer is free. */
    public void free() {
        int buffer = inFlight.remove();
        poison(buffer);
        avail[PioAvail.qwordIndex(first + buffer)] &= ~PioAvail.busyBit(first + buffer);
        publishAvail();
    }

    private void poison(int buffer) {
        if (launch == LaunchMode.LAST_DWORD) {
            long offset = (long) buffer * model.pioAlign();
            MemorySegment pio = memory(RegionKind.PIOBUFS);
            for (long dword = 0; dword < model.pio2kBytes(); dword += 4) {
                pio.set(ValueLayout.JAVA_INT, offset + dword, dword < Pbc.BYTES ? 0 : POISON);
            }
        }
    }

    private void publishAvail() {
        MemorySegment page = memory(RegionKind.PIOAVAIL);
        for (int q = 0; q < model.availQwords(); q++) {
            int index = model.availSwapped() ? PioAvail.swappedIndex(q) : q;
            AvailPage.putQword(page, index, avail[q]);
        }
    }

    public void status(long status) {
        AvailPage.putStatus(memory(RegionKind.PIOAVAIL), model, status);
    }

    public void sleep(boolean asleep) {
        AvailPage.putChipAsleep(memory(RegionKind.PIOAVAIL), asleep);
    }

    public void events(long events) {
        memory(RegionKind.SENDBUFSTATUS).set(ValueLayout.JAVA_LONG, 0, events);
    }

    /**
     * Receives a packet as this context's own; the payload uses an eager buffer unless the ring is
     * full.
     */
    public void receive(Packet packet) {
        if (Pbc.isGather(packet.pbc)) {
            receiveGather(packet);
        } else {
            receiveOne(packet.header, packet.payload);
        }
    }

    private void receiveOne(MemorySegment header, MemorySegment payload) {
        if (IpathHeader.tid(MessageHeader.vcto(header, 0)) == IpathHeader.TID_EAGER) {
            receive(header, payload, 0);
        } else {
            receiveExpected(header, payload);
        }
    }

    /** Makes the packets of a gather record and receives them one by one. */
    private void receiveGather(Packet packet) {
        MemorySegment record = packet.payload;
        MemorySegment source = pinned.get(GatherRecord.handle(record, 0));
        HeaderCopy header = new HeaderCopy();
        header.load(packet.header, 0);
        int psn = Bth.psn(header.bth2());
        long from = GatherRecord.sourceOffset(record, 0);
        int left = GatherRecord.length(record, 0);
        int offset = GatherRecord.pageOffset(record, 0);
        int index = 0;
        for (int number = 1; left > 0; number++) {
            int bytes = Math.min(left, Math.min(model.mtuBytes(), 4096 - offset));
            boolean last = bytes == left;
            boolean tells = last || number % GatherRecord.interval(record, 0) == 0;
            int vcto =
                    header.vcto() & 0xFF00_0000
                            | GatherRecord.tid(record, 0, index) << 13
                            | offset / 4;
            int flags = tells ? 0 : IpathHeader.HDRSUPP;
            header.rewrite(Pbc.lengthDwordsOfPayload(bytes), psn, vcto, flags);
            if (last) {
                header.addFlags(GatherRecord.flags(record, 0));
            }
            MemorySegment copy = MemorySegment.ofArray(new long[MessageHeader.BYTES / 8]);
            header.store(copy, 0);
            receiveOne(copy, source.asSlice(from, bytes));
            psn = ExpectedPsn.plus(psn, 1);
            from += bytes;
            left -= bytes;
            offset += bytes;
            if (offset == 4096) {
                offset = 0;
                index++;
            }
        }
    }

    /** Receives a packet by TID: to its page, if the flow lets it. */
    public void receiveExpected(MemorySegment header, MemorySegment payload) {
        int psn = Bth.psn(MessageHeader.bth2(header, 0));
        int flow = ExpectedPsn.flow(psn);
        int vcto = MessageHeader.vcto(header, 0);
        boolean suppress = false;
        if (model.hasTidFlows()) {
            MemorySegment registers = memory(RegionKind.UREGS);
            int word = TidFlow.get(registers, flow);
            int adopted = TidFlow.asRead(word);
            if ((adopted & TidFlow.VALID) != 0) {
                if (TidFlow.generation(adopted) != ExpectedPsn.generation(psn)) {
                    TidFlow.compareAndSet(
                            registers, flow, word, adopted | TidFlow.GEN_MISMATCH | TidFlow.CHIP);
                    return;
                }
                if (TidFlow.sequence(adopted) != ExpectedPsn.sequence(psn)) {
                    if ((adopted & TidFlow.SEQ_MISMATCH) == 0) {
                        expectedEntry(header, Rhf.TFSEQERR);
                    }
                    TidFlow.compareAndSet(
                            registers, flow, word, adopted | TidFlow.SEQ_MISMATCH | TidFlow.CHIP);
                    return;
                }
                suppress =
                        (adopted & TidFlow.HDR_SUPP) != 0
                                && (MessageHeader.pktFlags(header, 0) & IpathHeader.HDRSUPP) != 0;
            }
        }
        MemorySegment page = tidPages.get(IpathHeader.tid(vcto));
        long offset = IpathHeader.offsetDwords(vcto) * 4L;
        if (page == null || offset + payload.byteSize() > 4096) {
            expectedEntry(header, Rhf.TIDERR);
            return;
        }
        MemorySegment.copy(payload, 0, page, offset, payload.byteSize());
        if (model.hasTidFlows()) {
            MemorySegment registers = memory(RegionKind.UREGS);
            int word = TidFlow.get(registers, flow);
            int next = TidFlow.advanced(TidFlow.asRead(word), 1) | TidFlow.CHIP;
            TidFlow.compareAndSet(registers, flow, word, next);
        }
        if (!suppress) {
            expectedEntry(header, 0);
        }
    }

    private void expectedEntry(MemorySegment header, long errors) {
        receiveEntry(
                header,
                Rhf.of(
                        Lrh.lengthDwords(MessageHeader.lrh(header, 0)),
                        Rhf.TYPE_EXPECTED,
                        0,
                        false,
                        seq,
                        model.usesRhfSequence() ? model.headerOffsetDwords() : 0,
                        errors));
    }

    /** Makes pinned memory known to gather sends, or forgets it. */
    public void pinned(int handle, MemorySegment memory) {
        if (memory == null) {
            pinned.remove(handle);
        } else {
            pinned.put(handle, memory);
        }
    }

    /** The page of a TID; null if it has none. */
    public MemorySegment tidPage(int tid) {
        return tidPages.get(tid);
    }

    public void tidPage(int tid, MemorySegment page) {
        tidPages.set(tid, page);
    }

    public int tidCount() {
        return model.tidCount();
    }

    /** Memory as the daemon makes it for the chip. */
    public RegionFile createPinned(int handle, long bytes) {
        return RegionFile.create(
                RegionKind.UREGS, "softpath:u0c" + context + ":mem" + handle, bytes, arena);
    }

    /** Receives a packet with error bits. */
    public void receive(MemorySegment header, MemorySegment payload, long errors) {
        boolean wantsBuffer = payload.byteSize() > 0 || !model.useEgrBit();
        boolean full = wantsBuffer && (eagerTail + 1) % model.egrCount() == eagerHead();
        long bits = errors | (full ? Rhf.TIDERR : 0);
        boolean uses = wantsBuffer && !full;
        if (uses) {
            MemorySegment.copy(
                    payload,
                    0,
                    memory(RegionKind.RCVEGRBUFS),
                    model.egrOffsetBytes(eagerTail),
                    payload.byteSize());
        }
        long rhf =
                Rhf.of(
                        Lrh.lengthDwords(MessageHeader.lrh(header, 0)),
                        Rhf.TYPE_EAGER,
                        eagerTail,
                        model.useEgrBit() && uses,
                        seq,
                        model.usesRhfSequence() ? model.headerOffsetDwords() : 0,
                        bits);
        if (uses) {
            eagerTail = (eagerTail + 1) % model.egrCount();
            UserRegisters.RCVEGRINDEXTAIL.put(memory(RegionKind.UREGS), eagerTail);
        }
        receiveEntry(header, rhf);
    }

    /** Writes an entry with this RHF, whatever it says. */
    public void receiveEntry(MemorySegment header, long rhf) {
        if (!enabled) {
            return;
        }
        MemorySegment queue = memory(RegionKind.RCVHDRQ);
        long entry = tail * 4L;
        MemorySegment.copy(
                header, 0, queue, entry + model.headerOffsetDwords() * 4L, MessageHeader.BYTES);
        Rhf.put(queue, entry + model.rhfOffsetDwords() * 4L, rhf);
        seq = Rhf.nextSeq(seq);
        tail = (tail + model.rcvHdrEntDwords()) % model.rcvHdrRingDwords();
        UserRegisters.RCVHDRTAIL.put(memory(RegionKind.UREGS), tail);
        if (model.tailInMemory()) {
            memory(RegionKind.RCVHDRTAIL).set(ValueLayout.JAVA_LONG, 0, tail);
        }
    }

    /**
     * A context that is enabled after it was not starts at the beginning; its eager buffers do not.
     */
    public void receiveControl(boolean on) {
        if (on && !enabled) {
            tail = 0;
            seq = Rhf.SEQ_FIRST;
            UserRegisters.RCVHDRTAIL.put(memory(RegionKind.UREGS), 0);
            UserRegisters.RCVHDRHEAD.put(memory(RegionKind.UREGS), 0);
            if (model.tailInMemory()) {
                memory(RegionKind.RCVHDRTAIL).set(ValueLayout.JAVA_LONG, 0, 0);
            }
        }
        for (int flow = 0; flow < model.tidFlows(); flow++) {
            TidFlow.put(memory(RegionKind.UREGS), flow, TidFlow.CHIP);
        }
        enabled = on;
    }

    public int seq() {
        return seq;
    }

    public int head() {
        return (int) UserRegisters.RCVHDRHEAD.get(memory(RegionKind.UREGS));
    }

    public int eagerHead() {
        return (int) UserRegisters.RCVEGRINDEXHEAD.get(memory(RegionKind.UREGS));
    }

    public int eagerTail() {
        return eagerTail;
    }

    /** Takes every launched packet, frees its buffer and receives it. */
    public int loopBack() {
        int packets = 0;
        for (Packet packet = takeLaunch(); packet != null; packet = takeLaunch()) {
            free();
            receive(packet);
            packets++;
        }
        return packets;
    }

    private static MemorySegment copy(MemorySegment from, long offset, long bytes) {
        MemorySegment copy = MemorySegment.ofArray(new long[(int) (bytes + 7) / 8]);
        MemorySegment.copy(from, offset, copy, 0, bytes);
        return copy.asSlice(0, bytes);
    }

    @Override
    public void close() {
        files.values().forEach(RegionFile::close);
        arena.close();
    }
}
