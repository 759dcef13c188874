package io.softpath.daemon.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.Fidelity;
import io.softpath.abi.control.BaseInfo;
import io.softpath.abi.control.ContextRecord;
import io.softpath.abi.control.ControlRecord;
import io.softpath.abi.control.PinRecord;
import io.softpath.abi.control.RegisterRecord;
import io.softpath.abi.control.TidInfo;
import io.softpath.abi.control.TidRecord;
import io.softpath.abi.control.UnitRecord;
import io.softpath.abi.control.UnitStatus;
import io.softpath.abi.control.VmaRecord;
import io.softpath.abi.region.RegionKind;
import io.softpath.abi.register.DriverCounter;
import io.softpath.daemon.DaemonTestBase;
import io.softpath.daemon.FakeClient;
import io.softpath.daemon.FakeSender;
import io.softpath.error.Errno;
import io.softpath.linux.CurrentProcess;
import io.softpath.linux.Fd;
import io.softpath.linux.MemlockLimit;
import io.softpath.linux.PeerCredentials;
import io.softpath.linux.Seals;
import io.softpath.stat.StatCounter;
import io.softpath.stat.StatReader;

import org.junit.jupiter.api.Test;

import java.util.HashSet;
import java.util.Set;

class InspectTest extends DaemonTestBase {
    @Test
    void shouldDescribeUnits() {
        start(config().withUnits(2));
        FakeClient client = client();
        client.start();
        FakeClient.Reply reply = client.inspect(ControlRecord.INSPECT_UNITS, -1, 0);
        assertEquals(2, reply.result());
        UnitRecord first = UnitRecord.read(reply.segment(), 0);
        UnitRecord second = UnitRecord.read(reply.segment(), UnitRecord.BYTES);
        assertEquals(model().name(), first.model());
        assertEquals(16, first.userContexts());
        assertEquals(15, first.freeContexts());
        assertEquals(16, second.freeContexts());
        assertEquals(1, first.lid());
        assertEquals(2, second.lid());
        assertEquals(ControlRecord.LINK_ACTIVE_STATE, first.linkState());
        assertEquals(CurrentProcess.pid(), first.pid());
        assertNotEquals(0, first.status() & UnitStatus.IB_READY);
        assertEquals(
                1,
                UnitRecord.read(client.inspect(ControlRecord.INSPECT_UNITS, 1, 0).segment(), 0)
                        .unit());
    }

    @Test
    @Fidelity(1)
    void shouldListContextsAndTheirMappings() {
        start();
        FakeClient client = client();
        client.features(ControlRecord.FEATURE_INLINE_TRIGGER);
        BaseInfo info = client.start();
        client().assign();
        try (FakeSender memory = new FakeSender(client, model(), info)) {
            memory.send(1, info.context());
            daemon().doWork();
            FakeClient.Reply reply = client.inspect(ControlRecord.INSPECT_CONTEXTS, 0, 0);
            assertEquals(2, reply.result());
            ContextRecord own = ContextRecord.read(reply.segment(), 0);
            assertEquals(CurrentProcess.pid(), own.pid());
            assertEquals(ControlRecord.CONTEXT_ENABLED, own.state());
            assertEquals(1, own.packetsSent());
            assertEquals(1, own.packetsReceived());
            assertEquals(32, own.tail());
            assertEquals(
                    ControlRecord.CONTEXT_ASSIGNED,
                    ContextRecord.read(reply.segment(), ContextRecord.BYTES).state());

            FakeClient.Reply mappings = client.inspect(ControlRecord.INSPECT_VMAS, 0, 0);
            assertEquals(5, mappings.result());
            Set<RegionKind> kinds = new HashSet<>();
            for (int i = 0; i < mappings.result(); i++) {
                VmaRecord vma = VmaRecord.read(mappings.segment(), (long) i * VmaRecord.BYTES);
                RegionKind kind = RegionKind.of(vma.kind());
                kinds.add(kind);
                assertEquals(kind.perUnit() ? -1 : info.context(), vma.context());
                assertEquals(kind.readOnlyByKernel(), (vma.seals() & Seals.FUTURE_WRITE) != 0);
            }
            assertEquals(5, kinds.size());
        }
    }

