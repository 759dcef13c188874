package io.softpath.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.Fidelity;
import io.softpath.abi.model.ChipModel;
import io.softpath.abi.packet.Rhf;
import io.softpath.driver.expected.ExpectedSender;
import io.softpath.driver.expected.ExpectedWindow;
import io.softpath.driver.expected.Progress;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/** A context that sends to its own windows through a chip played by hand. */
@Timeout(60)
class ExpectedTransferTest {
    private static final int GRANT = 0x42;

    @TempDir Path directory;

    private FakeChip chip;
    private FakeDaemon daemon;
    private Context context;
    private Destination self;

    private void start(ChipModel model, LaunchMode launch, boolean gather) {
        chip = new FakeChip(model, 3, launch);
        daemon = new FakeDaemon(chip, directory.resolve("ipath"));
        Device device = Device.open(new DeviceOptions(directory, -1, Duration.ofSeconds(20)));
        context = device.openContext(ContextOptions.defaults().withGather(gather));
        self = context.destination(context.address());
    }

    @AfterEach
    void stop() {
        context.close();
        daemon.close();
        chip.close();
    }

    @ParameterizedTest
    @CsvSource({
        "IBA7220,INLINE,true",
        "IBA7220,SPECIAL,false",
        "IBA7220,SPECIAL,true",
        "IBA6120,LAST_DWORD,false",
        "IBA6120,LAST_DWORD,true",
        "IBA7322,INLINE,false",
        "IBA7322,INLINE,true"
    })
    @Fidelity(47)
    void shouldMoveAnyPartOfMemoryAndLeaveItsNeighboursAlone(
            String model, LaunchMode launch, boolean gather) {
        start(ChipModel.named(model), launch, gather);
        long seed = System.nanoTime();
        Random random = new Random(seed);
        MemorySegment grant = MemorySegment.ofArray(new byte[2048]);
        try (PinnedRegion source = context.pin(100_000);
                PinnedRegion target = context.pin(100_000)) {
            ExpectedSender sender = context.expected().sender(self);
            for (int round = 0; round < 30; round++) {
                int length = 1 + random.nextInt(round < 10 ? 100 : 60_000);
                long from = random.nextInt(4000) * 4L;
                long to = random.nextInt(4000) * 4L;
                fill(source.segment(), random);
                fill(target.segment(), random);
                byte[] wanted = target.segment().toArray(ValueLayout.JAVA_BYTE);
                MemorySegment.copy(
                        source.segment(), from, MemorySegment.ofArray(wanted), to, length);
                String what = "seed=" + seed + " round=" + round + " length=" + length;
                try (ExpectedWindow window = context.expected().open(target, to, length)) {
                    int bytes = window.grant(grant, 0);
                    sender.begin(grant, 0, bytes, source, from, length);
                    pump(sender, window);
                    assertTrue(window.isComplete(), what);
                    assertTrue(sender.isDone(), what);
                    assertEquals(length, window.received(), what);
                }
                int whole = length + 3 & ~3;
                for (long i = to + length; i < to + whole; i++) {
                    wanted[(int) i] = target.segment().get(ValueLayout.JAVA_BYTE, i);
                }
                assertEquals(-1, target.segment().mismatch(MemorySegment.ofArray(wanted)), what);
            }
        }
    }

    private void pump(ExpectedSender sender, ExpectedWindow window) {
        PacketHandler handler = context.expected().handler(packet -> {});
        for (int i = 0; i < 1000 && !(sender.isDone() && window.isComplete()); i++) {
            sender.send();
            chip.loopBack();
            context.receive(handler, 64);
        }
    }

