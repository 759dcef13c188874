package io.softpath.bench.floor;

import io.softpath.bench.process.Trips;
import io.softpath.bench.process.UserPair;
import io.softpath.linux.EventFd;
import io.softpath.linux.Fd;
import io.softpath.linux.Poll;
import io.softpath.linux.SeqPacketListener;
import io.softpath.linux.SeqPacketSocket;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * One of two processes that sleep until the other wakes them: {@code WakePeer ROLE DIRECTORY
 * MEASURED_MS}. The one that answers makes both bells and passes them on.
 */
final class WakePeer {
    static final String PING = "ping";
    static final String PONG = "pong";

    /** Under which name it reports the bytes that a trip allocates. */
    static final String ALLOC = FloorBench.WAKE + ".alloc";

    private static final String SOCKET = "bells";
    private static final int BELLS = 2;
    private static final int WARM_UP_TRIPS = 10_000;
    private static final long DEADLINE_NS = Duration.ofSeconds(10).toNanos();

    private final EventFd own;
    private final EventFd other;
    private final Poll poll;

    private WakePeer(EventFd own, EventFd other) {
        this.own = own;
        this.other = other;
        poll = Poll.of(own.fd());
    }

    public static void main(String[] arguments) throws IOException {
        Path path = Path.of(arguments[1], SOCKET);
        switch (arguments[0]) {
            case PONG -> pong(path);
            case PING -> ping(path, Long.parseLong(arguments[2]) * 1_000_000);
            default -> throw new IllegalArgumentException("no such role: " + arguments[0]);
        }
    }

    private static void pong(Path path) throws IOException {
        try (SeqPacketListener listener =
                        SeqPacketListener.listen(
                                path, PosixFilePermissions.fromString("rw-------"), 1);
                EventFd own = EventFd.create("pong");
                EventFd other = EventFd.create("ping");
                Arena arena = Arena.ofConfined()) {
            if (UserPair.meet(PONG) == null) {
                return; // the harness is gone
            }
            if (Poll.of(listener.fd()).await(DEADLINE_NS) == 0) {
                throw new IllegalStateException("nobody connects: path=" + path);
            }
            try (SeqPacketSocket socket = listener.accept()) {
                socket.send(arena.allocate(1), 1, own.fd(), other.fd());
                new WakePeer(own, other).answer();
            }
        }
    }

    private static void ping(Path path, long measuredNs) throws IOException {
        if (UserPair.meet(PING) == null) {
            return; // the harness is gone
        }
        List<Fd> bells = new ArrayList<>();
        try (SeqPacketSocket socket = SeqPacketSocket.connect(path);
                Arena arena = Arena.ofConfined()) {
            MemorySegment message = arena.allocate(1);
            if (Poll.of(socket.fd()).await(DEADLINE_NS) == 0
                    || socket.receive(message, BELLS, bells) != 1
                    || bells.size() != BELLS) {
                throw new IllegalStateException("no bells came: path=" + path);
            }
        }
        try (EventFd other = EventFd.received(bells.getFirst());
                EventFd own = EventFd.received(bells.getLast())) {
            WakePeer peer = new WakePeer(own, other);
            Runnable trip =
                    () -> {
                        peer.other.signal();
                        peer.sleep();
                    };
            new Trips(trip, measuredNs, WARM_UP_TRIPS).measure(System.out, FloorBench.WAKE, ALLOC);
        }
    }

    /** Until the harness ends it, or nobody has woken it for long. */
    private void answer() {
        while (true) {
            sleep();
            other.signal();
        }
    }

    private void sleep() {
        if (poll.await(DEADLINE_NS) == 0) {
            throw new IllegalStateException("nobody woke us: deadlineNs=" + DEADLINE_NS);
        }
        long signals = own.drain();
        if (signals != 1) {
            throw new IllegalStateException("woken by signals=" + signals);
        }
    }
}
