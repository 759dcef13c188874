package io.softpath.bench.jmh;

import io.softpath.abi.packet.Bth;
import io.softpath.abi.packet.IpathHeader;
import io.softpath.abi.packet.Lrh;
import io.softpath.abi.packet.MessageHeader;
import io.softpath.abi.packet.Pbc;

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
 * Writing one packet into a PIO buffer: header and payload plain, the PBC last with release (the
 * in-line trigger). The stores alone; nobody reads the buffer, so no cache line moves.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@State(Scope.Thread)
public class PioWriteBenchmark {
    private static final int BUFFER_BYTES = 4096;
    private static final int BUFFERS = 32;
    private static final int LARGE_PAYLOAD_BYTES = 2048;
    private static final int HEADER = Pbc.BYTES;
    private static final int PAYLOAD = HEADER + MessageHeader.BYTES;

    private Arena arena;
    private MemorySegment buffers;
    private MemorySegment payload;
    private long lrh;
    private int bth0;
    private int bth1;
    private int vcto;
    private int checksum;
    private int psn;
    private int tag;

    /** Maps the buffers and makes what stays the same in every header of a flow. */
    @Setup(Level.Trial)
    @SuppressWarnings("MustBeClosedChecker") // unmap() closes it
    public void map() {
        arena = Arena.ofShared();
        buffers = arena.allocate((long) BUFFERS * BUFFER_BYTES, BUFFER_BYTES);
        payload = arena.allocate(LARGE_PAYLOAD_BYTES, 64);
        int lengthDwords = Pbc.lengthDwordsOfPayload(0);
        lrh = Lrh.of(0, 0, 2, lengthDwords, 1);
        bth0 = Bth.bth0(Bth.OPCODE_PSM, 0, Bth.DEFAULT_PKEY);
        bth1 = Bth.bth1(0x656B79);
        vcto = IpathHeader.vcto(IpathHeader.VERSION, 1, IpathHeader.TID_EAGER, 0);
        checksum = IpathHeader.checksum(lengthDwords, vcto, 0);
    }

    /** Unmaps. */
    @TearDown(Level.Trial)
    public void unmap() {
        arena.close();
    }

    /** A message that fits the header: one 64-byte line. */
    @Benchmark
    public void tiny() {
        long buffer = nextBuffer();
        writeHeader(buffer + HEADER);
        Pbc.put(buffers, buffer, Pbc.withLaunchTag(Pbc.ofPayload(0), tag));
    }

    /** The largest packet: the header and 2 KiB of payload. */
    @Benchmark
    public void large() {
        long buffer = nextBuffer();
        writeHeader(buffer + HEADER);
        MemorySegment.copy(payload, 0, buffers, buffer + PAYLOAD, LARGE_PAYLOAD_BYTES);
        Pbc.put(buffers, buffer, Pbc.withLaunchTag(Pbc.ofPayload(LARGE_PAYLOAD_BYTES), tag));
    }

    private long nextBuffer() {
        psn = psn + 1 & 0xFF_FFFF;
        tag = Pbc.nextLaunchTag(tag);
        return (long) (psn & BUFFERS - 1) * BUFFER_BYTES;
    }

    private void writeHeader(long header) {
        MessageHeader.putLrh(buffers, header, lrh);
        MessageHeader.putBth0(buffers, header, bth0);
        MessageHeader.putBth1(buffers, header, bth1);
        MessageHeader.putBth2(buffers, header, Bth.bth2(psn));
        MessageHeader.putVcto(buffers, header, vcto);
        MessageHeader.putChksum(buffers, header, checksum);
        MessageHeader.putPktFlags(buffers, header, 0);
        MessageHeader.putSubOpcode(buffers, header, 0xC1);
        MessageHeader.putFlags(buffers, header, 0);
        MessageHeader.putCommidx(buffers, header, 7);
        MessageHeader.putAck(buffers, header, psn);
        MessageHeader.putFlowId(buffers, header, 0);
        MessageHeader.putHdrDlen(buffers, header, 8);
        MessageHeader.putMqHdr(buffers, header, 0);
        MessageHeader.putData0(buffers, header, psn);
        MessageHeader.putData1(buffers, header, 0x6f6c6c6568L);
    }
}
