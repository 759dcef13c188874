package io.softpath.daemon.control;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.Fidelity;
import io.softpath.abi.control.BaseInfo;
import io.softpath.abi.control.ControlRecord;
import io.softpath.abi.control.PinRecord;
import io.softpath.abi.control.RuntimeFlags;
import io.softpath.abi.control.TidInfo;
import io.softpath.abi.control.TidRecord;
import io.softpath.abi.packet.Rhf;
import io.softpath.abi.register.ChipCounter;
import io.softpath.abi.register.UserRegisters;
import io.softpath.daemon.DaemonTestBase;
import io.softpath.daemon.FakeClient;
import io.softpath.daemon.FakeSender;
import io.softpath.daemon.chip.Chip;
import io.softpath.error.Errno;
import io.softpath.linux.MappedMemory;
import io.softpath.linux.MemFd;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** From MEM_CREATE to a packet in the page, over real connections and real mappings. */
class PinnedMemoryTest extends DaemonTestBase {
    private static final int LID = 1;
    private static final int PAGE = 4096;
    private static final byte CANARY = (byte) 0xC5;
    private static final ValueLayout.OfLong RHF =
            ValueLayout.JAVA_LONG.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Arena arena = Arena.ofConfined();
    private FakeClient client;
    private BaseInfo info;
    private FakeSender traffic;
    private int entries;

    private void startUser() {
        client = client();
        client.features(ControlRecord.FEATURE_INLINE_TRIGGER | ControlRecord.FEATURE_GATHER);
        info = client.start();
        traffic = new FakeSender(client, model(), info);
    }

    @AfterEach
    void unmap() {
        traffic.close();
        arena.close();
    }

    /** Memory full of canaries, bound where it is mapped. */
    private MemorySegment memory(int pages) {
        FakeClient.Reply reply = client.memCreate((long) pages * PAGE);
        assertNotEquals(0, reply.result(), reply.sentence());
        try (var file = reply.file()) {
            MemorySegment mapped =
                    MappedMemory.map(file, 0, (long) pages * PAGE, true, arena).segment();
            mapped.fill(CANARY);
            assertEquals(0, client.memBind(reply.result(), mapped.address()).result());
            return mapped;
        }
    }

    private int[] pin(long address, int pages) {
        FakeClient.Reply reply = client.tidUpdate(new TidInfo(pages, address, 0x1000, 0x2000));
        assertEquals(36, reply.result(), reply.sentence());
        return PinRig.tids(reply.payload());
    }

    private static byte[] payload(int bytes) {
        byte[] payload = new byte[bytes];
        for (int i = 0; i < bytes; i++) {
            payload[i] = (byte) (i * 7 + 1);
        }
        return payload;
    }

    /** Sends to a TID; the RHF of the entry that comes of it. */
    private long send(int tid, int offset, byte[] payload) {
        traffic.sendExpected(LID, info.context(), tid, offset, payload);
        daemon().doWork();
        long entry = (long) entries * model().rcvHdrEntDwords() * Integer.BYTES;
        entries++;
        assertEquals(
                (long) entries * model().rcvHdrEntDwords(),
                UserRegisters.RCVHDRTAIL.get(traffic.registers()));
        return traffic.headerQueue().get(RHF, entry + model().rhfOffsetDwords() * 4L);
    }

    private void workUntil(BooleanSupplier done) {
        for (int i = 0; i < 1000 && !done.getAsBoolean(); i++) {
            daemon().doWork();
        }
        assertTrue(done.getAsBoolean());
    }

    private static byte[] canaries(long bytes) {
        byte[] canaries = new byte[(int) bytes];
        Arrays.fill(canaries, CANARY);
        return canaries;
    }

    /** The bytes are there, and nothing else changed. */
    private static void assertHolds(MemorySegment memory, long at, byte[] payload) {
        byte[] expected = canaries(memory.byteSize());
        System.arraycopy(payload, 0, expected, (int) at, payload.length);
        assertArrayEquals(expected, memory.toArray(ValueLayout.JAVA_BYTE));
    }

    @Test
    @Fidelity({43, 47})
    void shouldStoreAtThePageAndOffsetAndNowhereElse() {
        start();
        startUser();
        MemorySegment memory = memory(4);
        int[] tids = pin(memory.address() + PAGE, 2);
        long rhf = send(tids[1], 1024, payload(2048));
        assertEquals(0, Rhf.errors(rhf));
        assertEquals(Rhf.TYPE_EXPECTED, Rhf.rcvType(rhf));
        assertHolds(memory, 2 * PAGE + 1024, payload(2048));
        memory.fill(CANARY);
        assertEquals(0, Rhf.errors(send(tids[0], PAGE - 4, payload(4))));
        assertHolds(memory, 2 * PAGE - 4, payload(4));
    }

