package io.softpath.launch;

import io.softpath.abi.psm.EndpointId;
import io.softpath.abi.psm.PsmError;
import io.softpath.driver.DeviceOptions;
import io.softpath.driver.PinnedRegion;
import io.softpath.psm.Endpoint;
import io.softpath.psm.EndpointOptions;
import io.softpath.psm.MatchedQueue;
import io.softpath.psm.PsmDevices;
import io.softpath.psm.PsmVariable;
import io.softpath.psm.Status;
import io.softpath.psm.engine.Peer;
import io.softpath.psm.engine.Request;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Two programs that do, once a round, everything that the library can do: open, pin, connect, send
 * and receive messages of every class both ways, and close. What comes is compared with what was
 * sent.
 */
final class EveryStep {
    /** Of one TID window, so that a long message takes several. */
    private static final int WINDOW = 64 << 10;

    private static final int[] UNPINNED = {0, 4, 8, 60, 900, 30_000, 200_000};
    private static final int LONG = 300_001;
    private static final int LONG_MESSAGES = 4;
    private static final Duration TURN = Duration.ofMillis(200);

    /** How messages go. */
    enum Way {
        DIRECT(List.of(PsmDevices.SELF, PsmDevices.SHM, PsmDevices.IPATH)),
        BY_TID(List.of(PsmDevices.SELF, PsmDevices.IPATH)),
        IN_PACKETS(List.of(PsmDevices.SELF, PsmDevices.IPATH));

        @SuppressWarnings("ImmutableEnumChecker") // List.of
        private final List<PsmDevices> devices;

        Way(List<PsmDevices> devices) {
            this.devices = devices;
        }
    }

    /** How the two tell each other who they are. */
    @FunctionalInterface
    interface Meeting {
        /** Tells the other our id; returns its. */
        EndpointId swap(EndpointId own);

        /** Whether the other is known to be no more, and need not be waited for. */
        default boolean isOver() {
            return false;
        }
    }

    private final DeviceOptions device;
    private final UUID job;
    private final Meeting meeting;
    private final Duration patience;

    EveryStep(DeviceOptions device, UUID job, Meeting meeting, Duration patience) {
        this.device = device;
        this.job = job;
        this.meeting = meeting;
        this.patience = patience;
    }

    /**
     * One round.
     *
     * @return whether all went well; false: a request has failed, or the other does not part
     * @throws io.softpath.error.SoftpathException if the daemon is gone, or the other cannot be
     *     reached
     */
    boolean round() {
        for (Way way : Way.values()) {
            if (!round(way)) {
                return false;
            }
        }
        return true;
    }

    private boolean round(Way way) {
        EndpointOptions options =
                EndpointOptions.ofJob(job)
                        .withDevice(device)
                        .withDevices(way.devices)
                        .withTids(way != Way.IN_PACKETS, WINDOW)
                        .withRendezvousBytes(WINDOW)
                        .with(PsmVariable.RNDV_SHM_THRESH, WINDOW);
        try (Endpoint endpoint = Endpoint.open(options)) {
            Peer peer = connect(endpoint, meeting.swap(endpoint.id()));
            boolean good = exchange(endpoint, peer);
            PsmError closed = endpoint.close(patience);
            return good && closed == PsmError.OK;
        }
    }

    /** In short turns: who waits for a peer to come waits on if it is dead. */
    private Peer connect(Endpoint endpoint, EndpointId id) {
        long start = System.nanoTime();
        while (!meeting.isOver() && System.nanoTime() - start < patience.toNanos()) {
            Peer peer = endpoint.connect(List.of(id), TURN).getFirst().peer();
            if (peer != null) {
                return peer;
            }
        }
        return endpoint.connect(id, TURN);
    }

    private boolean exchange(Endpoint endpoint, Peer peer) {
        try (PinnedRegion in = endpoint.pin((long) LONG_MESSAGES * LONG);
                PinnedRegion out = endpoint.pin((long) LONG_MESSAGES * LONG)) {
            List<MemorySegment> sent = new ArrayList<>();
            List<MemorySegment> received = new ArrayList<>();
            for (int bytes : UNPINNED) {
                sent.add(MemorySegment.ofArray(new byte[bytes]));
                received.add(MemorySegment.ofArray(new byte[bytes]));
            }
            for (int i = 0; i < LONG_MESSAGES; i++) {
                sent.add(out.segment().asSlice((long) i * LONG, LONG));
                received.add(in.segment().asSlice((long) i * LONG, LONG));
            }
            return exchange(endpoint.queue(), peer, sent, received);
        }
    }

    private boolean exchange(
            MatchedQueue queue, Peer peer, List<MemorySegment> sent, List<MemorySegment> received) {
        List<Request> requests = new ArrayList<>();
        for (int tag = 0; tag < received.size(); tag++) {
            requests.add(queue.irecv(tag, received.get(tag)));
        }
        for (int tag = 0; tag < sent.size(); tag++) {
            mark(sent.get(tag), tag);
            requests.add(queue.isend(peer, tag, sent.get(tag)));
        }
        Status status = new Status();
        for (Request request : requests) {
            if (!queue.await(request, patience, status) || status.error() != PsmError.OK) {
                return false;
            }
        }
        for (int tag = 0; tag < received.size(); tag++) {
            check(received.get(tag), tag);
        }
        return true;
    }

    private static void mark(MemorySegment memory, int tag) {
        for (long i = 0; i < memory.byteSize(); i++) {
            memory.set(ValueLayout.JAVA_BYTE, i, markOf(i, tag));
        }
    }

    private static void check(MemorySegment memory, int tag) {
        for (long i = 0; i < memory.byteSize(); i++) {
            byte found = memory.get(ValueLayout.JAVA_BYTE, i);
            if (found != markOf(i, tag)) {
                throw new AssertionError(
                        "message="
                                + tag
                                + " byte="
                                + i
                                + " found="
                                + found
                                + ", not what was sent");
            }
        }
    }

    private static byte markOf(long at, int tag) {
        return (byte) (at * 31 + (at >> 9) + 7L * tag);
    }
}
