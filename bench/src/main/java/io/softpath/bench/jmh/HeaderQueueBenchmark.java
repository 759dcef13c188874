package io.softpath.bench.jmh;

import io.softpath.abi.model.ChipModel;
import io.softpath.abi.packet.AckWord;
import io.softpath.abi.packet.Bth;
import io.softpath.abi.packet.Lrh;
import io.softpath.abi.packet.MessageHeader;
import io.softpath.abi.packet.Pbc;
import io.softpath.abi.packet.Rhf;
import io.softpath.driver.PacketHandler;
import io.softpath.driver.ReceivedPacket;
import io.softpath.driver.receive.RcvHdrqReader;
import io.softpath.driver.receive.ReceiveSetup;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;

/**
 * Looking into the receive header queue: while it is empty, which a user who spins does most of the
 * time, and when a tiny packet has come. Who receives plays the chip too, so no cache line moves.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@State(Scope.Thread)
public class HeaderQueueBenchmark implements PacketHandler {
    private static final ChipModel MODEL = ChipModel.IBA7220;
    private static final int LID = 1;
    private static final int CONTEXT = 2;

    private final long[] rhfs = new long[Rhf.SEQ_MAX + 1];
    private Arena arena;
    private MemorySegment queue;
    private RcvHdrqReader reader;
    private int seq = Rhf.SEQ_FIRST;
    private long at;
    private long sum;

    /** A queue with a header in each entry, and no RHF that tells of one. */
    @Setup(Level.Trial)
    @SuppressWarnings("MustBeClosedChecker") // unmap() closes it
    public void map() {
        arena = Arena.ofShared();
        queue = arena.allocate(MODEL.rcvHdrAllocBytes(), 4096);
        for (int i = 0; i < MODEL.rcvHdrCount(); i++) {
            writeHeader((long) i * MODEL.rcvHdrEntBytes() + 4L * MODEL.headerOffsetDwords());
        }
        for (int i = Rhf.SEQ_FIRST; i <= Rhf.SEQ_MAX; i++) {
            int header = MODEL.headerOffsetDwords();
            int length = Lrh.lengthDwords(MessageHeader.lrh(queue, 4L * header));
            rhfs[i] = Rhf.of(length, Rhf.TYPE_EAGER, 0, false, i, header, 0);
        }
        reader =
                new RcvHdrqReader(
                        new ReceiveSetup(
                                arena.allocate(4096, 4096),
                                queue,
                                MemorySegment.NULL,
                                arena.allocate(MODEL.egrTotalBytes(), 4096),
                                MODEL.rcvHdrCount(),
                                MODEL.rcvHdrEntDwords(),
                                MODEL.rhfOffsetDwords(),
                                -1,
                                MODEL.egrCount(),
                                MODEL.egrBufferBytes(),
                                MODEL.egrPerChunk(),
                                MODEL.egrChunkBytes(),
                                MODEL.useEgrBit(),
                                LID,
                                CONTEXT));
    }

    private void writeHeader(long header) {
        int dwords = Pbc.lengthDwordsOfPayload(0);
        MessageHeader.putLrh(queue, header, Lrh.of(0, 0, LID, dwords, LID));
        MessageHeader.putBth0(queue, header, Bth.bth0(Bth.OPCODE_PSM, 0, Bth.DEFAULT_PKEY));
        MessageHeader.putAck(queue, header, AckWord.of(0, CONTEXT, 0));
        MessageHeader.putData0(queue, header, 1); // something that can be added up
    }

    /** Unmaps. */
    @TearDown(Level.Trial)
    public void unmap() {
        arena.close();
    }

    /** Nothing has come. */
    @Benchmark
    public int empty() {
        return reader.receive(this, 1);
    }

    /** A packet comes, with one store, and is received. */
    @Benchmark
    public long packet() {
        Rhf.put(queue, at + 4L * MODEL.rhfOffsetDwords(), rhfs[seq]);
        seq = Rhf.nextSeq(seq);
        at += MODEL.rcvHdrEntBytes();
        at = at == MODEL.rcvHdrBytes() ? 0 : at;
        if (reader.receive(this, 1) != 1) {
            throw new IllegalStateException("no packet: at=" + at + " seq=" + seq);
        }
        return sum;
    }

    @Override
    public void onPacket(ReceivedPacket packet) {
        sum += packet.data0();
    }

    @Override
    public void onError(ReceivedPacket packet) {
        throw new IllegalStateException("packet with errors: " + packet);
    }
}
