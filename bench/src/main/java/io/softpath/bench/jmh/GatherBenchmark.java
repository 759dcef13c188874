package io.softpath.bench.jmh;

import io.softpath.abi.model.ChipModel;
import io.softpath.abi.model.PioDivision;
import io.softpath.abi.packet.AckWord;
import io.softpath.abi.packet.Bth;
import io.softpath.abi.packet.GatherRecord;
import io.softpath.abi.packet.IpathHeader;
import io.softpath.abi.packet.Lrh;
import io.softpath.abi.packet.MessageHeader;
import io.softpath.abi.packet.Pbc;
import io.softpath.abi.packet.PioLayout;
import io.softpath.abi.region.RegionKind;
import io.softpath.abi.register.ErrorStatus;
import io.softpath.abi.register.TidFlow;
import io.softpath.abi.register.UserRegisters;
import io.softpath.daemon.chip.Chip;
import io.softpath.daemon.chip.ChipEvents;
import io.softpath.daemon.chip.ChipIdentity;
import io.softpath.daemon.chip.ContextMemory;
import io.softpath.daemon.chip.SendMemory;
import io.softpath.daemon.chip.TriggerMode;
import io.softpath.daemon.chip.UserPage;
import io.softpath.daemon.link.Fabric;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;

/**
 * What the chip adds to a copy: one gather record through send engine, fabric and receive engine
 * into pinned pages, beside the same bytes copied at once. One thread, as in the daemon.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@State(Scope.Thread)
public class GatherBenchmark {
    private static final int FROM = 2;
    private static final int TO = 3;
    private static final int LID = 1;
    private static final int INTERVAL = 16;

    /** Bytes of a record. */
    @Param({"65536", "1048576"})
    public int bytes;

    /** The MTU, thus the bytes of a packet. */
    @Param({"2048", "4096"})
    public int packetBytes;

    private Arena arena;
    private Chip chip;
    private MemorySegment source;
    private MemorySegment target;
    private MemorySegment pio;
    private MemorySegment toRegisters;
    private long pbc;
    private int launchTag;
    private long bufferBytes;
    private long at;

    /** One chip with an open sender and receiver. */
    @Setup(Level.Trial)
    @SuppressWarnings("MustBeClosedChecker") // close() closes it
    public void open() {
        ChipModel model = ChipModel.IBA7322.toBuilder().egrBufferBytes(packetBytes).build();
        arena = Arena.ofConfined();
        Fabric fabric = new Fabric();
        chip =
                new Chip(
                        model,
                        new ChipIdentity(0, LID, 1),
                        arena.allocate(4096, 4096),
                        fabric,
                        () -> 1,
                        new Silent());
        fabric.attach(chip);
        chip.linkUp();
        source = arena.allocate(bytes, 4096);
        target = arena.allocate(bytes, 4096);
        ContextMemory to = memory(model);
        chip.openContext(FROM, memory(model));
        chip.openContext(TO, to);
        PioDivision division = PioDivision.of(model);
        int buffers = division.count(FROM);
        pio = arena.allocate((long) buffers * model.pioAlign(), 4096);
        chip.openSends(
                FROM,
                new SendMemory(
                        pio, division.first(FROM), buffers, TriggerMode.INLINE, handle -> source));
        chip.enableReceive(TO);
        toRegisters = to.userRegisters();
        int pages = bytes / UserPage.BYTES;
        for (int i = 0; i < pages; i++) {
            chip.setTid(TO, i, UserPage.of(target, (long) i * UserPage.BYTES));
        }
        bufferBytes = model.pioAlign();
        for (long buffer = 0; buffer < pio.byteSize(); buffer += bufferBytes) {
            write(model, buffer, pages);
        }
    }

    private ContextMemory memory(ChipModel model) {
        return new ContextMemory(
                arena.allocate(RegionKind.UREGS.maxBytes(model, 0), 4096),
                arena.allocate(model.rcvHdrAllocBytes(), 4096),
                arena.allocate(model.egrTotalBytes(), 4096),
                null);
    }

    private void write(ChipModel model, long buffer, int pages) {
        long header = buffer + PioLayout.HEADER;
        int field = IpathHeader.contextField(model.family(), TO);
        int qp = IpathHeader.qp(model.family(), model.qpBase(), TO);
        MessageHeader.putLrh(pio, header, Lrh.of(0, 0, LID, 15, LID));
        MessageHeader.putBth0(pio, header, Bth.bth0(Bth.OPCODE_PSM, 0, Bth.DEFAULT_PKEY));
        MessageHeader.putBth1(pio, header, Bth.bth1(qp));
        MessageHeader.putVcto(pio, header, IpathHeader.vcto(IpathHeader.VERSION, field, 0, 0));
        MessageHeader.putAck(pio, header, AckWord.of(0, FROM, 0));
        long record = buffer + GatherRecord.OFFSET;
        GatherRecord.write(pio, record, 1, 0, bytes, 0, pages, INTERVAL, 0);
        for (int i = 0; i < pages; i++) {
            GatherRecord.putTid(pio, record, i, i);
        }
        pbc = Pbc.asGather(Pbc.ofPayload(GatherRecord.bytes(pages)));
    }

    /**
     * Launches the record in the next buffer and lets the chip run until the last packet has left.
     */
    @Benchmark
    public long gather() {
        TidFlow.put(toRegisters, 0, TidFlow.entry(0, 0));
        UserRegisters.RCVHDRHEAD.put(toRegisters, UserRegisters.RCVHDRTAIL.get(toRegisters));
        launchTag = Pbc.nextLaunchTag(launchTag);
        Pbc.put(pio, at, Pbc.withLaunchTag(pbc, launchTag));
        at = at + bufferBytes == pio.byteSize() ? 0 : at + bufferBytes;
        long polls = 0;
        do {
            polls += chip.poll();
        } while (chip.hasWork());
        return polls;
    }

    /** The same bytes in one copy. */
    @Benchmark
    public MemorySegment copy() {
        MemorySegment.copy(source, 0, target, 0, bytes);
        return target;
    }

    @TearDown(Level.Trial)
    public void close() {
        arena.close();
    }

    private static final class Silent implements ChipEvents {
        @Override
        public void interrupt(int context) {}

        @Override
        public void error(long newErrorBits) {
            if (newErrorBits != ErrorStatus.IB_STATUS_CHANGED) {
                throw new IllegalStateException("chip: errors=" + ErrorStatus.names(newErrorBits));
            }
        }

        @Override
        public void sendBufferError(int pioBuffer) {
            throw new IllegalStateException("chip: bad buffer=" + pioBuffer);
        }

        @Override
        public void linkChanged(boolean up) {}
    }
}
