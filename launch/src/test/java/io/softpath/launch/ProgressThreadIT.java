package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.psm.PsmError;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.psm.Endpoint;
import io.softpath.psm.EndpointOptions;
import io.softpath.psm.MatchedQueue;
import io.softpath.psm.PsmDevices;
import io.softpath.psm.Status;
import io.softpath.psm.engine.Peer;
import io.softpath.psm.engine.Request;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Endpoints with a thread that makes progress, and programs of several threads that use them. */
@ExtendWith(ChildOutput.class)
class ProgressThreadIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final List<PsmDevices> CHIP = List.of(PsmDevices.SELF, PsmDevices.IPATH);
    private static final String NAME = "softpath-progress";

    /** Two endpoints of this process, on a unit each, and how they see each other. */
    private record Two(ChildDaemon daemon, Endpoint one, Endpoint other, Peer ofOne, Peer ofOther)
            implements AutoCloseable {
        static Two open(boolean firstHasThread, boolean direct, String... arguments)
                throws Exception {
            List<String> all = new ArrayList<>(List.of("--units", "2"));
            all.addAll(List.of(arguments));
            ChildDaemon daemon = ChildDaemon.start(all.toArray(String[]::new));
            EndpointOptions options =
                    EndpointOptions.ofJob(UUID.randomUUID())
                            .withDevices(direct ? PsmDevices.ALL : CHIP);
            EndpointOptions first = options.withDevice(daemon.device().withUnit(0));
            Endpoint one = Endpoint.open(firstHasThread ? first.withProgressThread() : first);
            Endpoint other =
                    Endpoint.open(
                            options.withDevice(daemon.device().withUnit(direct ? 0 : 1))
                                    .withProgressThread());
            Peer[] ofOther = {null};
            Thread second =
                    Thread.ofPlatform()
                            .daemon()
                            .start(() -> ofOther[0] = other.connect(one.id(), PATIENCE));
            Peer ofOne = one.connect(other.id(), PATIENCE);
            assertTrue(one.await(() -> ofOther[0] != null || !second.isAlive(), PATIENCE));
            assertTrue(second.join(PATIENCE) && ofOther[0] != null, "the other connects too");
            assertEquals(direct, ofOne.isDirect(), ofOne::whyNotDirect);
            return new Two(daemon, one, other, ofOne, ofOther[0]);
        }

        @Override
        public void close() {
            one.close();
            other.close();
            daemon.close();
        }
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(t -> t.getName().equals(NAME))
                .count();
    }

    /** The receiver's program does nothing but look at the request, which moves nothing. */
    @ParameterizedTest
    @CsvSource({
        "8, false",
        "60000, false",
        "5000001, false",
        "8, true",
        "60000, true",
        "5000001, true"
    })
    void shouldReceiveWhileTheProgramComputes(int bytes, boolean direct) throws Exception {
        try (Two two = Two.open(false, direct)) {
            byte[] out = new byte[bytes];
            new SplittableRandom(bytes).nextBytes(out);
            MemorySegment in = MemorySegment.ofArray(new byte[bytes]);
            Request receive = two.other.queue().irecv(1, in);
            Thread sender =
                    Thread.ofPlatform()
                            .daemon()
                            .start(() ->
                                    two.one
                                            .queue()
                                            .send(
                                                    two.ofOne,
                                                    1,
                                                    MemorySegment.ofArray(out),
                                                    PATIENCE));
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (!receive.isComplete() && end - System.nanoTime() > 0) {
                Thread.onSpinWait();
            }
            assertTrue(receive.isComplete(), "nobody made progress");
            assertEquals(-1, in.mismatch(MemorySegment.ofArray(out)));
            assertTrue(sender.join(PATIENCE));
            Status status = new Status();
            assertTrue(two.other.queue().test(receive, status));
            assertEquals(bytes, status.bytes());
        }
    }

    /** Neither program does anything: their completions send and receive. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldCallCompletionsThatSendAndReceive(boolean direct) throws Exception {
        int rounds = 3_000;
        try (Two two = Two.open(true, direct)) {
            AtomicInteger done = new AtomicInteger();
            pass(two.one.queue(), two.ofOne, rounds, done);
            pass(two.other.queue(), two.ofOther, rounds, done);
            MemorySegment ball = MemorySegment.ofArray(new long[] {0});
            two.one.queue().isend(two.ofOne, 7, ball, 0, 8, false, r -> false, null);
            Await.until("the ball has come home", () -> done.get() >= rounds);
            assertEquals(0, two.one.counters().malformed());
        }
    }

    private static void pass(MatchedQueue queue, Peer to, int rounds, AtomicInteger done) {
        MemorySegment ball = MemorySegment.ofArray(new long[1]);
        queue.irecv(
                7,
                -1,
                ball,
                0,
                8,
                request -> {
                    if (done.incrementAndGet() < rounds) {
                        pass(queue, to, rounds, done);
                        queue.isend(to, 7, ball, 0, 8, false, r -> false, null);
                    }
                    return false;
                },
                null);
    }

    /** Each thread has its tag; messages of every class, all ways at once. */
    @ParameterizedTest
    @CsvSource({"seed=1, true", "seed=1, false", "drop=3%;dup=1%;reorder=2%;seed=2, false"})
    void shouldServeManyThreadsAtOnce(String link, boolean direct) throws Exception {
        int threads = 4;
        int messages = 300;
        long seed = new SplittableRandom().nextLong();
        System.out.println("seed=" + seed);
        ExecutorService pool = Executors.newFixedThreadPool(2 * threads);
        try (Two two = Two.open(true, direct, "--link", link.replace(';', ','))) {
            List<Future<Integer>> all = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                long own = seed + i;
                int tag = i;
                all.add(pool.submit(talk(two.one.queue(), two.ofOne, tag, own, messages)));
                all.add(pool.submit(talk(two.other.queue(), two.ofOther, tag, own, messages)));
            }
            for (Future<Integer> each : all) {
                assertEquals(messages, each.get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
            }
        } finally {
            pool.shutdownNow();
        }
    }

    private static Callable<Integer> talk(
            MatchedQueue queue, Peer to, int tag, long seed, int messages) {
        return () -> {
            SplittableRandom random = new SplittableRandom(seed); // both ends have the same
            Status status = new Status();
            for (int n = 0; n < messages; n++) {
                int bytes =
                        random.nextInt(20) == 0
                                ? 64_000 + random.nextInt(100_000)
                                : random.nextInt(5_000);
                byte[] out = new byte[bytes];
                random.nextBytes(out);
                MemorySegment in = MemorySegment.ofArray(new byte[bytes]);
                Request receive = queue.irecv(tag, in);
                Request send = queue.isend(to, tag, MemorySegment.ofArray(out));
                assertTrue(queue.await(receive, PATIENCE, status), "message " + n);
                assertEquals(PsmError.OK, status.error());
                assertEquals(bytes, status.bytes());
                assertEquals(-1, in.mismatch(MemorySegment.ofArray(out)), "message " + n);
                assertTrue(queue.await(send, PATIENCE, status), "send " + n);
            }
            return messages;
        };
    }

    /** A completion may wait, wherever it runs; then somebody else moves on too. */
    @Test
    void shouldLetACompletionWait() throws Exception {
        try (Two two = Two.open(true, false)) {
            AtomicInteger got = new AtomicInteger();
            MatchedQueue queue = two.other.queue();
            MemorySegment second = MemorySegment.ofArray(new byte[100_000]);
            queue.irecv(
                    1,
                    -1,
                    MemorySegment.NULL,
                    0,
                    0,
                    request -> {
                        queue.isend(two.ofOther, 3, MemorySegment.NULL);
                        got.set(queue.recv(2, -1, second, PATIENCE).bytes());
                        return false;
                    },
                    null);
            two.one.queue().send(two.ofOne, 1, MemorySegment.NULL, PATIENCE);
            two.one.queue().recv(3, -1, MemorySegment.NULL, PATIENCE);
            two.one.queue().send(two.ofOne, 2, MemorySegment.ofArray(new byte[100_000]), PATIENCE);
            Await.until("the completion has returned", () -> got.get() == 100_000);
        }
    }

    @Test
    void shouldThrowInTheProgramWhatAHandlerThrows() throws Exception {
        try (Two two = Two.open(true, false)) {
            AtomicInteger called = new AtomicInteger();
            two.other
                    .activeMessages()
                    .register(message -> {
                        called.incrementAndGet();
                        throw new IllegalStateException("from the handler");
                    });
            assertTrue(two.one.activeMessages().request(two.ofOne, 0));
            assertTrue(two.one.activeMessages().request(two.ofOne, 0));
            Await.until("both are handled", () -> called.get() == 2);
            IllegalStateException e =
                    assertThrows(IllegalStateException.class, two.other::progress);
            assertEquals("from the handler", e.getMessage());
            two.other.progress();
            assertEquals(2, called.get());
        }
    }

    @Test
    void shouldThrowInTheProgramWhatTheThreadDiesOf() throws Exception {
        long before = threads();
        try (Two two = Two.open(false, false)) {
            assertEquals(before + 1, threads());
            two.daemon.kill();
            Await.until("the thread is dead", () -> threads() == before);
            MatchedQueue queue = two.other.queue();
            for (int i = 0; i < 2; i++) {
                SoftpathException e =
                        assertThrows(
                                SoftpathException.Lost.class,
                                () -> queue.isend(two.ofOther, 1, MemorySegment.NULL));
                assertEquals(Errno.ENOTCONN, e.errno());
            }
            assertThrows(SoftpathException.Lost.class, two.other::progress);
        }
    }

    @Test
    void shouldEndTheThreadWithTheEndpointWhoeverClosesIt() throws Exception {
        long before = threads();
        try (Two two = Two.open(true, false)) {
            assertEquals(before + 2, threads());
            AtomicInteger closed = new AtomicInteger();
            two.other
                    .queue()
                    .irecv(
                            1,
                            -1,
                            MemorySegment.NULL,
                            0,
                            0,
                            request -> {
                                two.other.close();
                                closed.incrementAndGet();
                                return false;
                            },
                            null);
            two.one.queue().isend(two.ofOne, 1, MemorySegment.NULL);
            Await.until("closed by its own thread", () -> closed.get() == 1);
            Await.until("that thread has ended", () -> threads() == before + 1);
            two.one.close();
            assertEquals(before, threads());
            SoftpathException e = assertThrows(SoftpathException.class, two.one::progress);
            assertEquals(Errno.EBADF, e.errno());
            assertFalse(two.daemon.complaints().size() > 0, "the daemon minds");
        }
    }
}
