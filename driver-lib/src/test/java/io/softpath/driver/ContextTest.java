package io.softpath.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.softpath.abi.Fidelity;
import io.softpath.abi.control.UserEvent;
import io.softpath.abi.model.ChipModel;
import io.softpath.abi.region.RegionKind;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.linux.SeqPacketListener;
import io.softpath.linux.SeqPacketSocket;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

@Timeout(60)
class ContextTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir Path directory;

    private FakeChip chip;
    private FakeDaemon daemon;

    @BeforeEach
    void start() {
        start(LaunchMode.INLINE);
    }

    private void start(LaunchMode launch) {
        stop();
        ChipModel model = launch == LaunchMode.LAST_DWORD ? ChipModel.IBA6120 : ChipModel.IBA7220;
        chip = new FakeChip(model, 3, launch);
        daemon = new FakeDaemon(chip, directory.resolve("ipath"));
    }

    @AfterEach
    void stop() {
        if (daemon != null) {
            daemon.close();
            chip.close();
        }
    }

    private DeviceOptions options() {
        return new DeviceOptions(directory, DeviceOptions.ANY_UNIT, PATIENCE);
    }

    @ParameterizedTest
    @EnumSource
    void shouldSendToItselfInEveryLaunchMode(LaunchMode launch) {
        start(launch);
        try (Device device = Device.open(options());
                Context context = device.openContext()) {
            assertEquals(launch, context.launch());
            assertEquals("1:3", context.address().toString());
            Destination self = context.destination(context.address());
            assertEquals(SendResult.SENT, context.send(self, "hello, world".getBytes(UTF_8)));
            assertEquals(SendResult.SENT, context.send(self, 9, 10, 11));
            assertEquals(2, chip.loopBack());
            assertTrue(context.await(PATIENCE));
            List<String> seen = new ArrayList<>();
            PacketHandler handler =
                    packet ->
                            seen.add(
                                    packet.source()
                                            + " "
                                            + new String(packet.payload(), UTF_8)
                                            + packet.subOpcode()
                                            + packet.data0()
                                            + packet.data1());
            assertEquals(2, context.receive(handler, 16));
            assertEquals(List.of("1:3 hello, world000", "1:3 91011"), seen);
            assertEquals(2, context.statistics().get("packets received"));
        }
    }

    @Test
    void shouldDoWhatTheUserLibraryDoesInItsOrder() {
        try (Device device = Device.open(options());
                Context context = device.openContext()) {
            assertEquals(
                    List.of("FEATURES", "ASSIGN_CONTEXT", "CTXT_INFO", "USER_INIT"),
                    daemon.seen().subList(0, 4));
            assertEquals(
                    List.of(
                            RegionKind.UREGS,
                            RegionKind.PIOBUFS,
                            RegionKind.SENDBUFSTATUS,
                            RegionKind.RCVHDRQ,
                            RegionKind.RCVEGRBUFS,
                            RegionKind.PIOAVAIL),
                    context.mappings().stream().map(vma -> vma.kind()).toList());
            context.mappings().forEach(vma -> assertEquals(List.of(), vma.violations()));
        }
    }

    @Test
    void shouldMovePositionOfABufferOnlyWhenItWasSent() {
        try (Device device = Device.open(options());
                Context context = device.openContext()) {
            Destination self = context.destination(context.address());
            ByteBuffer buffer = ByteBuffer.allocateDirect(8).position(2);
            while (context.send(self, buffer) == SendResult.SENT) {
                assertEquals(8, buffer.position());
                buffer.position(2);
            }
            assertEquals(2, buffer.position());
            assertEquals(chip.bufferCount(), context.statistics().get("packets sent"));
        }
    }

    @Test
    @Fidelity(54)
    void shouldSleepUntilTheChipInterrupts() throws Exception {
        try (Device device = Device.open(options());
                Context context = device.openContext()) {
            assertFalse(context.await(Duration.ofMillis(1)));
            CompletableFuture<Boolean> waiting =
                    CompletableFuture.supplyAsync(() -> context.await(PATIENCE));
            untilSeen("POLL", 2);
            assertFalse(waiting.isDone());
            daemon.interrupt();
            assertTrue(waiting.get(20, TimeUnit.SECONDS));
            daemon.ready(true);
            assertTrue(context.await(PATIENCE));
        }
    }

    @Test
    void shouldWaitNoLongerThanAskedForADaemonThatDoesNotAnswer() throws Exception {
        try (Device device = Device.open(options());
                Context context = device.openContext()) {
            daemon.ignore("POLL");
            assertFalse(context.await(Duration.ofMillis(1)));
            CompletableFuture<Boolean> waiting =
                    CompletableFuture.supplyAsync(() -> context.await(PATIENCE));
            untilSeen("POLL", 2);
            daemon.die();
            ExecutionException ended =
                    assertThrows(ExecutionException.class, () -> waiting.get(20, TimeUnit.SECONDS));
            assertEquals(Errno.ENOTCONN, ((SoftpathException) ended.getCause()).errno());
        }
    }

    @Test
    void shouldWriteItsHeadsOutBeforeItSleeps() {
        try (Device device = Device.open(options());
                Context context = device.openContext()) {
            Destination self = context.destination(context.address());
            context.send(self, new byte[100]);
            chip.loopBack();
            context.receive(packet -> {}, 16);
            assertEquals(0, chip.head());
            assertFalse(context.await(Duration.ZERO));
            assertEquals(32, chip.head());
        }
    }

    @Test
    void shouldThrowLostFromEveryCallOnceTheDaemonIsDead() throws Exception {
        try (Device device = Device.open(options());
                Context context = device.openContext()) {
            Destination self = context.destination(context.address());
            CompletableFuture<Boolean> waiting =
                    CompletableFuture.supplyAsync(() -> context.await(PATIENCE));
            untilSeen("POLL", 1);
            daemon.die();
            ExecutionException ended =
                    assertThrows(ExecutionException.class, () -> waiting.get(20, TimeUnit.SECONDS));
            assertTrue(ended.getCause() instanceof SoftpathException.Lost);
            while (!device.isLost()) {
                Thread.onSpinWait();
            }
            for (Consumer<Context> call : calls(self)) {
                SoftpathException lost =
                        assertThrows(SoftpathException.Lost.class, () -> call.accept(context));
                assertEquals(Errno.ENOTCONN, lost.errno());
            }
        }
    }

    @Test
    void shouldThrowBadDescriptorFromEveryCallAfterClose() {
        Device device = Device.open(options());
        Context context = device.openContext();
        Destination self = context.destination(context.address());
        context.close();
        context.close();
        device.close();
        for (Consumer<Context> call : calls(self)) {
            SoftpathException closed =
                    assertThrows(SoftpathException.Refused.class, () -> call.accept(context));
            assertEquals(Errno.EBADF, closed.errno());
        }
        assertThrows(SoftpathException.Refused.class, device::openContext);
        assertThrows(SoftpathException.Refused.class, () -> device.inspect().units());
    }

    private static List<Consumer<Context>> calls(Destination to) {
        return List.of(
                context -> context.send(to, new byte[1]),
                context -> context.send(to, 1, 2, 3),
                context -> context.receive(packet -> {}, 1),
                context -> context.await(PATIENCE),
                Context::events,
                context -> context.ackEvents(1),
                context -> context.setPartitionKey(0x8001),
                Context::stopReceive,
                Context::startReceive,
                context -> context.pollType(PollType.URGENT),
                Context::forceAvailUpdate,
                context -> context.reportArmlaunch(true),
                Context::mappings);
    }

    @Test
    void shouldPassRefusalsOnWithTheirErrno() {
        try (Device device = Device.open(options());
                Context context = device.openContext()) {
            daemon.refuse("SET_PART_KEY", Errno.EEXIST.number());
            SoftpathException refused =
                    assertThrows(
                            SoftpathException.Refused.class, () -> context.setPartitionKey(0x8001));
            assertEquals(Errno.EEXIST, refused.errno());
            assertTrue(refused.getMessage().endsWith("SET_PART_KEY is refused"));
            assertEquals(
                    SendResult.SENT, context.send(context.destination(context.address()), 1, 2, 3));
        }
    }

    @Test
    void shouldLeaveNothingBehindWhenAContextCannotBeMapped() {
        daemon.refuse("MMAP", Errno.ENOMEM.number());
        Device device = Device.open(options());
        assertEquals(
                Errno.ENOMEM,
                assertThrows(SoftpathException.Exhausted.class, device::openContext).errno());
        assertEquals(
                Errno.EBADF, assertThrows(SoftpathException.class, device::openContext).errno());
    }

    @Test
    void shouldStayOpenWhenNoContextIsFree() {
        daemon.refuse("ASSIGN_CONTEXT", Errno.EBUSY.number());
        try (Device device = Device.open(options())) {
            assertThrows(SoftpathException.Exhausted.class, device::openContext);
            assertEquals(1, device.inspect().units().size());
        }
    }

    @Test
    void shouldSayHowToStartADaemonWhenThereIsNone(@TempDir Path empty) {
        SoftpathException none =
                assertThrows(
                        SoftpathException.Refused.class,
                        () -> Device.open(options().withDirectory(empty)));
        assertEquals(Errno.ENXIO, none.errno());
        assertTrue(none.getMessage().contains("softpath daemon"), none::getMessage);
    }

    @Test
    void shouldRefuseAUnitThatTheDaemonDoesNotHave() {
        SoftpathException none =
                assertThrows(
                        SoftpathException.Refused.class, () -> Device.open(options().withUnit(7)));
        assertEquals(Errno.ENODEV, none.errno());
    }

    @Test
    void shouldSayThatTheDaemonDiedWhenItsSocketIsLeftBehind() {
        daemon.die();
        assertEquals(
                Errno.ENOTCONN,
                assertThrows(SoftpathException.Lost.class, () -> Device.open(options())).errno());
    }

    @Test
    void shouldCloseAgainAfterOutputOfAPayloadHasEnded() throws Exception {
        Device device = Device.open(options());
        Context context = device.openContext();
        context.send(context.destination(context.address()), new byte[8]);
        chip.receive(chip.takeLaunch());
        Pipe pipe = Pipe.open();
        CompletableFuture<Integer> output = new CompletableFuture<>();
        Thread writer =
                Thread.ofPlatform()
                        .start(() -> {
                            try {
                                context.receive(
                                        packet -> {
                                            try {
                                                output.complete(
                                                        pipe.sink()
                                                                .write(
                                                                        packet.payloadSegment()
                                                                                .asByteBuffer()));
                                            } catch (IOException e) {
                                                output.completeExceptionally(e);
                                            }
                                        },
                                        1);
                            } catch (SoftpathException e) {
                                assertEquals(Errno.EBADF, e.errno());
                            }
                        });
        pipe.source().read(ByteBuffer.allocate(1)); // it writes; the rest does not fit the pipe
        assertEquals(
                Errno.EBUSY,
                assertThrows(SoftpathException.Exhausted.class, context::close).errno());
        pipe.source().close();
        writer.join();
        assertTrue(output.isDone());
        context.close();
        assertEquals(Errno.EBADF, assertThrows(SoftpathException.class, context::events).errno());
    }

    @Test
    void shouldNotWaitForEverToConnectToAStoppedDaemon(@TempDir Path stopped) {
        DeviceOptions impatient =
                options().withDirectory(stopped).withReplyTimeout(Duration.ofMillis(100));
        try (SeqPacketListener silent =
                        SeqPacketListener.listen(
                                impatient.path(), PosixFilePermissions.fromString("rw-------"), 0);
                SeqPacketSocket _ = SeqPacketSocket.connect(silent.path())) { // fills the backlog
            SoftpathException late =
                    assertThrows(SoftpathException.Lost.class, () -> Device.open(impatient));
            assertEquals(Errno.ETIMEDOUT, late.errno());
        }
    }

    @Test
    void shouldTakeAnyPatience() {
        Duration endless = Duration.ofSeconds(Long.MAX_VALUE);
        try (Device device = Device.open(options().withReplyTimeout(endless));
                Context context = device.openContext()) {
            assertEquals(0, context.events());
        }
    }

    @Test
    void shouldRefuseAnotherContextsDestination(@TempDir Path other) {
        try (FakeChip otherChip = new FakeChip(ChipModel.IBA7220, 4, LaunchMode.INLINE);
                FakeDaemon otherDaemon = new FakeDaemon(otherChip, other.resolve("ipath"));
                Device device = Device.open(options());
                Context context = device.openContext();
                Device otherDevice = Device.open(options().withDirectory(other));
                Context otherContext = otherDevice.openContext()) {
            Destination foreign = otherContext.destination(context.address());
            SoftpathException refused =
                    assertThrows(
                            SoftpathException.Refused.class, () -> context.send(foreign, 1, 2, 3));
            assertEquals(Errno.EINVAL, refused.errno());
            assertFalse(otherDaemon.seen().isEmpty());
        }
    }

    @ParameterizedTest
    @EnumSource
    @Fidelity(55)
    void shouldReceiveFromTheBeginningWhenReceptionStarts(LaunchMode launch) {
        start(launch);
        try (Device device = Device.open(options());
                Context context = device.openContext()) {
            Destination self = context.destination(context.address());
            for (int round = 0; round < 5; round++) {
                for (int i = 0; i < round + 1; i++) {
                    context.send(self, 1, i, 3);
                }
                chip.loopBack();
                assertEquals(round + 1, context.receive(packet -> {}, 16));
                context.stopReceive();
                context.send(self, 1, 2, 3);
                chip.loopBack();
                assertEquals(0, context.receive(packet -> {}, 16));
                context.startReceive();
                assertEquals(0, context.receive(packet -> {}, 16));
            }
        }
    }

    @Test
    @Fidelity(54)
    void shouldLeaveItToTheDriverWhetherAnUrgentPacketCame() {
        try (Device device = Device.open(options());
                Context context = device.openContext()) {
            context.send(context.destination(context.address()), 1, 2, 3);
            chip.loopBack();
            assertTrue(context.await(PATIENCE));
            context.pollType(PollType.URGENT);
            assertFalse(context.await(Duration.ofMillis(1)));
            daemon.ready(true);
            assertTrue(context.await(PATIENCE));
        }
    }

    @RepeatedTest(20)
    void shouldEndInAnExceptionWhenClosedUnderItsThreads() throws Exception {
        Device device = Device.open(options());
        Context context = device.openContext();
        Destination self = context.destination(context.address());
        CountDownLatch running = new CountDownLatch(3);
        List<CompletableFuture<SoftpathException>> threads =
                List.of(
                        untilItThrows(running, () -> context.send(self, new byte[2048])),
                        untilItThrows(running, () -> context.receive(packet -> {}, 16)),
                        untilItThrows(running, context::events));
        running.await();
        context.close();
        for (CompletableFuture<SoftpathException> thread : threads) {
            assertEquals(Errno.EBADF, thread.get(20, TimeUnit.SECONDS).errno());
        }
    }

    private static CompletableFuture<SoftpathException> untilItThrows(
            CountDownLatch running, Runnable call) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        call.run();
                        running.countDown();
                        while (true) {
                            call.run();
                        }
                    } catch (SoftpathException e) {
                        return e;
                    }
                },
                task -> Thread.ofPlatform().daemon().start(task));
    }

    @Test
    void shouldAcknowledgeADisarmWithoutWaitingForIt() {
        try (Device device = Device.open(options());
                Context context = device.openContext()) {
            Destination self = context.destination(context.address());
            daemon.ignore("ACK_EVENT");
            chip.events(UserEvent.DISARM_BUFS);
            assertEquals(UserEvent.DISARM_BUFS, context.events());
            for (int i = 0; i < 100; i++) {
                context.send(self, 1, 2, 3);
            }
            untilSeen("ACK_EVENT", 1);
            context.forceAvailUpdate();
            assertEquals(1, daemon.seen().stream().filter("ACK_EVENT"::equals).count());
        }
    }

    @Test
    void shouldNoticeTwoThreadsAtOnce() throws Exception {
        try (Device device = Device.open(options());
                Context context = device.openContext()) {
            CompletableFuture<Boolean> waiting =
                    CompletableFuture.supplyAsync(() -> context.await(PATIENCE));
            untilSeen("POLL", 1);
            assertThrows(AssertionError.class, () -> context.receive(packet -> {}, 1));
            daemon.interrupt();
            assertTrue(waiting.get(20, TimeUnit.SECONDS));
            assertEquals(0, context.receive(packet -> {}, 1));
        }
    }

    private void untilSeen(String what, int times) {
        while (daemon.seen().stream().filter(what::equals).count() < times) {
            Thread.onSpinWait();
        }
    }
}