    @Test
    @Fidelity(48)
    void shouldStoreNothingForATidThatIsFreed() {
        start();
        startUser();
        MemorySegment memory = memory(2);
        int[] tids = pin(memory.address(), 1);
        assertEquals(36, client.tidFree(PinRig.bitmap(tids)).result());
        assertEquals(Rhf.TIDERR, Rhf.errors(send(tids[0], 0, payload(64))));
        assertEquals(Rhf.TIDERR, Rhf.errors(send(100, 0, payload(64))));
        assertHolds(memory, 0, new byte[0]);
    }

    @Test
    @Fidelity(48)
    void shouldStoreForATidThatIsFreedWithinTheWindow() {
        start(
                config().withOptions(
                                new DriverOptions(0, 0, 60_000, Set.of(Quirk.TIDS_OUTLIVE_PINS))));
        startUser();
        MemorySegment memory = memory(2);
        int[] tids = pin(memory.address(), 1);
        assertEquals(36, client.tidFree(PinRig.bitmap(tids)).result());
        assertEquals(0, Rhf.errors(send(tids[0], 8, payload(64))));
        assertHolds(memory, 8, payload(64));
    }

    @Test
    @Fidelity(49)
    void shouldStoreIntoTheOldPageWhenItsOwnerHasDroppedIt() {
        start();
        startUser();
        MemorySegment old = memory(2);
        int[] tids = pin(old.address(), 1);
        assertEquals(0, client.memFree(1).result());
        FakeClient other = client();
        other.start();
        FakeClient.Reply reply = other.memCreate(2 * PAGE);
        MemorySegment others;
        try (var file = reply.file()) {
            others = MappedMemory.map(file, 0, 2 * PAGE, true, arena).segment();
        }
        MemorySegment next = memory(2);
        assertEquals(0, client.memBind(2, old.address()).result(), "the address is free again");
        assertEquals(0, Rhf.errors(send(tids[0], 0, payload(64))));
        assertHolds(old, 0, payload(64));
        assertHolds(next, 0, new byte[0]);
        assertArrayEquals(new byte[2 * PAGE], others.toArray(ValueLayout.JAVA_BYTE));
        assertEquals(36, client.tidFree(PinRig.bitmap(tids)).result());
        old.fill(CANARY);
        assertEquals(Rhf.TIDERR, Rhf.errors(send(tids[0], 0, payload(64))));
        assertHolds(old, 0, new byte[0]);
        int[] again = pin(old.address(), 1);
        assertEquals(0, Rhf.errors(send(again[0], 0, payload(64))));
        assertHolds(next, 0, payload(64));
    }

    @Test
    void shouldSendFromPinnedMemoryAndFromNoOther() {
        start();
        startUser();
        assertNotEquals(0, info.runtimeFlags() & RuntimeFlags.GATHER);
        MemorySegment source = memory(2);
        MemorySegment target = memory(3);
        byte[] bytes = payload(2 * PAGE);
        MemorySegment.copy(bytes, 0, source, ValueLayout.JAVA_BYTE, 0, bytes.length);
        int[] tids = pin(target.address(), 2);
        FakeClient other = client();
        other.start();
        other.memCreate(PAGE).file().close();
        other.memCreate(PAGE).file().close();
        int others = other.memCreate(PAGE).result();
        assertEquals(3, others, "a handle that this client does not have");
        Chip chip = daemon().units().getFirst().chip();
        traffic.sendGather(LID, info.context(), 1, 2 * PAGE, tids);
        workUntil(() -> chip.counter(ChipCounter.TX_GATHER) == 1);
        assertHolds(target, 0, bytes);
        target.fill(CANARY);
        assertEquals(0, client.memFree(1).result());
        int faults = 0;
        for (int handle : new int[] {1, 0, -1, others, Integer.MIN_VALUE}) {
            traffic.sendGather(LID, info.context(), handle, 4, tids);
            int expected = ++faults;
            workUntil(() -> chip.counter(ChipCounter.TX_GATHER_FAULT) == expected);
        }
        assertHolds(target, 0, new byte[0]);
    }

