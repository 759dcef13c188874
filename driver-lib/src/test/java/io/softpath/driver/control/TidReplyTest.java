package io.softpath.driver.control;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.control.Command;
import io.softpath.abi.control.CommandRecord;
import io.softpath.abi.control.ControlRecord;
import io.softpath.abi.control.TidInfo;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.linux.SeqPacketSocket;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The test plays the daemon: what it answers to TID_UPDATE, and is asked by TID_FREE. */
@Timeout(30)
class TidReplyTest {
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

    /** Answers the next request with these TIDs and this bitmap. */
    private CompletableFuture<Void> answer(int[] tids, int... bits) {
        return play(() -> {
            daemon.receive(request);
            give(ControlRecord.tag(request), tids, bits);
        });
    }

    private static CompletableFuture<Void> play(Runnable part) {
        return CompletableFuture.runAsync(part, task -> Thread.ofPlatform().daemon().start(task));
    }

    /** The daemon has done its part, and was content. */
    private static void end(CompletableFuture<Void> part) {
        part.orTimeout(20, TimeUnit.SECONDS).join();
    }

    private void give(int tag, int[] tids, int... bits) {
        reply.fill((byte) 0);
        BitSet map = new BitSet();
        for (int bit : bits) {
            map.set(bit);
        }
        byte[] bytes = map.toByteArray();
        MemorySegment.copy(
                bytes,
                0,
                reply,
                ValueLayout.JAVA_BYTE,
                ControlRecord.TID_REPLY_BITMAP,
                bytes.length);
        for (int i = 0; i < tids.length; i++) {
            ControlRecord.putU16(reply, ControlRecord.TID_REPLY_LIST + 2L * i, tids[i]);
        }
        int payload = TidInfo.BITMAP_BYTES + 2 * tids.length;
        daemon.send(reply, ControlRecord.reply(reply, ControlRecord.WRITE, tag, 36, payload));
    }

    private void refuse(int tag, Errno errno) {
        daemon.send(
                reply,
                ControlRecord.failure(reply, ControlRecord.WRITE, tag, errno.number(), "refused"));
    }

    /** Waits for a request of this kind; returns its tag. */
    private int receive(Command command) {
        daemon.receive(request);
        assertEquals(command.code(), CommandRecord.type(request, ControlRecord.WRITE_COMMAND));
        return ControlRecord.tag(request);
    }

    /** The bitmap of the TID_FREE that was received last. */
    private String freed() {
        byte[] bits =
                request.asSlice(ControlRecord.WRITE_DATA, TidInfo.BITMAP_BYTES)
                        .toArray(ValueLayout.JAVA_BYTE);
        return BitSet.valueOf(bits).toString();
    }

    @Test
    void shouldGiveTheTidsInTheOrderOfThePages() {
        CompletableFuture<Void> answer = answer(new int[] {511, 0, 7}, 0, 7, 511);
        assertArrayEquals(new int[] {511, 0, 7}, file.tidUpdate(0x7000_1000L, 3));
        answer.join();
        TidInfo info = TidInfo.read(request, ControlRecord.WRITE_COMMAND + CommandRecord.PAYLOAD);
        assertEquals(3, info.count());
        assertEquals(0x7000_1000L, info.vaddr());
        assertTrue(info.tidList() != 0 && info.tidMap() != 0, "the driver checks them");
    }

    @Test
    void shouldGiveFewerTidsWhereTheDriverClampsTheCount() {
        CompletableFuture<Void> answer = answer(new int[] {1, 2}, 1, 2);
        assertArrayEquals(new int[] {1, 2}, file.tidUpdate(0x7000_1000L, 3));
        answer.join();
    }

    @Test
    void shouldRefuseAListThatIsNotItsBitmap() {
        refuse(new int[] {1, 2}, 1, 3);
        refuse(new int[] {1, 1}, 1);
        refuse(new int[] {1}, 1, 2);
        refuse(new int[] {512});
        refuse(new int[] {0xFFFF, 1}, 1);
        refuse(new int[] {1, 2, 3, 4}, 1, 2, 3, 4);
    }

    private void refuse(int[] tids, int... bits) {
        CompletableFuture<Void> answer = answer(tids, bits);
        assertEquals(
                Errno.EPROTO,
                assertThrows(SoftpathException.class, () -> file.tidUpdate(4096, 3)).errno());
        answer.join();
    }

