package io.softpath.apps.exchange;

import io.softpath.abi.psm.PsmError;
import io.softpath.psm.MatchedQueue;
import io.softpath.psm.Status;
import io.softpath.psm.engine.Request;

import java.lang.foreign.MemorySegment;
import java.util.Collection;

/** Receives: whatever has come begins to be received, and is handed on when it is whole. */
final class Inbox {
    /** Receives that may be under way. */
    private static final int MOST = 64;

    /** Takes what has come whole, in order. */
    interface Receiver {
        Session session(int incarnation);

        void onMessage(Session from, long tag, long slot, MemorySegment message);
    }

    private final MatchedQueue queue;
    private final Buffers buffers;
    private final Receiver receiver;
    private final Status status = new Status();
    private int underWay;
    private long slots;

    Inbox(MatchedQueue queue, Buffers buffers, Receiver receiver) {
        this.queue = queue;
        this.buffers = buffers;
        this.receiver = receiver;
    }

    /** Whether there is something to begin, or to hand on. */
    boolean hasNews(Collection<Session> sessions) {
        if (underWay < MOST && queue.iprobe(0, MessageTag.BOND, status)) {
            return true;
        }
        for (Session each : sessions) {
            Incoming first = each.incoming.peek();
            if (first != null && first.request().isComplete()) {
                return true;
            }
        }
        return false;
    }

    void begin() {
        while (underWay < MOST && queue.iprobe(0, MessageTag.BOND, status)) {
            long tag = status.tag();
            int length = status.messageLength();
            Buffers.Buffer buffer = buffers.take(length);
            Request request = queue.irecv(tag, -1, buffer.memory(), 0, length, null, null);
            receiver.session(MessageTag.from(tag))
                    .incoming
                    .add(new Incoming(tag, ++slots, buffer, request));
            underWay++;
        }
    }

    void finish(Session session) {
        Incoming first = session.incoming.peek();
        while (first != null && queue.test(first.request(), status)) {
            session.incoming.remove();
            underWay--;
            if (status.error() != PsmError.OK) {
                session.broken = true;
            } else if (!session.broken) {
                receiver.onMessage(
                        session,
                        first.tag(),
                        first.slot(),
                        first.buffer().memory().asSlice(0, status.messageLength()));
            }
            buffers.give(first.buffer());
            first = session.incoming.peek();
        }
    }
}
