package io.softpath.daemon;

import io.softpath.abi.packet.Lrh;
import io.softpath.abi.packet.Pbc;
import io.softpath.abi.packet.Rhf;
import io.softpath.abi.register.ChipCounter;
import io.softpath.daemon.chip.ChipTrace;
import io.softpath.daemon.chip.Packet;
import io.softpath.daemon.chip.Wire;
import io.softpath.flight.EventLayout;
import io.softpath.flight.FlightKind;
import io.softpath.flight.FlightRecorder;

/** Records what one chip does. On the duty cycle's thread. */
final class UnitFlight implements ChipTrace {
    private final FlightRecorder recorder;
    private final int unit;

    UnitFlight(FlightRecorder recorder, int unit) {
        this.recorder = recorder;
        this.unit = unit;
    }

    @Override
    public void launched(int context, int pioBuffer, long pbc) {
        event(FlightKind.LAUNCH, context, pioBuffer, pbc, Pbc.lengthDwords(pbc));
    }

    @Override
    public void sending(int context, Packet packet) {
        int lengthDwords = Lrh.lengthDwords(packet.header().lrh());
        packet(FlightKind.WIRE, context, packet, lengthDwords, 0, 0, 0);
    }

    @Override
    public void refused(int context, Packet packet, Wire.Outcome outcome) {
        packet(FlightKind.WIRE_REFUSED, context, packet, outcome.ordinal(), 0, 0, 0);
    }

    @Override
    public void sentRun(int context, Packet first, int packets) {
        packet(FlightKind.WIRE_RUN, context, first, packets, 0, 0, 0);
    }

    @Override
    public void storedEager(int context, int egrIndex, Packet packet) {
        packet(FlightKind.DMA_EAGER, context, packet, egrIndex, 0, 0, 0);
    }

    @Override
    public void storedExpected(int context, int tid, int offset, Packet packet) {
        packet(FlightKind.DMA_EXPECTED, context, packet, tid, offset, 0, 0);
    }

    @Override
    public void storedRun(int context, Packet first, int packets) {
        packet(FlightKind.DMA_RUN, context, first, packets, 0, 0, 0);
    }

    @Override
    public void delivering(int context, int entryDwords, long rhf, Packet packet) {
        packet(
                FlightKind.ENTRY,
                context,
                packet,
                rhf,
                entryDwords,
                Rhf.seq(rhf),
                Rhf.ERRORS.get(rhf));
    }

    @Override
    public void dropped(int context, ChipCounter why, Packet packet) {
        packet(FlightKind.DROP, context, packet, why.ordinal(), 0, 0, 0);
    }

    @Override
    public void tidSet(int context, int tid) {
        event(FlightKind.TID_SET, context, tid, 0, 0);
    }

    @Override
    public void tidCleared(int context, int tid) {
        event(FlightKind.TID_CLEAR, context, tid, 0, 0);
    }

    @Override
    public void interrupt(int context) {
        event(FlightKind.INTERRUPT, context, 0, 0, 0);
    }

    @Override
    public void error(long newErrorBits) {
        event(FlightKind.CHIP_ERROR, EventLayout.NONE, newErrorBits, 0, 0);
    }

    @Override
    public void sendBufferError(int pioBuffer) {
        event(FlightKind.SEND_BUFFER_ERROR, EventLayout.NONE, pioBuffer, 0, 0);
    }

    @Override
    public void linkChanged(boolean up) {
        event(FlightKind.LINK, EventLayout.NONE, up ? 1 : 0, 0, 0);
    }

    private void event(FlightKind kind, int context, long a, long b, long c) {
        recorder.record(kind, unit, context, EventLayout.NONE, a, b, c, 0, 0, 0);
    }

    /** A context below 0 is {@link EventLayout#NONE} in the record, which has 16 bits for it. */
    private void packet(
            FlightKind kind, int context, Packet packet, long a, long c, long d, long e) {
        recorder.record(
                kind,
                unit,
                context,
                EventLayout.NONE,
                a,
                packet.payloadBytes(),
                c,
                d,
                e,
                0,
                packet.header(),
                packet.payload(),
                packet.payloadOffset(),
                packet.payloadBytes());
    }
}
