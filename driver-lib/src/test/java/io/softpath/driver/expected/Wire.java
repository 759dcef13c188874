package io.softpath.driver.expected;

import io.softpath.abi.packet.ExpectedPsn;
import io.softpath.abi.packet.GatherRecord;
import io.softpath.abi.packet.IpathHeader;
import io.softpath.abi.packet.MessageHeader;
import io.softpath.abi.packet.Rhf;
import io.softpath.abi.register.TidFlow;
import io.softpath.driver.Destination;
import io.softpath.driver.PinnedRegion;
import io.softpath.driver.ReceivedPacket;
import io.softpath.driver.SendResult;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A driver, a sending chip, a bad wire and a receiving chip, in one thread: what an {@link
 * Expected} needs, with packets that are lost, come twice or out of order.
 */
final class Wire implements ExpectedDriver {
    static final int TIDS = 512;

    /** A packet overtakes so many at most. */
    private static final int NEAR = 8;

    /** An expected packet on its way. */
    record Packet(
            int psn,
            int tid,
            int pageOffset,
            boolean suppress,
            int flags,
            long data0,
            byte[] payload) {}

    private final Random random;
    private final boolean hardware;
    private final MemorySegment registers;
    private final PinnedRegion source;
    private final PinnedRegion target;
    private final MemorySegment[] pages = new MemorySegment[TIDS];
    private final List<Packet> underWay = new ArrayList<>();
    private final int mtu;
    private int cursor;
    private int buffers;
    double loss;
    double twice;
    double swapped;
    int entries;
    int packets;

    Wire(
            Random random,
            boolean hardware,
            MemorySegment registers,
            int mtu,
            PinnedRegion source,
            PinnedRegion target) {
        this.random = random;
        this.hardware = hardware;
        this.registers = registers;
        this.mtu = mtu;
        this.source = source;
        this.target = target;
    }

    @Override
    public int[] tidUpdate(long address, int count) {
        int free = 0;
        for (MemorySegment page : pages) {
            free += page == null ? 1 : 0;
        }
        if (free < count) {
            throw SoftpathException.of(Errno.ENOMEM, "no free TID");
        }
        int[] tids = new int[count];
        for (int i = 0; i < count; cursor = (cursor + 1) % TIDS) {
            if (pages[cursor] == null) {
                long offset = address - target.segment().address() + i * 4096L;
                pages[cursor] = target.segment().asSlice(offset, 4096);
                tids[i++] = cursor;
            }
        }
        return tids;
    }

    @Override
    public void tidFree(int[] tids) {
        for (int tid : tids) {
            pages[tid] = null;
        }
    }

    int tidsInUse() {
        int used = 0;
        for (MemorySegment page : pages) {
            used += page == null ? 0 : 1;
        }
        return used;
    }

    @Override
    public void checkOwn(PinnedRegion region) {}

    @Override
    public RuntimeException afterClose(IllegalStateException e) {
        return e;
    }

    /** So many send buffers are free. */
    void buffers(int free) {
        buffers = free;
    }

    boolean quiet() {
        return underWay.isEmpty();
    }

    @Override
    public SendResult packet(
            Destination to,
            int psn,
            int tid,
            int pageOffset,
            int pktFlags,
            int flags,
            long data0,
            long data1,
            MemorySegment payload,
            long offset,
            int length) {
        if (buffers == 0) {
            return SendResult.NO_PIO_BUFFER;
        }
        buffers--;
        byte[] whole = new byte[length + 3 & ~3];
        MemorySegment.copy(payload, offset, MemorySegment.ofArray(whole), 0, length);
        boolean suppress = (pktFlags & IpathHeader.HDRSUPP) != 0;
        launch(new Packet(psn, tid, pageOffset, suppress, flags, data0, whole));
        return SendResult.SENT;
    }

