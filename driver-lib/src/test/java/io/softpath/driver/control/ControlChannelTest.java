package io.softpath.driver.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.control.ControlRecord;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.linux.MemFd;
import io.softpath.linux.SeqPacketSocket;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** The test plays the daemon at the other end of a socket pair. */
@Timeout(30)
class ControlChannelTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final List<SeqPacketSocket> ends = SeqPacketSocket.pair();
    private final SeqPacketSocket daemon = ends.get(1);
    private final MemorySegment request = MemorySegment.ofArray(new long[512]);
    private final MemorySegment reply = MemorySegment.ofArray(new long[512]);
    private final CountDownLatch lost = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private ControlChannel channel =
            new ControlChannel(ends.getFirst(), "ipath0", PATIENCE, lost::countDown);

    @AfterEach
    void close() {
        channel.close();
        daemon.close();
        threads.shutdownNow();
    }

    @Test
    void shouldSayWhyTheDaemonSentItAway() {
        int length =
                ControlRecord.failure(reply, 0, 0, Errno.Code.ENFILE, "open: limit=1; close one");
        assertTrue(daemon.trySend(reply, length));
        daemon.close();
        for (int i = 0; i < 2; i++) {
            SoftpathException refused =
                    assertThrows(
                            SoftpathException.Exhausted.class, () -> channel.call(features(1)));
            assertEquals(Errno.ENFILE, refused.errno());
            assertTrue(refused.getMessage().contains("close one"), refused.getMessage());
        }
    }

    @Test
    void shouldSayWhyTheDaemonSentItAwayEvenIfItNeverReadTheRequest() throws Exception {
        Future<Integer> call = threads.submit(() -> channel.call(features(1)).result());
        int length =
                ControlRecord.failure(reply, 0, 0, Errno.Code.ENFILE, "open: limit=1; close one");
        assertTrue(daemon.trySend(reply, length));
        daemon.close();
        ExecutionException failed =
                assertThrows(
                        ExecutionException.class,
                        () -> call.get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
        SoftpathException refused = (SoftpathException) failed.getCause();
        assertEquals(Errno.ENFILE, refused.errno());
    }

    @Test
    void shouldGiveEachThreadItsOwnReplyWhateverTheirOrder() throws Exception {
        int count = 8;
        List<Future<Integer>> results = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int wanted = i;
            results.add(threads.submit(() -> channel.call(features(wanted)).result()));
        }
        List<int[]> requests = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            requests.add(receive());
        }
        Collections.reverse(requests);
        for (int[] one : requests) {
            answer(one[0], one[1] + 100);
        }
        for (int i = 0; i < count; i++) {
            assertEquals(i + 100, get(results.get(i)));
        }
    }

    @Test
    void shouldThrowWhatTheDaemonRefused() throws Exception {
        Future<Reply> call = threads.submit(() -> channel.call(features(1)));
        int tag = receive()[0];
        daemon.send(
                reply,
                ControlRecord.failure(
                        reply, ControlRecord.FEATURES, tag, Errno.EBUSY.number(), "held by 77"));
        SoftpathException refused = thrownBy(call);
        assertTrue(refused instanceof SoftpathException.Exhausted);
        assertEquals(Errno.EBUSY, refused.errno());
        assertEquals("ipath0: held by 77", refused.getMessage());
    }

    @Test
    void shouldCountOnlyInterruptsAfterTheReply() throws Exception {
        Future<Reply> call = threads.submit(() -> channel.call(features(1)));
        int tag = receive()[0];
        interrupt();
        answer(tag, 0);
        Reply armed = get(call);
        assertEquals(1, armed.interruptsSeen());
        assertFalse(channel.awaitInterrupt(armed.interruptsSeen(), 1_000_000));
        interrupt();
        assertTrue(channel.awaitInterrupt(armed.interruptsSeen(), PATIENCE.toNanos()));
    }

    @Test
    void shouldCallWhileAnotherThreadWaitsForAnInterrupt() throws Exception {
        Future<Boolean> waiting =
                threads.submit(() -> channel.awaitInterrupt(0, PATIENCE.toNanos()));
        Future<Reply> call = threads.submit(() -> channel.call(features(1)));
        answer(receive()[0], 5);
        assertEquals(5, get(call).result());
        assertFalse(waiting.isDone());
        interrupt();
        assertTrue(get(waiting));
    }

    @Test
    void shouldTellEveryWaiterThatTheDaemonIsGone() throws Exception {
        Future<Boolean> waiting =
                threads.submit(() -> channel.awaitInterrupt(0, PATIENCE.toNanos()));
        Future<Reply> call = threads.submit(() -> channel.call(features(1)));
        receive();
        daemon.close();
        assertEquals(Errno.ENOTCONN, thrownBy(waiting).errno());
        assertTrue(thrownBy(call) instanceof SoftpathException.Lost);
        assertTrue(lost.await(20, TimeUnit.SECONDS));
        assertTrue(channel.isLost());
        assertThrows(SoftpathException.Lost.class, () -> channel.call(features(1)));
        assertThrows(SoftpathException.Lost.class, () -> channel.post(features(1)));
    }

    @Test
    void shouldNoticeTheDaemonsEndWhileNobodyCalls() throws Exception {
        daemon.close();
        assertTrue(lost.await(20, TimeUnit.SECONDS));
        assertTrue(channel.isLost());
    }

    @Test
    void shouldGiveUpOnADaemonThatDoesNotAnswerAndIgnoreItsLateReply() throws Exception {
        SoftpathException late =
                assertThrows(
                        SoftpathException.Lost.class, () -> channel.call(features(1), 1_000_000));
        assertEquals(Errno.ETIMEDOUT, late.errno());
        answer(receive()[0], 1);
        Future<Reply> call = threads.submit(() -> channel.call(features(2)));
        answer(receive()[0], 2);
        assertEquals(2, get(call).result());
    }

    @Test
    void shouldEndWaitsOnClose() throws Exception {
        Future<Boolean> waiting =
                threads.submit(() -> channel.awaitInterrupt(0, PATIENCE.toNanos()));
        Future<Reply> call = threads.submit(() -> channel.call(features(1)));
        receive();
        channel.close();
        assertEquals(Errno.EBADF, thrownBy(waiting).errno());
        assertEquals(Errno.EBADF, thrownBy(call).errno());
        assertFalse(channel.isLost());
        assertEquals(1, lost.getCount());
    }

    @Test
    void shouldNotWaitForTheReplyToAPostedRequest() {
        ControlChannel.Posted posted = channel.post(features(1));
        assertFalse(posted.done());
        answer(receive()[0], 1);
        assertFalse(posted.done());
        channel.drain();
        assertTrue(posted.done());
    }

    @Test
    void shouldTellWhatAPostedRequestWasRefusedWith() {
        ControlChannel.Posted refused = channel.post(features(1));
        ControlChannel.Posted granted = channel.post(features(2));
        assertTrue(channel.refusal(refused).isEmpty());
        int tag = receive()[0];
        daemon.send(
                reply,
                ControlRecord.failure(
                        reply, ControlRecord.FEATURES, tag, Errno.EBUSY.number(), "held by 77"));
        answer(receive()[0], 2);
        channel.drain();
        assertTrue(refused.done() && granted.done());
        SoftpathException why = channel.refusal(refused).orElseThrow();
        assertEquals(Errno.EBUSY, why.errno());
        assertEquals("ipath0: held by 77", why.getMessage());
        assertTrue(channel.refusal(granted).isEmpty());
    }

    @Test
    void shouldHaveReadTheReplyToAPostWhenACallBehindItReturns() throws Exception {
        int count = 8;
        List<Future<Boolean>> done = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            done.add(
                    threads.submit(() -> {
                        ControlChannel.Posted posted = channel.post(features(1));
                        channel.call(features(2));
                        return posted.done();
                    }));
        }
        List<int[]> requests = new ArrayList<>();
        for (int i = 0; i < 2 * count; i++) {
            requests.add(receive());
        }
        for (int[] one : requests) {
            answer(one[0], one[1]);
        }
        for (Future<Boolean> each : done) {
            assertTrue(get(each));
        }
    }

    @Test
    void shouldSayThatThereIsNoRoomForAPost() {
        int posted = 0;
        while (channel.post(features(1)) != null) {
            posted++;
        }
        assertTrue(posted > 0);
        receive();
        int more = 0;
        while (channel.post(features(1)) != null) {
            more++;
        }
        for (int i = 1; i < posted + more; i++) {
            receive();
        }
        ControlChannel.Posted last = channel.post(features(3));
        answer(receive()[0], 3);
        channel.drain();
        assertTrue(last.done());
    }

    @Test
    void shouldBeClosedRightAfterAPost() {
        ControlChannel.Posted posted = channel.post(features(1));
        channel.close();
        assertEquals(1, receive()[1], "it was sent");
        channel.drain();
        assertFalse(posted.done());
        assertTrue(channel.refusal(posted).isEmpty());
        SoftpathException closed =
                assertThrows(SoftpathException.class, () -> channel.post(features(1)));
        assertEquals(Errno.EBADF, closed.errno());
    }

    @Test
    void shouldBeLostWhenTheDaemonEndsBeforeItAnswersAPost() throws Exception {
        ControlChannel.Posted posted = channel.post(features(1));
        Future<Reply> call = threads.submit(() -> channel.call(features(2)));
        receive();
        receive();
        daemon.close();
        assertTrue(thrownBy(call) instanceof SoftpathException.Lost);
        assertFalse(posted.done());
        assertTrue(channel.refusal(posted).isEmpty());
    }

    @Test
    void shouldHandOverTheDescriptorAndCloseOneThatNobodyWaitsFor() throws Exception {
        try (MemFd file = MemFd.create("softpath-test", 4096)) {
            Future<Reply> call = threads.submit(() -> channel.call(features(1)));
            int tag = receive()[0];
            daemon.send(reply, reply(tag, 0), file.fd());
            Reply answered = get(call);
            assertTrue(answered.fd().orElseThrow().isOpen());
            answered.fd().orElseThrow().close();
            daemon.send(reply, reply(4711, 0), file.fd());
            channel.drain();
        }
    }

    @Test
    void shouldSurviveRecordsThatNoDaemonSends() throws Exception {
        Future<Reply> call = threads.submit(() -> channel.call(features(1)));
        int tag = receive()[0];
        MemorySegment garbage = MemorySegment.ofArray(new long[] {-1, -1});
        daemon.send(garbage, 1);
        daemon.send(garbage, 15);
        daemon.send(garbage, 16);
        answer(tag, 3);
        assertEquals(3, get(call).result());
    }

    @Test
    void shouldRingWithoutAReply() {
        channel.ringDoorbell();
        daemon.receive(request);
        assertEquals(ControlRecord.DOORBELL, ControlRecord.kind(request));
    }

    private static MemorySegment features(int wanted) {
        MemorySegment record = ControlChannel.record(ControlRecord.FEATURES_BYTES);
        ControlRecord.features(record, 0, wanted);
        return record;
    }

    /** Tag and body of the next request. */
    private int[] receive() {
        daemon.receive(request);
        return new int[] {
            ControlRecord.tag(request), ControlRecord.u32(request, ControlRecord.FEATURES_WANTED)
        };
    }

    private int reply(int tag, int result) {
        return ControlRecord.reply(reply, ControlRecord.FEATURES, tag, result, 0);
    }

    private void answer(int tag, int result) {
        daemon.send(reply, reply(tag, result));
    }

    private void interrupt() {
        daemon.send(reply, ControlRecord.interrupt(reply, ControlRecord.POLL_READY));
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.get(20, TimeUnit.SECONDS);
    }

    private static SoftpathException thrownBy(Future<?> future) {
        return (SoftpathException)
                assertThrows(ExecutionException.class, () -> get(future)).getCause();
    }
}
