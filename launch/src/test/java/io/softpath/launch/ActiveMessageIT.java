package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.psm.PsmError;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.psm.ActiveMessages;
import io.softpath.psm.Endpoint;
import io.softpath.psm.EndpointOptions;
import io.softpath.psm.engine.ActiveMessage;
import io.softpath.psm.engine.Peer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/** Active messages through the chip: between two of ours, and between ours and the real library. */
@ExtendWith(ChildOutput.class)
class ActiveMessageIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int REQUESTS = 3000;
    private static final int MTU = 2048;
    private static final int ANSWER = 0;
    private static final int REQUEST = 1;
    private static final int NOTE = 2;

    @TempDir static Path temp;

    private static Path peerProgram;

    /** What psm_am_pair.h sends and checks, in Java. */
    private static final class Talk {
        private final ActiveMessages messages;
        private final Endpoint endpoint;
        private int answers;
        private int notes;
        private int theirs;
        private int completions;
        private boolean finished;

        Talk(Endpoint endpoint) {
            this.endpoint = endpoint;
            messages = endpoint.activeMessages();
            assertEquals(ANSWER, messages.register(this::onAnswer));
            assertEquals(REQUEST, messages.register(this::onRequest));
            assertEquals(NOTE, messages.register(this::onNote));
        }

        private static int args(int number) {
            return 1 + number % 7;
        }

        private static int bytes(int number) {
            int most = MTU - Math.max(0, args(number) - 2) * Long.BYTES;
            return number % 5 == 0 ? most : number * 37 % (most + 1);
        }

        private static long arg(int number, int index) {
            return index == 0 ? number : number * 0x9E3779B97F4A7C15L + index;
        }

        private static void verify(ActiveMessage message) {
            int number = (int) message.arg(0);
            assertEquals(args(number), message.argCount());
            for (int i = 0; i < message.argCount(); i++) {
                assertEquals(arg(number, i), message.arg(i), "argument " + i + " of " + number);
            }
            assertEquals(bytes(number), message.payloadLength(), "bytes of " + number);
            for (int i = 0; i < message.payloadLength(); i++) {
                byte b = message.payload().get(ValueLayout.JAVA_BYTE, message.payloadOffset() + i);
                assertEquals((byte) (number + i * 7), b, "byte " + i + " of " + number);
            }
        }

        private void onAnswer(ActiveMessage message) {
            verify(message);
            answers++;
        }

        private void onRequest(ActiveMessage message) {
            assertEquals(theirs, message.arg(0), "the next one");
            verify(message);
            theirs++;
            long[] args = new long[message.argCount()];
            for (int i = 0; i < args.length; i++) {
                args[i] = message.arg(i);
            }
            message.reply(
                    ANSWER,
                    args,
                    message.payload(),
                    message.payloadOffset(),
                    message.payloadLength(),
                    ActiveMessages.NONE,
                    null,
                    null);
        }

        private void onNote(ActiveMessage message) {
            if (message.argCount() == 0) {
                finished = true;
                return;
            }
            assertEquals(theirs, message.arg(0), "the next one");
            verify(message);
            theirs++;
            notes++;
        }

        private void onCompletion(PsmError outcome, Object context) {
            assertEquals(PsmError.OK, outcome);
            assertEquals(this, context);
            completions++;
        }

        void run(Peer peer) {
            int answersDue = 0;
            int completionsDue = 0;
            byte[] data = new byte[MTU];
            for (int number = 0; number < REQUESTS; number++) {
                boolean note = number % 3 == 0;
                boolean completes = number % 4 == 0;
                long[] args = new long[args(number)];
                for (int i = 0; i < args.length; i++) {
                    args[i] = arg(number, i);
                }
                for (int i = 0; i < bytes(number); i++) {
                    data[i] = (byte) (number + i * 7);
                }
                messages.request(
                        peer,
                        note ? NOTE : REQUEST,
                        args,
                        MemorySegment.ofArray(data),
                        0,
                        bytes(number),
                        note ? ActiveMessages.NO_REPLY : ActiveMessages.NONE,
                        completes ? this::onCompletion : null,
                        this,
                        PATIENCE);
                answersDue += note ? 0 : 1;
                completionsDue += completes ? 1 : 0;
            }
            int allAnswers = answersDue;
            int allCompletions = completionsDue;
            assertTrue(
                    endpoint.await(
                            () ->
                                    answers == allAnswers
                                            && completions == allCompletions
                                            && theirs == REQUESTS,
                            PATIENCE),
                    () -> "answers=" + answers + " completions=" + completions + " of=" + theirs);
            messages.request(
                    peer,
                    NOTE,
                    new long[0],
                    MemorySegment.NULL,
                    0,
                    0,
                    ActiveMessages.NO_REPLY,
                    null,
                    null,
                    PATIENCE);
            assertTrue(endpoint.await(() -> finished, PATIENCE), "the other has all");
        }
    }

    private static synchronized Path peerProgram() throws Exception {
        if (peerProgram == null) {
            RealLibrary.assumeInstalled(temp);
            peerProgram = RealLibrary.compile("psm_am_peer.c", temp);
        }
        return peerProgram;
    }

    private static Endpoint open(ChildDaemon daemon, UUID job, int unit) {
        return Endpoint.open(EndpointOptions.ofJob(job).withDevice(daemon.device().withUnit(unit)));
    }

    @ParameterizedTest
    @CsvSource({"IBA6120", "IBA7220", "IBA7322"})
    void shouldExchangeRequestsAndRepliesWithTheRealLibrary(String model) throws Exception {
        Path program = peerProgram();
        UUID job = UUID.randomUUID();
        try (ChildDaemon daemon = ChildDaemon.start("--units", "2", "--model", model);
                Endpoint endpoint = open(daemon, job, 0);
                RealPeer real =
                        RealPeer.start(daemon, job, program, List.of(Integer.toString(REQUESTS)))) {
            Talk talk = new Talk(endpoint);
            real.tell(endpoint.id());
            talk.run(endpoint.connect(real.id(), PATIENCE));
            assertEquals(PsmError.OK, endpoint.close(PATIENCE));
            assertEquals(
                    List.of("requests=3000 answers=2000 notes=1000 completions=750"), real.end());
            assertEquals(1000, talk.notes);
            assertEquals(0, endpoint.counters().malformed(), "malformed packets");
            assertEquals(List.of(), daemon.complaints());
        }
    }

    /** Two endpoints of this process, each on a unit and a thread of its own. */
    @ParameterizedTest
    @CsvSource({"IBA6120, seed=1", "IBA7322, drop=5%;dup=2%;reorder=3%;corrupt=0.5%;seed=2"})
    void shouldExchangeRequestsAndRepliesBetweenTwoOfOurs(String model, String link)
            throws Exception {
        UUID job = UUID.randomUUID();
        try (ChildDaemon daemon =
                        ChildDaemon.start(
                                "--units",
                                "2",
                                "--model",
                                model,
                                "--link",
                                link.replace(';', ','));
                Endpoint one = open(daemon, job, 0);
                Endpoint other = open(daemon, job, 1)) {
            Talk first = new Talk(one);
            Talk second = new Talk(other);
            Throwable[] failure = {null};
            Thread thread =
                    Thread.ofPlatform()
                            .daemon()
                            .uncaughtExceptionHandler((t, e) -> failure[0] = e)
                            .start(() -> {
                                second.run(other.connect(one.id(), PATIENCE));
                                assertEquals(PsmError.OK, other.close(PATIENCE));
                            });
            first.run(one.connect(other.id(), PATIENCE));
            assertEquals(PsmError.OK, one.close(PATIENCE));
            assertTrue(thread.join(PATIENCE), "the other endpoint ends");
            if (failure[0] != null) {
                throw new AssertionError("at the other endpoint", failure[0]);
            }
            assertEquals(1000, first.notes);
            assertEquals(1000, second.notes);
            assertEquals(0, one.counters().malformed() + other.counters().malformed());
        }
    }

    @Test
    void shouldRefuseToWaitInAHandler() {
        try (ChildDaemon daemon = ChildDaemon.start();
                Endpoint endpoint = open(daemon, UUID.randomUUID(), 0)) {
            Peer self = endpoint.connect(endpoint.id(), PATIENCE);
            SoftpathException[] seen = new SoftpathException[1];
            endpoint.activeMessages()
                    .register(message ->
                            seen[0] = assertThrows(SoftpathException.class, endpoint::progress));
            assertTrue(endpoint.activeMessages().request(self, 0));
            assertTrue(endpoint.await(() -> seen[0] != null, PATIENCE));
            assertEquals(Errno.EDEADLK, seen[0].errno());
        }
    }
}
