package io.softpath.bench.mq;

import io.softpath.psm.Endpoint;
import io.softpath.psm.MatchedQueue;
import io.softpath.psm.Status;
import io.softpath.psm.engine.Peer;
import io.softpath.psm.engine.Request;

import java.lang.foreign.MemorySegment;

/**
 * The process that answers. It has receives waiting for all messages of a window, so that none is
 * unexpected; all go to the same memory, as those of the OSU bandwidth test do.
 */
final class Pong {
    /** The tag of a message that is sent back. */
    static final long ECHO = 1;

    /** The tag of a message that nobody answers. */
    static final long BULK = 2;

    /** The tag of the last message of a window, which an empty one answers. */
    static final long BULK_END = 3;

    /** The tag of the last message of all. */
    static final long STOP = 4;

    private static final int RECEIVES = 129; // two windows, and the one that begins the next
    private static final long ANY = 0;

    private final MatchedQueue queue;
    private final Peer peer;
    private final MemorySegment memory;
    private final Request[] receives = new Request[RECEIVES];
    private final Status status = new Status();

    Pong(Endpoint endpoint, Peer peer) {
        queue = endpoint.queue();
        memory = endpoint.pin(Size.LONGEST.bytes()).segment();
        this.peer = peer;
    }

    /** Serves until the other has measured everything. */
    void serve() {
        for (int i = 0; i < RECEIVES; i++) {
            receives[i] = receive();
        }
        for (int next = 0; answered(next) != STOP; next = (next + 1) % RECEIVES) {
            receives[next] = receive();
        }
    }

    /** Waits for a message, answers it if it wants that, and returns its tag. */
    private long answered(int receive) {
        Ping.await(queue, receives[receive], status);
        long tag = status.tag();
        if (tag == ECHO) {
            answer(status.bytes());
        } else if (tag == BULK_END) {
            answer(0);
        }
        return tag;
    }

    private Request receive() {
        return queue.irecv(ANY, ANY, memory, 0, Size.LONGEST.bytes(), null, null);
    }

    private void answer(int bytes) {
        queue.send(peer, ECHO, memory, 0, bytes, Endpoints.PATIENCE);
    }
}
