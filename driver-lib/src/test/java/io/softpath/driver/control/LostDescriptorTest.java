package io.softpath.driver.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.control.ControlRecord;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.linux.SeqPacketSocket;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The test plays the daemon, whose answers arrive without the descriptors that it has sent. */
@Timeout(30)
class LostDescriptorTest {
    private static final int HANDLE = 7;

    private final List<SeqPacketSocket> ends = SeqPacketSocket.pair();
    private final SeqPacketSocket daemon = ends.get(1);
    private final MemorySegment request = MemorySegment.ofArray(new long[512]);
    private final MemorySegment reply = MemorySegment.ofArray(new long[512]);
    private final ControlChannel channel =
            new ControlChannel(ends.getFirst(), "ipath0", Duration.ofSeconds(20), () -> {});
    private final DeviceFile file = new DeviceFile(channel);

    @AfterEach
    void close() {
        channel.close();
        daemon.close();
    }

    /** Answers the next request, and returns its kind. */
    private int answer(int result, int payloadBytes) {
        daemon.receive(request);
        int kind = ControlRecord.kind(request);
        int length =
                ControlRecord.reply(reply, kind, ControlRecord.tag(request), result, payloadBytes);
        daemon.send(reply, length);
        return kind;
    }

    @Test
    void shouldGiveMemoryBackWhoseDescriptorDidNotArrive() {
        CompletableFuture<Void> answers =
                CompletableFuture.runAsync(() -> {
                    assertEquals(ControlRecord.MEM_CREATE, answer(HANDLE, Long.BYTES));
                    assertEquals(ControlRecord.MEM_FREE, answer(0, 0));
                    assertEquals(HANDLE, ControlRecord.u32(request, ControlRecord.MEM_HANDLE));
                });
        assertExhausted(() -> file.memCreate(4096, false));
        answers.join();
    }

    @Test
    void shouldSayThatTheDescriptorOfAMappingDidNotArrive() {
        CompletableFuture<Integer> answer = CompletableFuture.supplyAsync(() -> answer(0, 16));
        assertExhausted(() -> file.map(0x1000, 4096, ControlRecord.PROT_READ, 1));
        assertEquals(ControlRecord.MMAP, answer.join());
    }

    @Test
    void shouldSayThatTheDescriptorOfTheStatisticsDidNotArrive() {
        CompletableFuture<Integer> answer = CompletableFuture.supplyAsync(() -> answer(0, 0));
        assertExhausted(() -> new Inspector(channel).statistics(0));
        assertEquals(ControlRecord.INSPECT, answer.join());
    }

    private static void assertExhausted(Runnable request) {
        SoftpathException.Exhausted e =
                assertThrows(SoftpathException.Exhausted.class, request::run);
        assertEquals(Errno.EMFILE, e.errno());
        assertTrue(e.getMessage().contains("ulimit -n"), e.getMessage());
    }
}
