package io.softpath.daemon.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.Fidelity;
import io.softpath.abi.control.BaseInfo;
import io.softpath.abi.control.ContextRecord;
import io.softpath.abi.control.ControlRecord;
import io.softpath.abi.control.RegisterRecord;
import io.softpath.abi.control.UnitRecord;
import io.softpath.abi.control.UnitStatus;
import io.softpath.abi.control.VmaRecord;
import io.softpath.abi.model.ChipModel;
import io.softpath.abi.region.RegionKind;
import io.softpath.abi.register.DriverCounter;
import io.softpath.daemon.DaemonTestBase;
import io.softpath.daemon.FakeClient;
import io.softpath.daemon.FakeSender;
import io.softpath.error.Errno;
import io.softpath.linux.CurrentProcess;
import io.softpath.linux.Fd;
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
        assertEquals("IBA7220", first.model());
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
        try (FakeSender memory = new FakeSender(client, ChipModel.IBA7220, info)) {
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
        assertRefused(Errno.EINVAL, client.inspect(6, 0, 0));
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
