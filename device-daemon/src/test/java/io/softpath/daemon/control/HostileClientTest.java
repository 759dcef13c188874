package io.softpath.daemon.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.control.BaseInfo;
import io.softpath.abi.control.Command;
import io.softpath.abi.control.CommandRecord;
import io.softpath.abi.control.ControlRecord;
import io.softpath.abi.control.TidInfo;
import io.softpath.abi.model.ChipModel;
import io.softpath.abi.register.DriverCounter;
import io.softpath.abi.register.UserRegisters;
import io.softpath.daemon.DaemonConfig;
import io.softpath.daemon.DaemonTestBase;
import io.softpath.daemon.FakeClient;
import io.softpath.daemon.FakeSender;
import io.softpath.daemon.LogCapture;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.linux.SeqPacketSocket;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

class HostileClientTest extends DaemonTestBase {
    private static final int RECORDS = 100_000;
    private static final int LID = 1;

    private FakeClient client;
    private FakeClient bystander;
    private BaseInfo info;
    private FakeSender traffic;
    private long sent;

    private void startBystander() {
        bystander = client();
        bystander.features(ControlRecord.FEATURE_INLINE_TRIGGER);
        info = bystander.start();
        traffic = new FakeSender(bystander, ChipModel.IBA7220, info);
    }

    /** The bystander's packets arrive and its commands are answered. */
    private void assertUndisturbed() {
        traffic.send(LID, info.context());
        sent++;
        daemon().doWork();
        long tail = UserRegisters.RCVHDRTAIL.get(traffic.registers());
        assertEquals(sent % ChipModel.IBA7220.rcvHdrCount() * 32, tail);
        UserRegisters.RCVHDRHEAD.put(traffic.registers(), tail);
        assertEquals(12, bystander.command(Command.CTXT_INFO, 0).result());
    }

    @Test
    void shouldSurviveRandomRecords() {
        long seed = Long.getLong("softpath.seed", System.nanoTime());
        Random random = new Random(seed);
        start();
        startBystander();
        client = FakeClient.open(daemon());
        int clients = 1;
        try {
            for (int i = 0; i < RECORDS; i++) {
                int length = randomRecord(random, client.request());
                if (!isHarmless(client.request(), length)) {
                    continue;
                }
                if (!send(length) || random.nextInt(500) == 0) {
                    client.close();
                    client = FakeClient.open(daemon());
                    clients++;
                }
                if (i % 4 == 0) {
                    daemon().doWork();
                    drain(random.nextInt(50) != 0);
                }
                if (i % 1000 == 0) {
                    assertUndisturbed();
                }
            }
            client.close();
            assertUndisturbed();
            assertEquals(1, daemon().openFiles());
            long[] counters = daemon().units().getFirst().counters();
            assertEquals(1, counters[DriverCounter.CTXTS_OPEN.index()]);
            assertTrue(counters[DriverCounter.PAGE_LOCKS.index()] > 0, "nothing was pinned");
            assertEquals(
                    counters[DriverCounter.PAGE_LOCKS.index()],
                    counters[DriverCounter.PAGE_UNLOCKS.index()]);
            assertEquals(0, counters[DriverCounter.MEM_REGIONS.index()]);
            assertEquals(0, counters[DriverCounter.MEM_BYTES.index()]);
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("seed=" + seed + " clients=" + clients, e);
        } finally {
            traffic.close();
        }
    }

    private boolean send(int length) {
        try {
            return client.trySend(length);
        } catch (SoftpathException e) {
            return false; // the daemon has closed it
        }
    }

    private void drain(boolean all) {
        FakeClient.Reply reply = client.tryReceive();
        while (reply != null) {
            reply.files().forEach(file -> file.close());
            reply = all && reply.kind() != -1 ? client.tryReceive() : null;
        }
    }

    /**
     * The client runs as the daemon's user and may administrate; what would stop the bystander is
     * left out.
     */
    private static boolean isHarmless(MemorySegment record, int length) {
        boolean admin =
                length >= ControlRecord.MIN_REQUEST_BYTES
                        && ControlRecord.kind(record) == ControlRecord.ADMIN;
        return !admin
                || length < ControlRecord.ADMIN_BYTES
                || ControlRecord.u32(record, ControlRecord.ADMIN_UNIT) != 0;
    }