    @Override
    public SendResult gather(
            Destination to, int psn, long data0, long data1, MemorySegment record) {
        if (buffers == 0) {
            return SendResult.NO_PIO_BUFFER;
        }
        buffers--;
        long sourceOffset = GatherRecord.sourceOffset(record, 0);
        int length = GatherRecord.length(record, 0);
        int tidCount = GatherRecord.tidCount(record, 0);
        int interval = GatherRecord.interval(record, 0);
        int index = 0;
        int offset = GatherRecord.pageOffset(record, 0);
        int sent = 0;
        for (int number = 0; sent < length; number++) {
            int bytes = Math.min(length - sent, Math.min(mtu, 4096 - offset));
            boolean last = sent + bytes == length;
            boolean tells = last || (number + 1) % interval == 0;
            launch(
                    new Packet(
                            ExpectedPsn.plus(psn, number),
                            GatherRecord.tid(record, 0, index),
                            offset,
                            !tells,
                            last ? GatherRecord.flags(record, 0) : 0,
                            data0,
                            source.segment()
                                    .asSlice(sourceOffset + sent, bytes)
                                    .toArray(ValueLayout.JAVA_BYTE)));
            sent += bytes;
            offset += bytes;
            if (offset == 4096) {
                offset = 0;
                index++;
            }
        }
        if (index + (offset > 0 ? 1 : 0) != tidCount) {
            throw new AssertionError("tids=" + tidCount + " used=" + index);
        }
        return SendResult.SENT;
    }

    private void launch(Packet packet) {
        packets++;
        if (packet.pageOffset + packet.payload.length > 4096 || packet.payload.length > mtu) {
            throw new AssertionError("a packet across a page or above the MTU: " + packet);
        }
        if (random.nextDouble() >= loss) {
            underWay.add(packet);
            if (random.nextDouble() < twice) {
                underWay.add(packet);
            }
        }
    }

    /** The next packet arrives; the entry it makes in the header queue is returned, or null. */
    Entry arrive() {
        int near = Math.min(NEAR, underWay.size());
        int which = random.nextDouble() < swapped ? random.nextInt(near) : 0;
        return receive(underWay.remove(which));
    }

    private Entry receive(Packet packet) {
        int flow = ExpectedPsn.flow(packet.psn);
        int word = 0;
        if (hardware) {
            word = TidFlow.asRead(TidFlow.get(registers, flow));
            if ((word & TidFlow.VALID) != 0) {
                if (TidFlow.generation(word) != ExpectedPsn.generation(packet.psn)) {
                    chipPut(flow, word | TidFlow.GEN_MISMATCH);
                    return null;
                }
                if (TidFlow.sequence(word) != ExpectedPsn.sequence(packet.psn)) {
                    chipPut(flow, word | TidFlow.SEQ_MISMATCH);
                    boolean first = (word & TidFlow.SEQ_MISMATCH) == 0;
                    return first ? entry(packet, Rhf.TFSEQERR) : null;
                }
            }
        }
        MemorySegment page = pages[packet.tid];
        if (page == null) {
            return entry(packet, Rhf.TIDERR);
        }
        MemorySegment.copy(
                MemorySegment.ofArray(packet.payload),
                0,
                page,
                packet.pageOffset,
                packet.payload.length);
        if (hardware && (word & TidFlow.VALID) != 0) {
            chipPut(flow, TidFlow.advanced(word, 1));
            if (packet.suppress && (word & TidFlow.HDR_SUPP) != 0) {
                return null;
            }
        }
        return entry(packet, 0);
    }

    private void chipPut(int flow, int word) {
        TidFlow.put(registers, flow, word | TidFlow.CHIP);
    }

    private Entry entry(Packet packet, long errors) {
        entries++;
        return new Entry(packet, errors);
    }

    /** A header queue entry of an expected packet. */
    record Entry(Packet packet, long errors) implements ReceivedPacket {
        @Override
        public long rhf() {
            return errors;
        }

        @Override
        public int type() {
            return Rhf.TYPE_EXPECTED;
        }

        @Override
        public int sourceLid() {
            return 1;
        }

        @Override
        public int sourceContext() {
            return 1;
        }

        @Override
        public int psn() {
            return packet.psn;
        }

        @Override
        public int subOpcode() {
            return MessageHeader.EXPECTED_DATA;
        }

        @Override
        public long data0() {
            return packet.data0;
        }

        @Override
        public long data1() {
            return 0;
        }

        @Override
        public int tid() {
            return packet.tid;
        }

        @Override
        public int tidOffset() {
            return packet.pageOffset;
        }

        @Override
        public int payloadLength() {
            return packet.payload.length;
        }

        @Override
        public MemorySegment payloadSegment() {
            return MemorySegment.NULL;
        }

        @Override
        public long payloadOffset() {
            return 0;
        }

        @Override
        public MemorySegment headerSegment() {
            return MemorySegment.NULL;
        }

        @Override
        public long headerOffset() {
            return 0;
        }
    }
}