    @Test
    void shouldNameTheTidsToFreeInABitmap() {
        CompletableFuture<Void> answer = answer(new int[0]);
        file.tidFree(new int[] {511, 8});
        answer.join();
        assertEquals(
                Command.TID_FREE.code(), CommandRecord.type(request, ControlRecord.WRITE_COMMAND));
        assertEquals("{8, 511}", freed());
    }

    @Test
    void shouldAskForNewTidsBeforeItKnowsThatTheOldOnesAreFree() {
        CompletableFuture<Void> daemons =
                play(() -> {
                    int free = receive(Command.TID_FREE);
                    assertEquals("{3, 4}", freed());
                    int update = receive(Command.TID_UPDATE);
                    give(free, new int[0]);
                    give(update, new int[] {4}, 4);
                });
        assertArrayEquals(new int[] {4}, file.tidReplace(new int[] {3, 4}, 4096, 1));
        end(daemons);
    }

    @Test
    void shouldGiveNewTidsBackWhenTheOldOnesCannotBeFreed() {
        CompletableFuture<Void> daemons =
                play(() -> {
                    int free = receive(Command.TID_FREE);
                    int update = receive(Command.TID_UPDATE);
                    refuse(free, Errno.EFAULT);
                    give(update, new int[] {5, 6}, 5, 6);
                    int back = receive(Command.TID_FREE);
                    assertEquals("{5, 6}", freed());
                    refuse(back, Errno.EIO);
                });
        SoftpathException why =
                assertThrows(
                        SoftpathException.class, () -> file.tidReplace(new int[] {3}, 4096, 2));
        end(daemons);
        assertEquals(Errno.EFAULT, why.errno());
        assertEquals(Errno.EIO, ((SoftpathException) why.getSuppressed()[0]).errno());
    }

    @Test
    void shouldTellTheFirstReasonWhenNeitherCanBeDone() {
        CompletableFuture<Void> daemons =
                play(() -> {
                    int free = receive(Command.TID_FREE);
                    int update = receive(Command.TID_UPDATE);
                    refuse(free, Errno.EFAULT);
                    refuse(update, Errno.ENOMEM);
                });
        SoftpathException why =
                assertThrows(
                        SoftpathException.class, () -> file.tidReplace(new int[] {3}, 4096, 2));
        end(daemons);
        assertEquals(Errno.EFAULT, why.errno());
        assertEquals(Errno.ENOMEM, ((SoftpathException) why.getSuppressed()[0]).errno());
    }

    @Test
    void shouldTellThatTheDriverHasNoMoreTids() {
        CompletableFuture<Void> daemons =
                play(() -> {
                    int free = receive(Command.TID_FREE);
                    int update = receive(Command.TID_UPDATE);
                    give(free, new int[0]);
                    refuse(update, Errno.ENOMEM);
                });
        SoftpathException why =
                assertThrows(
                        SoftpathException.Exhausted.class,
                        () -> file.tidReplace(new int[] {3}, 4096, 2));
        end(daemons);
        assertEquals(Errno.ENOMEM, why.errno());
    }

    @Test
    void shouldNotTrustADaemonThatAnswersOutOfOrder() {
        CompletableFuture<Void> daemons =
                play(() -> {
                    receive(Command.TID_FREE);
                    give(receive(Command.TID_UPDATE), new int[] {5}, 5);
                    give(receive(Command.TID_FREE), new int[0]);
                    assertEquals("{5}", freed());
                });
        SoftpathException why =
                assertThrows(
                        SoftpathException.class, () -> file.tidReplace(new int[] {3}, 4096, 1));
        end(daemons);
        assertEquals(Errno.EPROTO, why.errno());
    }

    @Test
    void shouldBeLostWhenTheDaemonEndsBeforeItHasAnsweredBoth() {
        for (boolean freeFirst : new boolean[] {false, true}) {
            List<SeqPacketSocket> pair = SeqPacketSocket.pair();
            try (ControlChannel other =
                    new ControlChannel(
                            pair.getFirst(), "ipath0", Duration.ofSeconds(20), () -> {})) {
                CompletableFuture<Void> daemons =
                        play(() -> {
                            SeqPacketSocket end = pair.getLast();
                            end.receive(request);
                            int tag = ControlRecord.tag(request);
                            end.receive(request);
                            if (freeFirst) {
                                end.send(
                                        reply,
                                        ControlRecord.reply(
                                                reply, ControlRecord.WRITE, tag, 36, 0));
                            }
                            end.close();
                        });
                assertThrows(
                        SoftpathException.Lost.class,
                        () -> new DeviceFile(other).tidReplace(new int[] {3}, 4096, 1));
                end(daemons);
            }
        }
    }
}
