package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.Fidelity;
import io.softpath.abi.psm.EndpointId;
import io.softpath.abi.psm.PsmError;
import io.softpath.driver.Device;
import io.softpath.psm.Endpoint;
import io.softpath.psm.EndpointOptions;
import io.softpath.psm.MatchedQueue;
import io.softpath.psm.Status;
import io.softpath.psm.engine.Peer;
import io.softpath.psm.engine.Request;

import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Jobs whose ranks talk through matched queues, each rank a process. */
@ExtendWith(ChildOutput.class)
class MatchedQueueIT {
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    @TempDir Path temp;

    private List<String> run(int ranks, String options, String... program) {
        List<String> arguments = new ArrayList<>(List.of("run", "-n", Integer.toString(ranks)));
        if (!options.isEmpty()) {
            arguments.addAll(List.of(options.split(" ")));
        }
        arguments.addAll(List.of(program));
        try (Jvm job =
                Shipped.jvm(temp)
                        .lifetime(PATIENCE)
                        .arguments(arguments.toArray(String[]::new))
                        .start()) {
            assertEquals(0, job.exitCode(PATIENCE), job.lines()::toString);
            return job.lines();
        }
    }

    /** From 1 byte to 1 MiB: every class of message, on one unit and across units. */
    @ParameterizedTest
    @CsvSource({
        "1, --model IBA7220",
        "2, --model IBA6120 --units 2",
        "3, --model IBA7322 --units 2",
        "4, --model IBA7220 --units 4"
    })
    void shouldPassMessagesOfEveryClassRound(int ranks, String options) {
        List<String> lines = run(ranks, options, "ring");
        assertTrue(
                lines.stream()
                        .anyMatch(l -> l.contains("1048576 bytes went round " + ranks + " ranks")),
                lines::toString);
    }

    /** Two long messages under way with a process in the middle of both. */
    private record Half(
            ChildDaemon daemon,
            Endpoint endpoint,
            Jvm rank,
            EndpointId rankId,
            Request send,
            Request receive)
            implements AutoCloseable {
        /**
         * @param unit of the process in the middle: on another one than ours, 0, it is reached
         *     through the chip, on the same one through shared memory
         */
        static Half start(int unit) {
            UUID job = UUID.randomUUID();
            ChildDaemon daemon = ChildDaemon.start("--units", "2");
            Endpoint endpoint =
                    Endpoint.open(
                            EndpointOptions.ofJob(job).withDevice(daemon.device().withUnit(0)));
            Jvm rank =
                    Jvm.of(QueueRank.class)
                            .arguments(
                                    daemon.directory().toString(),
                                    Integer.toString(unit),
                                    job.toString(),
                                    Long.toString(endpoint.id().value()))
                            .start();
            EndpointId id = new EndpointId(Long.parseLong(rank.awaitLine("^id (\\d+)$").group(1)));
            MatchedQueue queue = endpoint.queue();
            Request receive =
                    queue.irecv(
                            QueueRank.FROM_RANK, MemorySegment.ofArray(new byte[QueueRank.BYTES]));
            Peer peer = endpoint.connect(id, PATIENCE);
            assertEquals(unit == 0, peer.isDirect(), peer::whyNotDirect);
            Request send =
                    queue.isend(
                            peer,
                            QueueRank.TO_RANK,
                            MemorySegment.ofArray(new byte[QueueRank.BYTES]));
            boolean there = endpoint.await(() -> rank.lines().contains("in the middle"), PATIENCE);
            assertTrue(there, "the middle of both messages");
            return new Half(daemon, endpoint, rank, id, send, receive);
        }

        /** Both messages fail, and it is enough to say good-bye. */
        void assertEnded() {
            Status status = new Status();
            for (Request request : List.of(send, receive)) {
                assertTrue(
                        endpoint.queue().await(request, Duration.ofSeconds(5), status),
                        "told within seconds");
                assertEquals(PsmError.EPID_NETWORK_ERROR, status.error());
            }
            assertEquals(PsmError.OK, endpoint.close(Duration.ofSeconds(5)));
        }

        @Override
        public void close() {
            rank.close();
            endpoint.close();
            daemon.close();
        }
    }

    /** The kernel tells the daemon at once; our library asks it when it hears nothing. */
    @ParameterizedTest
    @ValueSource(ints = {1, 0})
    void shouldEndRequestsOfAPeerThatIsKilledInMidTransfer(int unit) {
        try (Half half = Half.start(unit)) {
            half.rank().kill();
            half.assertEnded();
            assertEquals(List.of(), half.daemon().complaints());
        }
    }

    /** Who has the context then was not there when we connected, and says nothing. */
    @ParameterizedTest
    @ValueSource(ints = {1, 0})
    void shouldEndRequestsOfAPeerThatIsKilledThoughAnotherHasItsContext(int unit) {
        try (Half half = Half.start(unit);
                Device observer = half.daemon().open()) {
            int others = observer.inspect().contexts(unit).size() - 1;
            half.rank().kill();
            Await.until(
                    "the context to be free",
                    () -> observer.inspect().contexts(unit).size() == others);
            try (Endpoint next =
                    Endpoint.open(
                            EndpointOptions.ofJob(UUID.randomUUID())
                                    .withDevice(half.daemon().device().withUnit(unit)))) {
                assertEquals(half.rankId(), next.id(), "context");
                half.assertEnded();
            }
            assertEquals(List.of(), half.daemon().complaints());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 0})
    void shouldWaitForAPeerThatIsPausedInMidTransfer(int unit) {
        try (Half half = Half.start(unit)) {
            half.rank().signal(Jvm.SIGSTOP);
            Status status = new Status();
            assertFalse(
                    half.endpoint().queue().await(half.receive(), Duration.ofSeconds(3), status),
                    "paused is not dead");
            assertFalse(half.send().isComplete());
            half.rank().signal(Jvm.SIGCONT);
            half.rank().println("go on");
            for (Request request : List.of(half.send(), half.receive())) {
                assertTrue(half.endpoint().queue().await(request, PATIENCE, status));
                assertEquals(PsmError.OK, status.error());
                assertEquals(QueueRank.BYTES, status.bytes());
            }
            assertEquals(PsmError.OK, half.endpoint().close(PATIENCE));
            half.rank().awaitSuccess();
        }
    }

    /** A link as bad as that would be taken out of service; nothing is lost on it. */
    @ParameterizedTest
    @Fidelity(69)
    @CsvSource({
        "2, IBA7220, drop=5%;dup=1%;reorder=2%;corrupt=0.1%;delay=50us;seed=7",
        "2, IBA6120, drop=2%;dup=2%;reorder=5%;corrupt=1%;seed=8",
        "3, IBA7322, drop=10%;seed=9"
    })
    void shouldLoseNothingOverALinkThatDoes(int ranks, String model, String trouble) {
        String options =
                "--units " + ranks + " --model " + model + " --link " + trouble.replace(';', ',');
        List<String> lines = run(ranks, options, "ring", "300000");
        assertTrue(
                lines.stream().anyMatch(l -> l.contains("262144 bytes went round")),
                lines::toString);
        lines = run(ranks, options, "allreduce", "20000");
        assertTrue(
                lines.stream().anyMatch(l -> l.contains("20000 numbers of each")), lines::toString);
    }
}