    @Test
    @Fidelity(46)
    void shouldListMemoryAndTids() {
        start(config().withUnits(2));
        FakeClient client = client();
        int context = client.start().context();
        client.memCreate(8 * 4096).file().close();
        client.memCreate(4096).file().close();
        client.memBind(1, 0x10_0000);
        client.tidUpdate(new TidInfo(3, 0x10_1000, 4096, 8192));
        client.tidUpdate(new TidInfo(1, 0x10_1000, 4096, 8192));
        client.memFree(1);
        assertEquals(0, client.inspect(ControlRecord.INSPECT_PINS, 1, 0).result());
        FakeClient.Reply pins = client.inspect(ControlRecord.INSPECT_PINS, -1, 0);
        assertEquals(2, pins.result());
        assertEquals(2 * PinRecord.BYTES, pins.payload().length);
        PinRecord first = PinRecord.read(pins.segment(), 0);
        assertEquals(context, first.context());
        assertEquals(CurrentProcess.pid(), first.pid());
        assertEquals(CurrentProcess.uid(), first.uid());
        assertEquals(1, first.handle());
        assertEquals(PinRecord.FREED, first.flags());
        assertEquals(8 * 4096, first.bytes());
        assertEquals(3, first.pinnedPages());
        assertEquals(4, first.tids());
        assertEquals(4 * 4096, first.processPinned());
        assertEquals(9 * 4096, first.processRegistered());
        assertEquals(MemlockLimit.of(CurrentProcess.pid()).bytes(), first.limit());
        assertTrue(System.currentTimeMillis() - first.since() < 60_000);
        PinRecord second = PinRecord.read(pins.segment(), PinRecord.BYTES);
        assertEquals(2, second.handle());
        assertEquals(0, second.flags());
        assertEquals(0, second.tids());

        FakeClient.Reply tids = client.inspect(ControlRecord.INSPECT_TIDS, 0, 1);
        assertEquals(4, tids.result(), "of which the second is asked for first");
        TidRecord tid = TidRecord.read(tids.segment(), 2 * TidRecord.BYTES);
        assertEquals(new TidRecord(0, context, 3, 1, 1, 2, 0x10_1000, tid.since()), tid);
    }

    @Test
    void shouldPageThroughRegisters() {
        start(config().withUnits(4));
        FakeClient client = client();
        for (int unit = 0; unit < 4; unit++) {
            for (int i = 0; i < 16; i++) {
                client(daemon().directory().node(unit)).start();
            }
        }
        int total = client.inspect(ControlRecord.INSPECT_REGISTERS, -1, 0).result();
        Set<String> seen = new HashSet<>();
        int start = 0;
        while (start < total) {
            FakeClient.Reply reply = client.inspect(ControlRecord.INSPECT_REGISTERS, -1, start);
            int count = reply.payload().length / RegisterRecord.BYTES;
            assertTrue(count > 0);
            for (int i = 0; i < count; i++) {
                RegisterRecord register =
                        RegisterRecord.read(reply.segment(), (long) i * RegisterRecord.BYTES);
                assertTrue(
                        seen.add(
                                register.unit() + "/" + register.context() + "/" + register.name()),
                        register::toString);
            }
            start += count;
        }
        assertEquals(total, seen.size());
        assertEquals(
                0, client.inspect(ControlRecord.INSPECT_REGISTERS, -1, total).payload().length);
        assertEquals(0, client.inspect(ControlRecord.INSPECT_REGISTERS, -1, -1).payload().length);
    }

    @Test
    void shouldHandOutStatisticsThatAreUpToDate() {
        start();
        FakeClient client = client();
        client.start();
        client.write(1);
        try (Fd file = client.inspect(ControlRecord.INSPECT_STAT, 0, 0).file()) {
            StatReader reader = StatReader.open(file);
            assertEquals(0, reader.info().unit());
            assertEquals(2, value(reader, DriverCounter.COMMANDS));
            assertEquals(1, value(reader, DriverCounter.COMMAND_ERRORS));
            assertEquals(1, value(reader, DriverCounter.CTXTS_OPEN));
        }
    }

    private static long value(StatReader reader, DriverCounter counter) {
        return reader.counters().stream()
                .filter(c ->
                        c.group() == StatCounter.Group.DRIVER && c.name().equals(counter.label()))
                .findFirst()
                .orElseThrow()
                .value();
    }

    @Test
    void shouldRefuseWhatIsNotThere() {
        start();
        FakeClient client = client();
        assertRefused(Errno.EINVAL, client.inspect(0, 0, 0));
        assertRefused(Errno.EINVAL, client.inspect(99, 0, 0));
        assertRefused(Errno.ENODEV, client.inspect(ControlRecord.INSPECT_UNITS, 1, 0));
        assertRefused(Errno.ENODEV, client.inspect(ControlRecord.INSPECT_STAT, 1, 0));
        assertRefused(Errno.ENODEV, client.inspect(ControlRecord.INSPECT_STAT, -1, 0));
        assertRefused(Errno.ENODEV, client.admin(ControlRecord.ADMIN_FREEZE, 1, 0));
        assertRefused(Errno.EINVAL, client.admin(0, 0, 0));
        assertRefused(Errno.EINVAL, client.admin(8, 0, 0));
        assertRefused(Errno.EINVAL, client.admin(ControlRecord.ADMIN_AVAIL_THRESHOLD, 0, 0));
        assertRefused(Errno.EINVAL, client.admin(ControlRecord.ADMIN_AVAIL_THRESHOLD, 0, 32));
    }

    @Test
    void shouldLetOnlyTheOwnerAndRootAdministrate() {
        start();
        Administrator administrator = new Administrator(daemon().units(), 1000);
        for (int uid : new int[] {0, 1000}) {
            assertEquals(
                    0,
                    administrator
                            .execute(
                                    new PeerCredentials(1, uid, uid),
                                    ControlRecord.ADMIN_LINK_DOWN,
                                    0,
                                    0)
                            .result());
        }
        Answer refused =
                administrator.execute(
                        new PeerCredentials(1, 1001, 0), ControlRecord.ADMIN_LINK_UP, 0, 0);
        assertEquals(-Errno.EPERM.number(), refused.result());
        assertTrue(!daemon().units().getFirst().chip().linkIsUp(), "nothing changed");
    }
}
