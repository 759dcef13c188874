package io.softpath.launch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.Fidelity;
import io.softpath.driver.Context;
import io.softpath.driver.ContextOptions;
import io.softpath.driver.Destination;
import io.softpath.driver.PacketHandler;
import io.softpath.driver.PinnedRegion;
import io.softpath.driver.ReceivedPacket;
import io.softpath.driver.SendResult;
import io.softpath.driver.expected.ExpectedSender;
import io.softpath.driver.expected.ExpectedWindow;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;

/** Expected transfers through a real daemon: between two contexts of this process. */
@ExtendWith(ChildOutput.class)
class ExpectedIT {
    private static final int GRANT = 0x42;
    private static final int REGION_BYTES = 1 << 21;

    private ChildDaemon daemon;
    private Context sending;
    private Context receiving;
    private Destination peer;
    private ExpectedSender sender;

    /** What the receiver sends to the sender: a grant. */
    private final MemorySegment grant = MemorySegment.ofArray(new byte[2048]);

    private PinnedRegion source;
    private PinnedRegion target;
    private long messageBytes;
    private boolean begun;

    private void start(String model, boolean gather) {
        daemon = ChildDaemon.start("--model", model);
        ContextOptions options = ContextOptions.defaults().withGather(gather);
        sending = daemon.open().openContext(options);
        receiving = daemon.open().openContext(options);
        peer = receiving.destination(sending.address());
        sender = sending.expected().sender(sending.destination(receiving.address()));
        source = sending.pin(REGION_BYTES);
        target = receiving.pin(REGION_BYTES);
    }

    @AfterEach
    void stop() {
        if (sending != null) {
            sending.close();
            receiving.close();
        }
        if (daemon != null) {
            List<String> complaints = daemon.complaints();
            daemon.close();
            assertEquals(List.of(), complaints, "complaints of the daemon");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "IBA7220,false",
        "IBA7220,true",
        "IBA7322,false",
        "IBA7322,true",
        "IBA6120,false",
        "IBA6120,true"
    })
    @Fidelity(47)
    void shouldMoveAnyPartOfMemoryAndLeaveItsNeighboursAlone(String model, boolean gather) {
        start(model, gather);
        assertEquals(gather, sending.expected().gathers());
        assertEquals(model.equals("IBA7322"), receiving.expected().hasFlows());
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int most = receiving.expected().maxWindowBytes();
        for (int round = 0; round < 30; round++) {
            int bound = round % 3 == 0 ? 100 : round % 3 == 1 ? 20_000 : most;
            int length = round == 0 ? most : 1 + random.nextInt(bound);
            long from = random.nextInt((REGION_BYTES - length) / 4) * 4L;
            long to = random.nextInt((REGION_BYTES - length) / 4) * 4L;
            fill(source, random);
            fill(target, random);
            byte[] wanted = target.segment().toArray(ValueLayout.JAVA_BYTE);
            MemorySegment.copy(
                    source.segment(),
                    ValueLayout.JAVA_BYTE,
                    from,
                    wanted,
                    Math.toIntExact(to),
                    length);
            String what = "seed=" + seed + " round=" + round + " length=" + length;
            if (round % 10 == 9) {
                receiving.expected().evict();
            }
            transfer(from, to, length, what);
            for (long i = to + length; i < to + (length + 3 & ~3); i++) {
                wanted[(int) i] = target.segment().get(ValueLayout.JAVA_BYTE, i);
            }
            assertEquals(-1, target.segment().mismatch(MemorySegment.ofArray(wanted)), what);
        }
        assertEquals(0, receiving.statistics().get("TID error"));
        assertEquals(0, receiving.statistics().get("TID flow sequence error"));
        assertEquals(0, receiving.statistics().get("tids in use"));
        assertTrue(receiving.statistics().get("tid cache hits") > 0);
    }

    private void transfer(long from, long to, int length, String what) {
        PacketHandler grants = packet -> begin(packet, from);
        PacketHandler data = receiving.expected().handler(ExpectedIT::unexpected);
        messageBytes = length;
        begun = false;
        try (ExpectedWindow window = receiving.expected().open(target, to, length)) {
            int bytes = window.grant(grant, 0);
            Await.until(
                    "a send buffer for the grant",
                    () -> receiving.send(peer, GRANT, 0, 0, grant, 0, bytes) == SendResult.SENT);
            Await.until(
                    "all bytes of " + what,
                    () -> {
                        sending.receive(grants, 16);
                        if (begun) {
                            sender.send();
                        }
                        receiving.receive(data, 256);
                        return window.isComplete();
                    });
            assertTrue(sender.isDone(), what);
            assertEquals(0, window.restarts(), what);
        }
    }

    private void begin(ReceivedPacket packet, long from) {
        assertEquals(GRANT, packet.subOpcode());
        sender.begin(packet, source, from, messageBytes);
        begun = true;
    }