    private static int randomRecord(Random random, MemorySegment out) {
        int length =
                switch (random.nextInt(6)) {
                    case 0 -> 1 + random.nextInt(13);
                    case 1 -> 1 + random.nextInt(5000);
                    default -> ControlRecord.WRITE_COMMAND + CommandRecord.BYTES;
                };
        for (int i = 0; i < Math.min(length, 128); i += 8) {
            out.set(
                    ValueLayout.JAVA_LONG,
                    i,
                    random.nextInt(3) == 0 ? random.nextLong() : random.nextInt(4));
        }
        if (random.nextInt(8) != 0) {
            ControlRecord.start(out, random.nextInt(13), random.nextInt());
        }
        if (ControlRecord.kind(out) == ControlRecord.WRITE && random.nextInt(8) != 0) {
            ControlRecord.putU32(
                    out, ControlRecord.WRITE_COUNT, random.nextInt(5) == 0 ? random.nextInt() : 40);
            ControlRecord.putU32(out, ControlRecord.WRITE_COMMAND, 15 + random.nextInt(23));
            if (random.nextBoolean()) {
                FakeClient.userInfo()
                        .write(out, ControlRecord.WRITE_COMMAND + CommandRecord.PAYLOAD);
            }
        }
        if (random.nextInt(4) == 0) {
            return randomPins(random, out);
        }
        if (ControlRecord.kind(out) == ControlRecord.MMAP && random.nextBoolean()) {
            long token =
                    random.nextBoolean()
                            ? 0x20_0000 + 0x1_0000L * random.nextInt(18)
                            : 0x10_0000_0000L;
            int flags = 1 + random.nextInt(2);
            ControlRecord.mmap(
                    out,
                    random.nextInt(),
                    token,
                    4096L * random.nextInt(3),
                    random.nextInt(8),
                    flags);
        }
        return length;
    }

    /** What makes, binds, pins and frees memory, so that some of it succeeds. */
    private static int randomPins(Random random, MemorySegment out) {
        int tag = random.nextInt();
        long address = (1 + random.nextInt(15)) * 4096L; // nothing else is mapped so low
        return switch (random.nextInt(5)) {
            case 0 -> ControlRecord.memCreate(out, tag, random.nextInt(30_000));
            case 1 -> ControlRecord.memBind(out, tag, random.nextInt(20), address);
            case 2 -> ControlRecord.memFree(out, tag, random.nextInt(20));
            case 3 -> {
                CommandRecord.start(out, ControlRecord.WRITE_COMMAND, Command.TID_UPDATE);
                new TidInfo(random.nextInt(6), address, 4096, 4096)
                        .write(out, ControlRecord.WRITE_COMMAND + CommandRecord.PAYLOAD);
                yield ControlRecord.write(out, tag);
            }
            default -> {
                CommandRecord.start(out, ControlRecord.WRITE_COMMAND, Command.TID_FREE);
                ControlRecord.putU64(out, ControlRecord.WRITE_DATA, random.nextLong());
                yield ControlRecord.write(out, tag) + TidInfo.BITMAP_BYTES;
            }
        };
    }

    @Test
    void shouldAnswerBadRecords() {
        start();
        client = client();
        client.send(1);
        FakeClient.Reply reply = client.receive();
        assertEquals(ControlRecord.REPLY, reply.kind());
        assertRefused(Errno.EINVAL, reply);
        ControlRecord.start(client.request(), ControlRecord.POLL, 77);
        client.send(7);
        assertRefused(Errno.EINVAL, client.receive());
        client.send(4097);
        assertRefused(Errno.EMSGSIZE, client.receive());
        client.send(11);
        FakeClient.Reply tooShort = client.receive();
        assertEquals(ControlRecord.POLL | ControlRecord.REPLY, tooShort.kind());
        assertEquals(77, tooShort.tag());
        assertRefused(Errno.EINVAL, tooShort);
        for (int kind : new int[] {0, 13, -1, ControlRecord.INTERRUPT}) {
            ControlRecord.start(client.request(), kind, 5);
            client.send(64);
            assertRefused(Errno.EINVAL, client.receive());
        }
        ControlRecord.start(client.request(), ControlRecord.WRITE, 5);
        ControlRecord.putU32(client.request(), ControlRecord.WRITE_COUNT, 40);
        client.send(ControlRecord.WRITE_COMMAND + 39);
        assertRefused(Errno.EINVAL, client.receive());
        assertEquals(36, client.assign().result());
    }

    @Test
    void shouldNotAnswerDoorbells() {
        start();
        client = client();
        for (int i = 0; i < 5; i++) {
            client.send(ControlRecord.doorbell(client.request(), i));
        }
        assertNull(client.receive());
        assertEquals(5, daemon().units().getFirst().counters()[DriverCounter.DOORBELLS.index()]);
    }

    @Test
    void shouldServeOthersWhileOneFloods() {
        start();
        client = client();
        bystander = client();
        bystander.start();
        int flood = 0;
        ControlRecord.poll(client.request(), 1, 1);
        while (client.trySend(ControlRecord.POLL_BYTES)) {
            flood++;
        }
        assertTrue(flood > 16, "the flood fits the socket: " + flood);
        bystander.sendCommand(Command.CTXT_INFO, 0);
        daemon().doWork();
        assertNotNull(bystander.tryReceive(), "answered in the first look");
        int answered = 0;
        while (client.tryReceive() != null) {
            answered++;
        }
        assertEquals(8, answered, "the budget of one look");
    }