    /** Memory of this process that no request has made, whole pages of it. */
    private MemorySegment ordinary(int pages) {
        MemorySegment memory = arena.allocate((long) pages * PAGE, PAGE);
        memory.fill(CANARY);
        return memory;
    }

    @Test
    @Fidelity(47)
    void shouldStoreIntoMemoryThatWasNeverRegistered() {
        start();
        startUser();
        MemorySegment memory = ordinary(4);
        int[] tids = pin(memory.address() + PAGE + 123, 2);
        assertEquals(0, Rhf.errors(send(tids[1], 512, payload(2048))));
        assertHolds(memory, 2 * PAGE + 512, payload(2048));
        memory.fill(CANARY);
        FakeClient.Reply pins = client.inspect(ControlRecord.INSPECT_PINS, 0, 0);
        assertEquals(1, pins.result());
        PinRecord record = PinRecord.read(pins.segment(), 0);
        assertEquals(PinRecord.ORDINARY, record.flags());
        assertEquals(memory.address() + PAGE, record.vaddr());
        assertEquals(2, record.pinnedPages());
        assertEquals(2, record.tids());
        assertEquals(2 * PAGE, record.processPinned());
        assertEquals(
                new TidRecord(
                        0, info.context(), 1, 0, 0, 1, memory.address() + 2 * PAGE, record.since()),
                TidRecord.read(client.inspect(ControlRecord.INSPECT_TIDS, 0, 1).segment(), 0));
        assertEquals(36, client.tidFree(PinRig.bitmap(tids)).result());
        assertEquals(Rhf.TIDERR, Rhf.errors(send(tids[0], 0, payload(64))));
        assertHolds(memory, 0, new byte[0]);
        assertEquals(0, client.inspect(ControlRecord.INSPECT_PINS, 0, 0).result());
    }

    @Test
    @Fidelity(44)
    void shouldRefuseMemoryThatIsNotMappedWritable() {
        start();
        startUser();
        try (MemFd file = MemFd.create("softpath-test", 4 * PAGE)) {
            MemorySegment readOnly =
                    MappedMemory.map(file.fd(), 0, 4 * PAGE, false, arena).segment();
            for (long address : new long[] {readOnly.address(), 0, PAGE}) {
                FakeClient.Reply reply = client.tidUpdate(new TidInfo(1, address, 0x1000, 0x2000));
                assertRefused(Errno.EFAULT, reply);
                assertTrue(
                        reply.sentence().contains("0x" + Long.toHexString(address)),
                        reply.sentence());
            }
        }
    }

    @Test
    @Fidelity(48)
    void shouldCountAStoreIntoMemoryThatIsGone(@TempDir Path directory) throws IOException {
        start();
        startUser();
        Chip chip = daemon().units().getFirst().chip();
        long lost = chip.counter(ChipCounter.RX_TID_STORE);
        try (FileChannel file =
                FileChannel.open(
                        directory.resolve("memory"),
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE)) {
            MemorySegment memory = file.map(FileChannel.MapMode.READ_WRITE, 0, PAGE, arena);
            memory.fill(CANARY);
            int[] tids = pin(memory.address(), 1);
            assertEquals(0, Rhf.errors(send(tids[0], 0, payload(64))));
            assertHolds(memory, 0, payload(64));
            file.truncate(0); // as good as unmapped, and nobody else maps something there
            assertEquals(Rhf.TIDERR, Rhf.errors(send(tids[0], 0, payload(64))));
            assertEquals(lost + 1, chip.counter(ChipCounter.RX_TID_STORE));
        }
    }

    @Test
    @Fidelity({49, 57})
    void shouldStoreNothingForAClosedContextsTids() {
        start();
        startUser();
        FakeClient victim = FakeClient.open(daemon());
        victim.start();
        FakeClient.Reply reply = victim.memCreate(PAGE);
        MemorySegment memory;
        try (var file = reply.file()) {
            memory = MappedMemory.map(file, 0, PAGE, true, arena).segment();
        }
        memory.fill(CANARY);
        victim.memBind(1, memory.address());
        assertEquals(
                36, victim.tidUpdate(new TidInfo(1, memory.address(), 0x1000, 0x2000)).result());
        victim.close();
        traffic.sendExpected(LID, info.context() + 1, 0, 0, payload(64));
        daemon().doWork();
        FakeClient next = client();
        assertEquals(info.context() + 1, next.start().context());
        traffic.sendExpected(LID, info.context() + 1, 0, 0, payload(64));
        daemon().doWork();
        assertHolds(memory, 0, new byte[0]);
    }
}
