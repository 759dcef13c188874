package io.softpath.launch;

import io.softpath.abi.psm.EndpointId;
import io.softpath.driver.DeviceOptions;
import io.softpath.psm.Endpoint;
import io.softpath.psm.EndpointOptions;
import io.softpath.psm.MatchedQueue;
import io.softpath.psm.engine.Peer;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;

/**
 * The other end of a connection, for tests that kill it: sends half of a long message and takes
 * half of another, and then whatever its input says.
 *
 * <p>Arguments: run directory, unit, job, id of the endpoint to connect to.
 */
final class QueueRank {
    static final int BYTES = 8 << 20;
    static final long TO_RANK = 1;
    static final long FROM_RANK = 2;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private QueueRank() {}

    public static void main(String[] args) throws Exception {
        EndpointOptions options =
                EndpointOptions.ofJob(UUID.fromString(args[2]))
                        .withDevice(
                                DeviceOptions.fromEnvironment()
                                        .withDirectory(Path.of(args[0]))
                                        .withUnit(Integer.parseInt(args[1])));
        try (Endpoint endpoint = Endpoint.open(options)) {
            System.out.println("id " + endpoint.id().value());
            Peer peer = endpoint.connect(new EndpointId(Long.parseLong(args[3])), PATIENCE);
            MatchedQueue queue = endpoint.queue();
            MemorySegment in = MemorySegment.ofArray(new byte[BYTES]);
            var receive = queue.irecv(TO_RANK, in);
            var send = queue.isend(peer, FROM_RANK, MemorySegment.ofArray(new byte[BYTES]));
            long start = moved(endpoint);
            endpoint.await(() -> moved(endpoint) > start + 300, PATIENCE);
            System.out.println("in the middle");
            System.in.read(); // no progress until somebody says so
            queue.await(receive, PATIENCE, null);
            queue.await(send, PATIENCE, null);
            System.out.println("all done");
            endpoint.close(PATIENCE);
        }
    }

    /** Packets to the chip, and records to and from shared memory. */
    private static long moved(Endpoint endpoint) {
        return endpoint.counters().packetsSent() + endpoint.counters().records();
    }
}
