package io.softpath.launch;

import io.softpath.abi.psm.EndpointId;
import io.softpath.driver.DeviceOptions;
import io.softpath.flight.AppJournal;
import io.softpath.flight.MessageId;
import io.softpath.psm.Endpoint;
import io.softpath.psm.EndpointOptions;
import io.softpath.psm.MatchedQueue;
import io.softpath.psm.Status;
import io.softpath.psm.engine.Peer;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;

/**
 * One end of a conversation that is recorded and then killed: sends messages of all classes, or
 * takes them, says so in a history, and waits for its death.
 *
 * <p>Arguments: run directory, unit, job, directory for the history, id of the endpoint to send to
 * if it is the sender.
 */
final class RecordedRank {
    /** Tiny, short, long, and with a request to send. */
    static final int[] LENGTHS = {8, 1000, 10_000, 200_000};

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private RecordedRank() {}

    public static void main(String[] args) throws Exception {
        EndpointOptions options =
                EndpointOptions.ofJob(UUID.fromString(args[2]))
                        .withDevice(
                                DeviceOptions.fromEnvironment()
                                        .withDirectory(Path.of(args[0]))
                                        .withUnit(Integer.parseInt(args[1])));
        boolean sends = args.length > 4;
        try (Endpoint endpoint = Endpoint.open(options);
                AppJournal history = AppJournal.open(Path.of(args[3]), sends ? "app-0" : "app-1")) {
            System.out.println("id " + endpoint.id().value());
            if (sends) {
                Peer peer = endpoint.connect(new EndpointId(Long.parseLong(args[4])), PATIENCE);
                send(endpoint.queue(), peer, history);
            } else {
                take(endpoint.queue(), history);
            }
            System.out.println("all done");
            System.in.read(); // and waits to be killed
        }
    }

    private static void send(MatchedQueue queue, Peer peer, AppJournal history) {
        for (int i = 0; i < LENGTHS.length; i++) {
            MessageId id = new MessageId(0, 0, 1, i);
            history.send(id, LENGTHS[i], i);
            MemorySegment bytes = MemorySegment.ofArray(new byte[LENGTHS[i]]);
            queue.await(queue.isend(peer, i, bytes), PATIENCE, null);
            history.acked(id, LENGTHS[i], i);
        }
    }

    private static void take(MatchedQueue queue, AppJournal history) {
        Status status = new Status();
        for (int i = 0; i < LENGTHS.length; i++) {
            MemorySegment bytes = MemorySegment.ofArray(new byte[LENGTHS[i]]);
            queue.await(queue.irecv(i, bytes), PATIENCE, status);
            history.delivered(new MessageId(0, 0, 1, i), status.bytes(), i);
        }
    }
}
