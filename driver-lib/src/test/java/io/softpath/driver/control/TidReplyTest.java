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
        return CompletableFuture.runAsync(
                () -> {
                    daemon.receive(request);
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
                    daemon.send(
                            reply,
                            ControlRecord.reply(
                                    reply,
                                    ControlRecord.WRITE,
                                    ControlRecord.tag(request),
                                    36,
                                    TidInfo.BITMAP_BYTES + 2 * tids.length));
                },
                task -> Thread.ofPlatform().daemon().start(task));
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
        reply.fill((byte) 0);
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
        byte[] bits =
                request.asSlice(ControlRecord.WRITE_DATA, TidInfo.BITMAP_BYTES)
                        .toArray(ValueLayout.JAVA_BYTE);
        assertEquals("{8, 511}", BitSet.valueOf(bits).toString());
    }
}
