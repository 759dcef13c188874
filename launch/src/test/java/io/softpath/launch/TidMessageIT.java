package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.psm.EndpointId;
import io.softpath.abi.psm.PsmError;
import io.softpath.driver.PinnedRegion;
import io.softpath.psm.Endpoint;
import io.softpath.psm.EndpointOptions;
import io.softpath.psm.Status;
import io.softpath.psm.engine.Peer;
import io.softpath.psm.engine.Request;

import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Long messages of ours into pinned memory, through the chips and over bad links. */
@ExtendWith(ChildOutput.class)
class TidMessageIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int ROUNDS = 6;
    private static final int MESSAGES = 3;
    private static final int ROOM = 600_000;
    private static final byte CANARY = 0x3D;

    /**
     * Several messages at once, odd in every way. Chips without flows rely on links that neither
     * double packets nor change their order.
     */
    @ParameterizedTest
    @CsvSource({
        "IBA6120, ''",
        "IBA6120, drop=2%;corrupt=1%;seed=3",
        "IBA7220, drop=1%;delay=20us;seed=4",
        "IBA7322, ''",
        "IBA7322, drop=2%;dup=1%;reorder=1%;corrupt=1%;seed=5"
    })
    void shouldPlaceLongMessagesInPinnedMemoryAndTouchNothingElse(String model, String trouble)
            throws Exception {
        List<String> options = new ArrayList<>(List.of("--units", "2", "--model", model));
        if (!trouble.isEmpty()) {
            options.addAll(List.of("--link", trouble.replace(';', ',')));
        }
        long seed = new SplittableRandom().nextLong();
        System.out.println("seed=" + seed);
        UUID job = UUID.randomUUID();
        try (ChildDaemon daemon = ChildDaemon.start(options.toArray(String[]::new));
                Endpoint one = open(job, daemon, 0);
                Endpoint two = open(job, daemon, 1);
                ExecutorService threads = Executors.newFixedThreadPool(2)) {
            Future<?> first = threads.submit(() -> talk(one, two.id(), seed, 0));
            Future<?> second = threads.submit(() -> talk(two, one.id(), seed, 1));
            first.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            second.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            for (Endpoint endpoint : List.of(one, two)) {
                assertEquals(0, endpoint.counters().malformed(), "malformed packets");
                assertTrue(endpoint.counters().windows() >= ROUNDS * MESSAGES, "windows by TID");
            }
            if (trouble.isEmpty()) {
                assertEquals(List.of(), daemon.complaints());
            }
        }
    }

    private static Endpoint open(UUID job, ChildDaemon daemon, int unit) {
        return Endpoint.open(EndpointOptions.ofJob(job).withDevice(daemon.device().withUnit(unit)));
    }

    /** Sends to the other one, receives from it, {@link #MESSAGES} each way at a time. */
    private static void talk(Endpoint endpoint, EndpointId other, long seed, int side) {
        Peer peer = endpoint.connect(other, PATIENCE);
        Status status = new Status();
        List<PinnedRegion> memory = new ArrayList<>();
        for (int i = 0; i < MESSAGES; i++) {
            memory.add(endpoint.pin(ROOM));
        }
        for (int round = 0; round < ROUNDS; round++) {
            List<Request> requests = new ArrayList<>();
            for (int i = 0; i < MESSAGES; i++) {
                memory.get(i).segment().fill(CANARY);
                Message in = new Message(seed, 1 - side, round, i);
                MemorySegment room = memory.get(i).segment().asSlice(in.shift, in.content.length);
                requests.add(endpoint.queue().irecv(i, room));
            }
            for (int i = 0; i < MESSAGES; i++) {
                MemorySegment content =
                        MemorySegment.ofArray(new Message(seed, side, round, i).content);
                requests.add(endpoint.queue().isend(peer, i, content));
            }
            for (Request request : requests) {
                assertTrue(endpoint.queue().await(request, PATIENCE, status), "in time");
                assertEquals(PsmError.OK, status.error());
            }
            for (int i = 0; i < MESSAGES; i++) {
                new Message(seed, 1 - side, round, i).check(memory.get(i).segment());
            }
        }
        assertEquals(PsmError.OK, endpoint.close(PATIENCE));
    }

    /** What one side sends: both know. */
    private static final class Message {
        final byte[] content;
        final int shift;

        Message(long seed, int side, int round, int number) {
            SplittableRandom random =
                    new SplittableRandom(seed + side + 2 * (number + (long) MESSAGES * round));
            content = new byte[64_001 + random.nextInt(500_000)];
            shift = random.nextInt(5000);
            random.nextBytes(content);
        }

        void check(MemorySegment room) {
            MemorySegment expected = MemorySegment.ofArray(new byte[(int) room.byteSize()]);
            expected.fill(CANARY);
            expected.asSlice(shift, content.length).copyFrom(MemorySegment.ofArray(content));
            assertEquals(-1, room.mismatch(expected), "first byte that differs");
        }
    }
}