    @Test
    void shouldCloseAClientThatDoesNotReadItsAnswers() {
        start();
        startBystander();
        client = client();
        client.start();
        int requests = 0;
        try {
            ControlRecord.poll(client.request(), 1, 1);
            while (requests < 10_000) {
                if (client.trySend(ControlRecord.POLL_BYTES)) {
                    requests++;
                } else {
                    daemon().doWork();
                }
            }
        } catch (SoftpathException e) {
            assertTrue(e instanceof SoftpathException.Lost, e::toString);
        }
        assertTrue(client.hungUp());
        assertEquals(1, daemon().openFiles());
        assertEquals(
                1, daemon().units().getFirst().counters()[DriverCounter.CLIENTS_STALLED.index()]);
        assertUndisturbed();
        traffic.close();
    }

    @Test
    void shouldTakeNoDescriptorFromAnybody() throws java.io.IOException {
        start();
        client = client();
        long before = descriptors();
        int length = ControlRecord.poll(client.request(), 1, 1);
        for (int i = 0; i < 50; i++) {
            client.socket()
                    .send(client.request(), length, client.socket().fd(), client.socket().fd());
            assertEquals(ControlRecord.POLL_ERROR, client.receive().result());
        }
        assertEquals(before, descriptors());
    }

    private static long descriptors() throws java.io.IOException {
        try (var files = java.nio.file.Files.list(java.nio.file.Path.of("/proc/self/fd"))) {
            return files.count();
        }
    }

    @Test
    void shouldServeOthersBesideConnectionsThatSayNothingOrVanish() throws java.io.IOException {
        start();
        startBystander();
        assertUndisturbed();
        long before = descriptors();
        List<SeqPacketSocket> silent = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            silent.add(SeqPacketSocket.connect(daemon().directory().node(0)));
            SeqPacketSocket.connect(daemon().directory().anyNode()).close();
            if (i % 10 == 0) {
                assertUndisturbed();
            }
        }
        for (int i = 0; i < 100; i++) {
            assertUndisturbed();
        }
        assertEquals(101, daemon().openFiles());
        silent.forEach(SeqPacketSocket::close);
        for (int i = 0; i < 10; i++) {
            assertUndisturbed();
        }
        assertEquals(1, daemon().openFiles());
        assertEquals(before, descriptors());
        traffic.close();
    }

    @Test
    void shouldRefuseMoreOpenFilesThanTheLimit() {
        DaemonConfig config = config();
        start(
                new DaemonConfig(
                        config.directory(),
                        1,
                        config.model(),
                        config.socketMode(),
                        3,
                        config.options(),
                        config.link(),
                        config.flight()));
        for (int i = 0; i < 3; i++) {
            client();
        }
        try (FakeClient refused = FakeClient.open(daemon())) {
            FakeClient.Reply reply = refused.receive();
            assertEquals(ControlRecord.REPLY, reply.kind());
            assertRefused(Errno.ENFILE, reply);
            assertTrue(refused.hungUp());
        }
    }

    @Test
    void shouldCloseAClientThatCollectsNoDescriptors() {
        start();
        startBystander();
        client = client();
        BaseInfo mine = client.start();
        int map =
                ControlRecord.mmap(
                        client.request(), 1, mine.uregbase(), 4096, 1, ControlRecord.MAP_SHARED);
        for (int i = 0; i < 500; i++) {
            client.send(map);
            client.receive().file().close();
        }
        for (int i = 0; i < 32; i++) {
            client.send(map);
            daemon().doWork();
        }
        assertEquals(2, daemon().openFiles(), "a few dozen are safe");
        for (int i = 0; i < 32; i++) {
            client.receive().file().close();
        }
        for (int i = 0; i < 40 && daemon().openFiles() == 2; i++) {
            client.send(map);
            daemon().doWork();
        }
        assertEquals(1, daemon().openFiles());
        assertEquals(
                1, daemon().units().getFirst().counters()[DriverCounter.CLIENTS_STALLED.index()]);
        assertUndisturbed();
        traffic.close();
    }

    @Test
    void shouldBoundWhatClientsMakeItLog() {
        try (LogCapture log = new LogCapture()) {
            start();
            for (int i = 0; i < 1000; i++) {
                FakeClient loud = FakeClient.open(daemon());
                loud.assign();
                loud.close();
            }
            assertTrue(log.lines().size() < 200, () -> "lines=" + log.lines().size());
        }
    }
}
