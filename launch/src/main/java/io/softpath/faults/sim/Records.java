package io.softpath.faults.sim;

import io.softpath.faults.check.Event;
import io.softpath.faults.check.Event.How;
import io.softpath.faults.check.History;
import io.softpath.faults.check.Incarnation;
import io.softpath.faults.check.MessageId;
import io.softpath.psm.sim.SimWorld;

/** Where members record what happens to them: for the checker, and for the trace. */
final class Records {
    private final SimWorld world;
    private final Trace trace;
    private final History history = new History();
    private final Totals totals;

    Records(SimWorld world, Trace trace, Totals totals) {
        this.world = world;
        this.trace = trace;
        this.totals = totals;
    }

    History history() {
        return history;
    }

    Totals totals() {
        return totals;
    }

    private void trace(Trace.Kind kind, long... numbers) {
        trace.add(world.nowNs(), kind, numbers);
    }

    void item(int place) {
        trace(Trace.Kind.ITEM, place);
    }

    void started(Incarnation who) {
        history.add(new Event.Started(who));
        trace(Trace.Kind.STARTED, who.member(), who.number());
    }

    void ended(Incarnation who, How how) {
        history.add(new Event.Ended(who, how));
        trace(Trace.Kind.ENDED, who.member(), who.number(), how.ordinal());
        totals.ended(how);
    }

    void connected(Incarnation who, int with, int incarnation, int connection) {
        trace(Trace.Kind.CONNECTED, who.member(), with, incarnation, connection);
    }

    void sent(MessageId id, int connection, int toIncarnation, byte[] bytes) {
        history.add(
                new Event.Sent(
                        id, connection, toIncarnation, bytes.length, Contents.checksum(bytes)));
        trace(Trace.Kind.SENT, id.from(), id.to(), id.incarnation(), id.number(), bytes.length);
        totals.sent++;
        totals.bytes += bytes.length;
    }

    void sendDone(MessageId id, int error) {
        trace(Trace.Kind.SEND_DONE, id.from(), id.to(), id.incarnation(), id.number(), error);
    }

    void delivered(MessageId id, Incarnation by, long slot, long length, long checksum) {
        history.add(new Event.Delivered(id, by, slot, length, checksum));
        trace(Trace.Kind.DELIVERED, by.member(), id.from(), id.incarnation(), id.number(), slot);
        totals.delivered++;
    }

    void acknowledged(MessageId id) {
        history.add(new Event.Acknowledged(id));
        trace(Trace.Kind.ACKNOWLEDGED, id.from(), id.to(), id.incarnation(), id.number());
        totals.acknowledged++;
    }

    void failed(MessageId id, String error) {
        history.add(new Event.Failed(id, error));
        trace(Trace.Kind.FAILED, id.from(), id.to(), id.incarnation(), id.number(), 0);
        totals.failed++;
    }

    void counted(String resource, long after) {
        history.add(new Event.Counted(resource, 0, after));
        trace(Trace.Kind.COUNTED, resource.hashCode(), 0, after);
    }
}
