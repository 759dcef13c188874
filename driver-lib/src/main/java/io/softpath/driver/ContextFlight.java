package io.softpath.driver;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.softpath.abi.packet.HeaderCopy;
import io.softpath.abi.packet.MessageHeader;
import io.softpath.abi.packet.Rhf;
import io.softpath.flight.FlightKind;
import io.softpath.flight.FlightRecorder;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Records what one context sends and receives. */
final class ContextFlight implements PacketTrace {
    private static final ValueLayout.OfLong QWORD = JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final FlightRecorder recorder;
    private final int unit;
    private final int context;
    private final int subcontext;

    /** Of the sending thread. */
    private final MemorySegment header = MemorySegment.ofArray(new long[MessageHeader.BYTES / 8]);

    private final HeaderCopy sent = new HeaderCopy();

    /** Of the receiving thread. */
    private final HeaderCopy received = new HeaderCopy();

    ContextFlight(FlightRecorder recorder, int unit, int context, int subcontext) {
        this.recorder = recorder;
        this.unit = unit;
        this.context = context;
        this.subcontext = subcontext;
    }

    @Override
    public void launching(
            int pioBuffer,
            long pbc,
            long lrh,
            long bth,
            long psnAndVcto,
            long flagsAndMessage,
            long protocol,
            long data0,
            long data1,
            MemorySegment payload,
            long offset,
            int length) {
        header.set(QWORD, MessageHeader.LRH, lrh);
        header.set(QWORD, MessageHeader.BTH0, bth);
        header.set(QWORD, MessageHeader.BTH2, psnAndVcto);
        header.set(QWORD, MessageHeader.CHKSUM, flagsAndMessage);
        header.set(QWORD, MessageHeader.ACK, protocol);
        header.set(QWORD, MessageHeader.DATA0, data0);
        header.set(QWORD, MessageHeader.DATA1, data1);
        sent.load(header, 0);
        recorder.record(
                FlightKind.PIO,
                unit,
                context,
                subcontext,
                pioBuffer,
                length,
                pbc,
                0,
                0,
                0,
                sent,
                payload,
                offset,
                length);
    }

    @Override
    public void read(
            long rhf,
            MemorySegment rcvHdrq,
            long headerOffset,
            MemorySegment payload,
            long offset,
            int length) {
        received.load(rcvHdrq, headerOffset);
        recorder.record(
                FlightKind.READ,
                unit,
                context,
                subcontext,
                rhf,
                length,
                Rhf.errors(rhf),
                0,
                0,
                0,
                received,
                payload,
                offset,
                length);
    }
}