    private static void fill(MemorySegment memory, Random random) {
        byte[] bytes = new byte[(int) memory.byteSize()];
        random.nextBytes(bytes);
        MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, 0, bytes.length);
    }

    @Test
    void shouldCarryAGrantInAPacketAndTakeItFromThere() {
        start(ChipModel.IBA7220, LaunchMode.INLINE, true);
        MemorySegment buffer = MemorySegment.ofArray(new byte[2048]);
        try (PinnedRegion memory = context.pin(2 << 20)) {
            ExpectedWindow window =
                    context.expected().open(memory, 4, context.expected().maxWindowBytes());
            int bytes = window.grant(buffer, 0, 4096);
            assertTrue(bytes <= 2048);
            assertEquals(SendResult.SENT, context.send(self, GRANT, 0, 0, buffer, 0, bytes));
            chip.loopBack();
            ExpectedSender sender = context.expected().sender(self);
            long message = window.length() + 4096L;
            assertEquals(1, context.receive(packet -> sender.begin(packet, memory, 0, message), 1));
            assertEquals(window.length(), sender.length());
            assertEquals(4096, sender.messageOffset());
            assertEquals(window.descriptor(), sender.descriptor());
            window.close();
        }
    }

    @Test
    void shouldShowWhereAnExpectedPacketWent() {
        start(ChipModel.IBA7220, LaunchMode.INLINE, false);
        try (PinnedRegion memory = context.pin(1);
                ExpectedWindow window = context.expected().open(memory, 100, 50)) {
            MemorySegment grant = MemorySegment.ofArray(new byte[2048]);
            ExpectedSender sender = context.expected().sender(self);
            sender.begin(
                    grant, 0, window.grant(grant, 0), MemorySegment.ofArray(new byte[51]), 1, 50);
            assertEquals(SendResult.SENT, sender.send());
            chip.loopBack();
            List<Progress> seen = new ArrayList<>();
            context.receive(
                    packet -> {
                        assertEquals(Rhf.TYPE_EXPECTED, packet.type());
                        assertEquals(100, packet.tidOffset());
                        assertEquals(52, packet.payloadLength());
                        assertEquals(MemorySegment.NULL, packet.payloadSegment());
                        assertEquals(window, context.expected().window(packet));
                        seen.add(window.accept(packet));
                        seen.add(window.accept(packet));
                    },
                    16);
            assertEquals(List.of(Progress.COMPLETE, Progress.STALE), seen);
        }
    }

    @Test
    @Fidelity(51)
    void shouldLeaveAHeaderEntryForEverySixteenthPacketAndTheLast() {
        for (boolean gather : new boolean[] {false, true}) {
            start(ChipModel.IBA7322, LaunchMode.INLINE, gather);
            try (PinnedRegion source = context.pin(1 << 17);
                    PinnedRegion target = context.pin(1 << 17);
                    ExpectedWindow window = context.expected().open(target, 0, (1 << 17) - 2048)) {
                MemorySegment grant = MemorySegment.ofArray(new byte[2048]);
                ExpectedSender sender = context.expected().sender(self);
                sender.begin(grant, 0, window.grant(grant, 0), source, 0, window.length());
                pump(sender, window);
                assertTrue(window.isComplete());
                assertEquals(63 / 16 + 1, context.statistics().get("packets received"));
                assertEquals(63, window.packets());
            }
            stop();
        }
        start(ChipModel.IBA7220, LaunchMode.INLINE, false); // to be stopped
    }

    @ParameterizedTest
    @CsvSource({"IBA7220", "IBA7322"})
    void shouldGoOnBehindTheLastGoodByteWhenAPacketIsLost(String model) {
        start(ChipModel.named(model), LaunchMode.INLINE, false);
        Random random = new Random(1);
        try (PinnedRegion source = context.pin(64_000);
                PinnedRegion target = context.pin(64_000);
                ExpectedWindow window = context.expected().open(target, 0, 64_000)) {
            fill(source.segment(), random);
            MemorySegment grant = MemorySegment.ofArray(new byte[2048]);
            ExpectedSender sender = context.expected().sender(self);
            sender.headerInterval(1);
            sender.begin(grant, 0, window.grant(grant, 0), source, 0, 64_000);
            sender.send();
            chip.receive(chip.takeLaunch());
            chip.takeLaunch(); // lost
            chip.free();
            chip.free();
            chip.loopBack();
            List<Progress> seen = new ArrayList<>();
            PacketHandler handler =
                    new PacketHandler() {
                        @Override
                        public void onPacket(ReceivedPacket packet) {
                            seen.add(context.expected().accept(packet));
                        }

                        @Override
                        public void onError(ReceivedPacket packet) {
                            seen.add(context.expected().accept(packet));
                        }
                    };
            context.receive(handler, 64);
            assertEquals(List.of(Progress.ADVANCED, Progress.RESTART), seen.subList(0, 2));
            assertTrue(seen.stream().skip(2).allMatch(Progress.STALE::equals), seen::toString);
            assertTrue(window.needsRestart());
            assertEquals(2048, window.received());
            long point = window.restart();
            assertFalse(window.needsRestart());
            assertFalse(sender.resume(window.descriptor() + 1, point));
            assertTrue(sender.resume(window.descriptor(), point));
            assertFalse(sender.resume(window.descriptor(), point));
            assertEquals(2048, sender.sent());
            pump(sender, window);
            assertTrue(window.isComplete());
            assertEquals(1, window.restarts());
            assertEquals(
                    -1,
                    target.segment()
                            .asSlice(0, 64_000)
                            .mismatch(source.segment().asSlice(0, 64_000)));
            assertEquals(
                    Errno.EINVAL, assertThrows(SoftpathException.class, window::restart).errno());
        }
    }

    @Test
    @Fidelity(50)
    void shouldGiveLatePacketsOfAClosedWindowAWrongGeneration() {
        start(ChipModel.IBA7322, LaunchMode.INLINE, false);
        try (PinnedRegion source = context.pin(4096);
                PinnedRegion target = context.pin(4096)) {
            source.segment().fill((byte) 7);
            ExpectedWindow window = context.expected().open(target, 0, 4096);
            MemorySegment grant = MemorySegment.ofArray(new byte[2048]);
            ExpectedSender sender = context.expected().sender(self);
            sender.begin(grant, 0, window.grant(grant, 0), source, 0, 4096);
            sender.send();
            window.close();
            window.close();
            chip.loopBack();
            assertEquals(0, context.receive(packet -> {}, 16));
            assertEquals(-1, target.segment().mismatch(MemorySegment.ofArray(new byte[4096])));
            assertEquals(
                    Errno.EBADF,
                    assertThrows(SoftpathException.class, () -> window.grant(grant, 0)).errno());
            assertEquals(
                    Errno.EBADF, assertThrows(SoftpathException.class, window::restart).errno());
        }
    }

    @Test
    void shouldKeepLatePacketsOffMemoryThatWasClosedUnderItsWindow() {
        start(ChipModel.IBA7220, LaunchMode.INLINE, false);
        PinnedRegion target = context.pin(4096);
        ExpectedWindow window = context.expected().open(target, 0, 4096);
        MemorySegment grant = MemorySegment.ofArray(new byte[2048]);
        ExpectedSender sender = context.expected().sender(self);
        int bytes = window.grant(grant, 0);
        target.close();
        try (PinnedRegion other = context.pin(4096);
                PinnedRegion source = context.pin(4096)) {
            source.segment().fill((byte) 7);
            sender.begin(grant, 0, bytes, source, 0, 4096);
            pump(sender, window);
            assertTrue(window.isComplete());
            assertEquals(-1, other.segment().mismatch(MemorySegment.ofArray(new byte[4096])));
        }
        assertEquals(0, context.statistics().get("tids kept"));
        window.close();
        assertEquals(0, context.statistics().get("tids in use"));
        assertEquals(0, context.statistics().get("tids kept"));
        for (int tid = 0; tid < 512; tid++) {
            assertNull(chip.tidPage(tid));
        }
    }

    @Test
    void shouldAskTheDriverOnceForPagesThatAreUsedAgain() {
        start(ChipModel.IBA7220, LaunchMode.INLINE, true);
        try (PinnedRegion source = context.pin(40_000);
                PinnedRegion target = context.pin(40_000)) {
            for (int i = 0; i < 10; i++) {
                transfer(source, target, 8, 30_000);
            }
            assertEquals(1, daemon.seen().stream().filter("TID_UPDATE"::equals).count());
            assertEquals(0, daemon.seen().stream().filter("TID_FREE"::equals).count());
            assertEquals(8, context.statistics().get("tids kept"));
            transfer(source, target, 4096, 32_768);
            assertEquals(9, context.statistics().get("tid update count"));
            assertEquals(79, context.statistics().get("tid cache hits"));
            context.expected().caching(false);
            assertEquals(9, context.statistics().get("tid free count"));
            transfer(source, target, 0, 4096);
            assertEquals(10, context.statistics().get("tid free count"));
            assertEquals(0, context.statistics().get("tids kept"));
        }
    }

    private void transfer(PinnedRegion source, PinnedRegion target, long offset, int length) {
        MemorySegment grant = MemorySegment.ofArray(new byte[2048]);
        ExpectedSender sender = context.expected().sender(self);
        try (ExpectedWindow window = context.expected().open(target, offset, length)) {
            sender.begin(grant, 0, window.grant(grant, 0), source, 0, length);
            pump(sender, window);
            assertTrue(window.isComplete());
        }
    }

    @Test
    void shouldNotKeepTidsThatALatePacketMayStillName() {
        start(ChipModel.IBA7220, LaunchMode.INLINE, true);
        try (PinnedRegion target = context.pin(4096)) {
            context.expected().open(target, 0, 4096).close();
            assertEquals(0, context.statistics().get("tids kept"));
            assertEquals(1, context.statistics().get("tid free count"));
        }
        stop();
        start(ChipModel.IBA7322, LaunchMode.INLINE, true);
        try (PinnedRegion target = context.pin(4096)) {
            context.expected().open(target, 0, 4096).close(); // the chip looks at the generation
            assertEquals(1, context.statistics().get("tids kept"));
        }
        assertEquals(1, context.statistics().get("tid free count"));
    }

    @Test
    void shouldFreeKeptTidsBeforeItSaysThatThereAreNone() {
        start(ChipModel.IBA7322.toBuilder().tidCount(8).build(), LaunchMode.INLINE, true);
        try (PinnedRegion one = context.pin(8 * 4096);
                PinnedRegion two = context.pin(8 * 4096)) {
            context.expected().open(one, 0, 6 * 4096).close();
            ExpectedWindow window = context.expected().open(two, 0, 5 * 4096);
            assertEquals(3, context.statistics().get("tids kept"));
            SoftpathException none =
                    assertThrows(
                            SoftpathException.Exhausted.class,
                            () -> context.expected().open(one, 0, 4 * 4096));
            assertEquals(Errno.ENOMEM, none.errno());
            assertEquals(5, context.statistics().get("tids in use"));
            context.expected().open(one, 0, 3 * 4096).close();
            window.close();
            context.expected().evict();
            assertEquals(0, context.statistics().get("tids kept"));
        }
    }

    @Test
    void shouldTakeNewTidsWhileOldOnesAreBeingFreed() {
        start(ChipModel.IBA7322.toBuilder().tidCount(8).build(), LaunchMode.INLINE, true);
        try (PinnedRegion one = context.pin(8 * 4096);
                PinnedRegion two = context.pin(8 * 4096)) {
            context.expected().open(one, 0, 8 * 4096).close();
            daemon.delay("TID_FREE"); // whoever waits for that answer alone waits for ever
            context.expected().open(two, 0, 8 * 4096).close();
            daemon.delay("TID_FREE");
            context.expected().open(one, 4096, 3 * 4096).close();
            assertEquals(19, context.statistics().get("tid update count"));
            assertEquals(11, context.statistics().get("tid free count"));
            assertEquals(8, context.statistics().get("tids kept"));
        }
        assertEquals(0, context.statistics().get("tids kept"));
        for (int tid = 0; tid < 8; tid++) {
            assertNull(chip.tidPage(tid));
        }
    }

    @Test
    void shouldLeaveNothingBehindWhenOldTidsCannotBeFreed() {
        start(ChipModel.IBA7322.toBuilder().tidCount(8).build(), LaunchMode.INLINE, true);
        PinnedRegion one = context.pin(8 * 4096);
        PinnedRegion two = context.pin(8 * 4096);
        context.expected().open(one, 0, 8 * 4096).close();
        daemon.refuse("TID_FREE", Errno.EFAULT.number());
        SoftpathException why =
                assertThrows(
                        SoftpathException.Refused.class,
                        () -> context.expected().open(two, 0, 4096));
        assertEquals(Errno.EFAULT, why.errno());
        assertEquals(0, context.statistics().get("tids in use"));
        assertEquals(32, context.expected().flows().freeCount());
    }

    @Test
    void shouldGiveKeptTidsUpWhenThePinLimitIsReached() {
        start(ChipModel.IBA7322, LaunchMode.INLINE, true);
        try (PinnedRegion memory = context.pin(8 * 4096)) {
            context.expected().open(memory, 0, 4096).close();
            daemon.refuse("TID_UPDATE", Errno.ENOMEM.number());
            assertThrows(
                    SoftpathException.Exhausted.class,
                    () -> context.expected().open(memory, 4096, 4096));
            assertEquals(0, context.statistics().get("tids kept"));
            assertEquals(0, context.statistics().get("tids in use"));
            assertEquals(32, context.expected().flows().freeCount());
        }
    }

    @Test
    void shouldRefuseWindowsThatCannotBe() {
        start(ChipModel.IBA7220, LaunchMode.INLINE, true);
        try (PinnedRegion memory = context.pin(2 << 20)) {
            refuse(Errno.EINVAL, memory, 2, 100);
            refuse(Errno.EINVAL, memory, -4, 100);
            refuse(Errno.EINVAL, memory, 0, 0);
            refuse(Errno.EINVAL, memory, 0, -1);
            refuse(Errno.EINVAL, memory, 0, (2 << 20) + 1);
            refuse(Errno.EINVAL, memory, 2 << 20, 1);
            refuse(Errno.EINVAL, memory, Long.MAX_VALUE - 3, 8);
            refuse(Errno.EMSGSIZE, memory, 0, 334 * 4096 + 1);
            refuse(Errno.EMSGSIZE, memory, 4092, 333 * 4096 + 5);
            context.expected().open(memory, 4092, context.expected().maxWindowBytes()).close();
            context.expected().open(memory, 0, 334 * 4096).close();
            assertEquals(0, context.statistics().get("tids in use"));
        }
    }

    private void refuse(Errno errno, PinnedRegion memory, long offset, int length) {
        SoftpathException refused =
                assertThrows(
                        SoftpathException.Refused.class,
                        () -> context.expected().open(memory, offset, length));
        assertEquals(errno, refused.errno());
        assertEquals(32, context.expected().flows().freeCount());
    }

    @Test
    void shouldSayWhenAllFlowsAreInUse() {
        start(ChipModel.IBA7322, LaunchMode.INLINE, true);
        try (PinnedRegion memory = context.pin(4096)) {
            List<ExpectedWindow> windows = new ArrayList<>();
            for (int i = 0; i < 32; i++) {
                windows.add(context.expected().open(memory, i * 4L, 4));
            }
            assertEquals(1, context.statistics().get("tids in use"));
            assertEquals(
                    Errno.EBUSY,
                    assertThrows(
                                    SoftpathException.Exhausted.class,
                                    () -> context.expected().open(memory, 0, 4))
                            .errno());
            windows.forEach(ExpectedWindow::close);
            context.expected().open(memory, 0, 4).close();
        }
    }

    @Test
    void shouldStartWindowsOverWhenReceptionStartsOver() {
        start(ChipModel.IBA7322, LaunchMode.INLINE, false);
        try (PinnedRegion memory = context.pin(8192);
                PinnedRegion source = context.pin(8192);
                ExpectedWindow window = context.expected().open(memory, 0, 8192)) {
            source.segment().fill((byte) 7);
            MemorySegment grant = MemorySegment.ofArray(new byte[2048]);
            ExpectedSender sender = context.expected().sender(self);
            sender.begin(grant, 0, window.grant(grant, 0), source, 0, 8192);
            context.stopReceive();
            sender.send();
            chip.loopBack();
            context.startReceive();
            assertTrue(window.needsRestart());
            assertTrue(sender.resume(window.descriptor(), window.restart()));
            pump(sender, window);
            assertEquals(-1, memory.segment().mismatch(source.segment()));
        }
    }

    @Test
    void shouldThrowBadDescriptorAfterTheContextIsClosed() {
        start(ChipModel.IBA7322, LaunchMode.INLINE, true);
        PinnedRegion memory = context.pin(8192);
        ExpectedWindow window = context.expected().open(memory, 0, 8192);
        MemorySegment grant = MemorySegment.ofArray(new byte[2048]);
        ExpectedSender sender = context.expected().sender(self);
        sender.begin(grant, 0, window.grant(grant, 0), memory, 0, 8192);
        context.close();
        for (Runnable call :
                List.<Runnable>of(
                        sender::send,
                        window::restart,
                        () -> context.expected().open(memory, 0, 4),
                        () -> sender.begin(grant, 0, 2048, memory, 0, 8192))) {
            assertEquals(Errno.EBADF, assertThrows(SoftpathException.class, call::run).errno());
        }
        window.close();
    }

    @Test
    void shouldFreeEveryTidOfARegionThatIsClosedWhileWindowsComeAndGo() throws Exception {
        start(ChipModel.IBA7322, LaunchMode.INLINE, true);
        for (int round = 0; round < 50; round++) {
            PinnedRegion memory = context.pin(8 * 4096);
            AtomicInteger opened = new AtomicInteger();
            Thread closer =
                    Thread.ofPlatform()
                            .daemon()
                            .start(() -> {
                                while (opened.get() < 20) {
                                    Thread.onSpinWait();
                                }
                                memory.close();
                            });
            SoftpathException closed =
                    assertThrows(
                            SoftpathException.class,
                            () -> {
                                for (int i = 0; ; i++) {
                                    context.expected().open(memory, i % 8 * 4096L, 4096).close();
                                    opened.incrementAndGet();
                                }
                            });
            assertEquals(Errno.EBADF, closed.errno());
            closer.join();
            assertEquals(0, context.statistics().get("tids in use"));
            assertEquals(0, context.statistics().get("tids kept"));
            for (int tid = 0; tid < 512; tid++) {
                assertNull(chip.tidPage(tid));
            }
        }
    }
}
