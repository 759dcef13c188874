package io.softpath.psm;

import io.softpath.abi.psm.EndpointId;
import io.softpath.flight.EventLayout;
import io.softpath.flight.FlightKind;
import io.softpath.flight.FlightRecorder;
import io.softpath.psm.engine.MessageTrace;
import io.softpath.psm.engine.Peer;
import io.softpath.psm.engine.Request;

/** Records what becomes of the messages of one endpoint. */
final class EndpointFlight implements MessageTrace {
    private final FlightRecorder recorder;
    private final EndpointId own;

    EndpointFlight(FlightRecorder recorder, EndpointId own) {
        this.recorder = recorder;
        this.own = own;
    }

    @Override
    public void posted(Peer to, int number, long tag, int length, boolean synchronous) {
        record(FlightKind.POST, own, to.id(), number, tag, length, synchronous ? 1 : 0);
    }

    @Override
    public void receivePosted(long tag, long selector, int length) {
        recorder.record(
                FlightKind.RECEIVE,
                EventLayout.NONE,
                own.context(),
                own.subcontext(),
                tag,
                selector,
                length,
                0,
                0,
                0);
    }

    @Override
    public void arrived(Peer from, int number, long tag, int length, boolean announced) {
        record(FlightKind.ARRIVE, from.id(), own, number, tag, length, announced ? 1 : 0);
    }

    @Override
    public void matched(Peer from, int number, long tag, int length, int room) {
        record(FlightKind.MATCH, from.id(), own, number, tag, length, room);
    }

    @Override
    public void completed(Request request, boolean isSend, int number) {
        EndpointId peer = request.peer().id();
        record(
                isSend ? FlightKind.SENT : FlightKind.RECEIVED,
                isSend ? own : peer,
                isSend ? peer : own,
                number,
                request.tag(),
                request.messageLength(),
                request.error().code());
    }

    private void record(
            FlightKind kind,
            EndpointId from,
            EndpointId to,
            int number,
            long tag,
            int length,
            int sixth) {
        recorder.record(
                kind,
                EventLayout.NONE,
                own.context(),
                own.subcontext(),
                from.value(),
                to.value(),
                number,
                tag,
                length,
                sixth);
    }
}
