package io.softpath.daemon;

import io.softpath.abi.control.BaseInfo;
import io.softpath.abi.control.ControlRecord;
import io.softpath.abi.model.ChipModel;
import io.softpath.abi.packet.Bth;
import io.softpath.abi.packet.GatherRecord;
import io.softpath.abi.packet.IpathHeader;
import io.softpath.abi.packet.Lrh;
import io.softpath.abi.packet.MessageHeader;
import io.softpath.abi.packet.Pbc;
import io.softpath.abi.packet.PioLayout;
import io.softpath.linux.MappedMemory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The memory of a started {@link FakeClient}, mapped, and the least that sends and receives tiny
 * packets. In-line trigger.
 */
public final class FakeSender implements AutoCloseable {
    private static final ValueLayout.OfLong QWORD =
            ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Arena arena = Arena.ofConfined();
    private final ChipModel model;
    private final BaseInfo info;
    private final MemorySegment registers;
    private final MemorySegment pio;
    private final MemorySegment avail;
    private final MemorySegment events;
    private final MemorySegment queue;
    private final int[] tags;
    private int lastTag = Pbc.NO_LAUNCH_TAG;
    private int current;

    /**
     * @param client must have negotiated the in-line trigger
     */
    public FakeSender(FakeClient client, ChipModel model, BaseInfo info) {
        this.model = model;
        this.info = info;
        registers =
                map(
                        client,
                        info.uregbase(),
                        4096,
                        ControlRecord.PROT_READ | ControlRecord.PROT_WRITE);
        pio =
                map(
                        client,
                        info.piobufbase(),
                        (long) info.piocnt() * info.pioalign(),
                        ControlRecord.PROT_WRITE);
        avail = map(client, info.pioavailaddr(), 4096, ControlRecord.PROT_READ);
        events = map(client, info.sendbufStatus(), 4096, ControlRecord.PROT_READ);
        queue = map(client, info.rcvhdrBase(), model.rcvHdrBytes(), ControlRecord.PROT_READ);
        tags = new int[info.piocnt()];
    }

    private MemorySegment map(FakeClient client, long token, long length, int prot) {
        FakeClient.Reply reply = client.map(token, length, prot, ControlRecord.MAP_SHARED);
        if (reply.errno() != 0) {
            throw new AssertionError(reply.sentence());
        }
        try (var file = reply.file()) {
            return MappedMemory.map(file, 0, length, (prot & ControlRecord.PROT_WRITE) != 0, arena)
                    .segment();
        }
    }

    public MemorySegment registers() {
        return registers;
    }

    public MemorySegment avail() {
        return avail;
    }

    public MemorySegment headerQueue() {
        return queue;
    }

    /** The event word. */
    public long eventWord() {
        return events.get(QWORD, 0);
    }

    /** The status word that the library looks at. */
    public long status() {
        return avail.get(QWORD, info.status() - info.pioavailaddr());
    }

    /**
     * Writes a packet without payload into the next buffer; {@link #launch} sends it. Returns the
     * buffer.
     */
    public int write(int dlid, int destination, int pktFlags) {
        return write(dlid, destination, IpathHeader.TID_EAGER, 0, pktFlags, new byte[0]);
    }

    private int write(
            int dlid, int destination, int tid, int offsetDwords, int pktFlags, byte[] payload) {
        int buffer = current;
        current = (current + 1) % tags.length;
        long at = (long) buffer * info.pioalign();
        long header = at + PioLayout.HEADER;
        int length = Pbc.lengthDwordsOfPayload(payload.length);
        int vcto =
                IpathHeader.vcto(
                        IpathHeader.VERSION,
                        IpathHeader.contextField(model.family(), destination),
                        tid,
                        offsetDwords);
        MessageHeader.putLrh(pio, header, Lrh.of(0, 0, dlid, length, 1 + info.unit()));
        MessageHeader.putBth0(pio, header, Bth.bth0(Bth.OPCODE_PSM, 0, Bth.DEFAULT_PKEY));
        MessageHeader.putBth1(
                pio, header, Bth.bth1(IpathHeader.qp(model.family(), model.qpBase(), destination)));
        MessageHeader.putBth2(pio, header, Bth.bth2(0));
        MessageHeader.putVcto(pio, header, vcto);
        MessageHeader.putChksum(pio, header, IpathHeader.checksum(length, vcto, pktFlags));
        MessageHeader.putPktFlags(pio, header, pktFlags);
        MessageHeader.putSubOpcode(pio, header, 0x05);
        MessageHeader.putAck(
                pio, header, (info.context() & 0xF) << 24 | info.context() >>> 4 << 30);
        MemorySegment.copy(
                payload, 0, pio, ValueLayout.JAVA_BYTE, at + PioLayout.PAYLOAD, payload.length);
        return buffer;
    }

    /** Sends payload, whole dwords, to an offset in the page that a TID names. */
    public void sendExpected(int dlid, int destination, int tid, int offsetBytes, byte[] payload) {
        launch(
                write(dlid, destination, tid, offsetBytes / Integer.BYTES, 0, payload),
                Pbc.ofPayload(payload.length));
    }

    /** Has the chip send {@code length} bytes from the start of pinned memory to these TIDs. */
    public void sendGather(int dlid, int destination, int handle, int length, int... tids) {
        byte[] record = new byte[GatherRecord.bytes(tids.length) + 7 & ~7];
        MemorySegment whole = MemorySegment.ofArray(new long[record.length / Long.BYTES]);
        GatherRecord.write(whole, 0, handle, 0, length, 0, tids.length, 0, 0);
        for (int i = 0; i < tids.length; i++) {
            GatherRecord.putTid(whole, 0, i, tids[i]);
        }
        MemorySegment.copy(whole, ValueLayout.JAVA_BYTE, 0, record, 0, record.length);
        byte[] payload = Arrays.copyOf(record, GatherRecord.bytes(tids.length));
        launch(
                write(dlid, destination, 0, 0, 0, payload),
                Pbc.asGather(Pbc.ofPayload(payload.length)));
    }

    /** Launches with the right length. */
    public void launch(int buffer) {
        launch(buffer, Pbc.ofPayload(0));
    }

    public void launch(int buffer, long pbc) {
        lastTag = Pbc.nextLaunchTag(lastTag, tags[buffer]);
        tags[buffer] = lastTag;
        Pbc.put(pio, (long) buffer * info.pioalign(), Pbc.withLaunchTag(pbc, lastTag));
    }

    public void send(int dlid, int destination) {
        launch(write(dlid, destination, 0));
    }

    public void sendUrgent(int dlid, int destination) {
        launch(write(dlid, destination, IpathHeader.INTR));
    }

    /** Bits of a buffer in the avail page: 1 check, 2 busy. */
    public int availBits(int buffer) {
        int number = info.pioindex() + buffer;
        return (int) (avail.get(QWORD, number / 32 * 8L) >>> 2 * (number % 32)) & 3;
    }

    @Override
    public void close() {
        arena.close();
    }
}