    private static void unexpected(ReceivedPacket packet) {
        throw new AssertionError("unexpected " + packet);
    }

    private static void fill(PinnedRegion region, Random random) {
        byte[] bytes = new byte[(int) region.bytes()];
        random.nextBytes(bytes);
        MemorySegment.copy(bytes, 0, region.segment(), ValueLayout.JAVA_BYTE, 0, bytes.length);
    }

    @ParameterizedTest
    @CsvSource({"false", "true"})
    @Fidelity(51)
    void shouldLeaveAHeaderEntryForEverySixteenthPacketAndTheLast(boolean gather) {
        start("IBA7322", gather);
        transfer(0, 0, 128 * 1024, "128 KiB");
        assertEquals(128 / 2 / 16, receiving.statistics().get("packets received"));
        assertEquals(
                -1,
                source.segment()
                        .asSlice(0, 128 * 1024)
                        .mismatch(target.segment().asSlice(0, 128 * 1024)));
    }

    @ParameterizedTest
    @CsvSource({"IBA7220,false", "IBA7220,true", "IBA7322,false", "IBA7322,true"})
    @Fidelity(49)
    void shouldKeepLatePacketsOffMemoryThatTookThePlaceOfAClosedRegion(
            String model, boolean gather) {
        start(model, gather);
        source.segment().fill((byte) 7);
        ExpectedWindow window = receiving.expected().open(target, 0, 100_000);
        int bytes = window.grant(grant, 0);
        long address = target.segment().address();
        target.close();
        try (PinnedRegion other = receiving.pin(REGION_BYTES)) {
            assertFalse(target.isOpen());
            sender.begin(grant, 0, bytes, source, 0, 100_000);
            PacketHandler data = receiving.expected().handler(ExpectedIT::unexpected);
            Await.until(
                    "the packets have come",
                    () -> {
                        sender.send();
                        receiving.receive(data, 256);
                        return window.isComplete();
                    });
            window.close();
            assertEquals(
                    -1,
                    other.segment().mismatch(MemorySegment.ofArray(new byte[REGION_BYTES])),
                    "the same address: " + (address == other.segment().address()));
        }
        assertEquals(0, receiving.statistics().get("tids kept"));
    }

    @Test
    @Fidelity(48)
    void shouldWriteNothingForATidThatWasFreed() {
        start("IBA7220", false);
        source.segment().fill((byte) 7);
        ExpectedWindow window = receiving.expected().open(target, 0, 4096);
        int bytes = window.grant(grant, 0);
        window.close();
        sender.begin(grant, 0, bytes, source, 0, 4096);
        assertEquals(SendResult.SENT, sender.send());
        PacketHandler ignore = packet -> {};
        Await.until(
                "both packets are refused",
                () -> {
                    receiving.receive(ignore, 16);
                    return receiving.statistics().get("TID error") == 2;
                });
        assertEquals(-1, target.segment().mismatch(MemorySegment.ofArray(new byte[REGION_BYTES])));
    }

    @ParameterizedTest
    @CsvSource({"IBA7220,false", "IBA7220,true", "IBA7322,false", "IBA7322,true"})
    @Fidelity(50)
    void shouldGoOnWithANewGenerationAfterPacketsWereLost(String model, boolean gather) {
        start(model, gather);
        fill(source, new Random(1));
        int length = receiving.expected().maxWindowBytes();
        PacketHandler data = receiving.expected().handler(ExpectedIT::unexpected);
        try (ExpectedWindow window = receiving.expected().open(target, 0, length)) {
            sender.begin(grant, 0, window.grant(grant, 0), source, 0, length);
            for (int round = 0; round < 5; round++) {
                sender.send();
                receiving.receive(data, 16);
                receiving.stopReceive();
                Await.until("the rest is sent", () -> sender.send() == SendResult.SENT);
                Await.until("it has left", () -> left(sending));
                receiving.startReceive();
                assertTrue(window.needsRestart());
                assertTrue(sender.resume(window.descriptor(), window.restart()));
            }
            Await.until(
                    "all bytes",
                    () -> {
                        sender.send();
                        receiving.receive(data, 256);
                        return window.isComplete();
                    });
        }
        assertEquals(
                -1,
                source.segment().asSlice(0, length).mismatch(target.segment().asSlice(0, length)));
    }

    /** Whether no send buffer of this context is busy: as many packets as it has can be sent. */
    private boolean left(Context context) {
        Destination self = context.destination(context.address());
        for (int i = 0; i < context.baseInfo().piocnt(); i++) {
            if (context.send(self, 1, 2, 3) != SendResult.SENT) {
                return false;
            }
        }
        context.receive(packet -> {}, 1000);
        return true;
    }
}
