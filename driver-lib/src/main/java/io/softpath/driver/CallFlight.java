package io.softpath.driver;

import io.softpath.abi.control.ControlRecord;
import io.softpath.driver.control.CallTrace;
import io.softpath.flight.EventLayout;
import io.softpath.flight.FlightKind;
import io.softpath.flight.FlightRecorder;

import java.lang.foreign.MemorySegment;

/** Records what a process asks of the daemon. */
final class CallFlight implements CallTrace {
    private static final int MOST_REQUEST_BYTES = 256;

    private final FlightRecorder recorder;

    CallFlight(FlightRecorder recorder) {
        this.recorder = recorder;
    }

    @Override
    public void answered(MemorySegment request, int result, long durationNs) {
        recorder.record(
                FlightKind.CALL,
                EventLayout.NONE,
                EventLayout.NONE,
                EventLayout.NONE,
                ControlRecord.kind(request),
                result,
                durationNs,
                0,
                0,
                0,
                request,
                0,
                (int) Math.min(request.byteSize(), MOST_REQUEST_BYTES));
    }
}
