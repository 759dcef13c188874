package io.softpath.daemon;

import io.softpath.abi.control.CommandRecord;
import io.softpath.abi.control.ControlRecord;
import io.softpath.daemon.control.ControlTrace;
import io.softpath.flight.EventLayout;
import io.softpath.flight.FlightKind;
import io.softpath.flight.FlightRecorder;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/** Records what clients ask of the driver's half. On the duty cycle's thread. */
final class ControlFlight implements ControlTrace {
    /** A command with its payload; longer requests are cut. */
    private static final int MOST_REQUEST_BYTES = 256;

    private final FlightRecorder recorder;

    ControlFlight(FlightRecorder recorder) {
        this.recorder = recorder;
    }

    @Override
    public void opened(int node, int pid, int uid, int gid) {
        record(FlightKind.OPEN, node, -1, -1, node, pid, uid, gid);
    }

    @Override
    public void answered(
            int unit,
            int context,
            int subcontext,
            int pid,
            int uid,
            MemorySegment request,
            int length,
            int result) {
        int kind = ControlRecord.kind(request);
        if (kind == ControlRecord.MMAP && length >= ControlRecord.MMAP_BYTES) {
            recorder.record(
                    FlightKind.MAP,
                    unit,
                    context,
                    subcontext,
                    ControlRecord.u64(request, ControlRecord.MMAP_TOKEN),
                    result,
                    pid,
                    ControlRecord.u64(request, ControlRecord.MMAP_LENGTH),
                    ControlRecord.u32(request, ControlRecord.MMAP_PROT),
                    ControlRecord.u32(request, ControlRecord.MMAP_FLAGS));
        } else if (kind == ControlRecord.MUNMAP && length >= ControlRecord.MUNMAP_BYTES) {
            record(
                    FlightKind.UNMAP,
                    unit,
                    context,
                    subcontext,
                    ControlRecord.u64(request, ControlRecord.MUNMAP_TOKEN),
                    result,
                    pid,
                    ControlRecord.u64(request, ControlRecord.MUNMAP_LENGTH));
        } else {
            boolean command =
                    kind == ControlRecord.WRITE
                            && length >= ControlRecord.WRITE_COMMAND + Integer.BYTES;
            request(
                    command ? FlightKind.COMMAND : FlightKind.CONTROL,
                    unit,
                    context,
                    subcontext,
                    command ? CommandRecord.type(request, ControlRecord.WRITE_COMMAND) : kind,
                    result,
                    pid,
                    uid,
                    request,
                    length);
        }
    }

    private void request(
            FlightKind kind,
            int unit,
            int context,
            int subcontext,
            long code,
            int result,
            int pid,
            int uid,
            MemorySegment request,
            int length) {
        recorder.record(
                kind,
                unit,
                context,
                subcontext,
                code,
                result,
                pid,
                uid,
                0,
                0,
                request,
                0,
                Math.min(length, MOST_REQUEST_BYTES));
    }

    @Override
    public void answeredLate(int unit, int context, int subcontext, int pid, int kind, int result) {
        record(FlightKind.CONTROL, unit, context, subcontext, kind, result, pid, 0);
    }

    @Override
    public void closed(int unit, int context, int subcontext, int pid, String why) {
        MemorySegment text = MemorySegment.ofArray(why.getBytes(StandardCharsets.UTF_8));
        int length = (int) text.byteSize();
        recorder.record(
                FlightKind.CLOSE, unit, context, subcontext, pid, 0, 0, 0, 0, 0, text, 0, length);
    }

    @Override
    public void pinned(int pid, int pages, long pinnedPages) {
        FlightKind kind = pages < 0 ? FlightKind.UNPIN : FlightKind.PIN;
        record(kind, -1, -1, -1, pid, Math.abs(pages), pinnedPages, 0);
    }

    @Override
    public void registered(int pid, long bytes, long registeredBytes) {
        FlightKind kind = bytes < 0 ? FlightKind.UNREGISTER : FlightKind.REGISTER;
        record(kind, -1, -1, -1, pid, Math.abs(bytes), registeredBytes, 0);
    }

    /** Numbers below 0 are {@link EventLayout#NONE} in the record, which has 16 bits for them. */
    private void record(
            FlightKind kind,
            int unit,
            int context,
            int subcontext,
            long a,
            long b,
            long c,
            long d) {
        recorder.record(kind, unit, context, subcontext, a, b, c, d, 0, 0);
    }
}
