package io.softpath.daemon.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.Fidelity;
import io.softpath.abi.control.AbiVersion;
import io.softpath.abi.control.BaseInfo;
import io.softpath.abi.control.Command;
import io.softpath.abi.control.ContextInfo;
import io.softpath.abi.control.ControlRecord;
import io.softpath.abi.control.UnitRecord;
import io.softpath.abi.control.UnitStatus;
import io.softpath.abi.model.ChipModel;
import io.softpath.abi.region.AvailPage;
import io.softpath.abi.register.UserRegisters;
import io.softpath.daemon.DaemonTestBase;
import io.softpath.daemon.FakeClient;
import io.softpath.daemon.FakeSender;
import io.softpath.error.Errno;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.util.List;

/**
 * The daemon with the chip of two ports and TID flows: what differs, and that the rest does not.
 */
class Iba7322Test extends DaemonTestBase {
    private static final ChipModel MODEL = ChipModel.IBA7322;

    @Override
    protected ChipModel model() {
        return MODEL;
    }

    @Test
    @Fidelity({12, 16})
    void shouldGiveSixteenContextsFromTheSecondOn() {
        start();
        int buffers = 0;
        for (int i = 0; i < 16; i++) {
            BaseInfo info = client().start();
            assertEquals(2 + i, info.context());
            assertEquals(i < 8 ? 8 : 7, info.piocnt());
            assertEquals(buffers, info.pioindex());
            buffers += info.piocnt();
        }
        assertEquals(120, buffers);
        assertRefused(Errno.EBUSY, client().assign());
    }

    @Test
    void shouldSayWhatTheModelHas() {
        start();
        FakeClient client = client();
        BaseInfo info = client.start();
        assertEquals(0x50A2, info.runtimeFlags(), "nothing of softpath's own unasked");
        assertEquals(0x0201_0601, info.hwVersion());
        assertEquals(1, info.port());
        assertEquals(18, info.ncontexts());
        assertEquals(512, info.tidcnt());
        assertEquals(0, info.rcvhdrTailaddr());
        FakeClient.Reply registers = client.map(info.uregbase(), 8192, 3, 1);
        registers.file().close();
        assertEquals(8192, ControlRecord.u64(registers.segment(), 0), "TID flows on page 1");
        assertRefused(Errno.EFAULT, client.map(info.uregbase(), 12288, 3, 1));
        ContextInfo context = ContextInfo.read(client.command(Command.CTXT_INFO, 0).segment(), 0);
        assertEquals(16, context.numContexts());
        UnitRecord unit =
                UnitRecord.read(client.inspect(ControlRecord.INSPECT_UNITS, 0, 0).segment(), 0);
        assertEquals(2, unit.ports());
        assertEquals("IBA7322", unit.model());
    }

    @Test
    @Fidelity(13)
    void shouldRefuseThePortWithoutACableAndThoseThatAreNotThere() {
        start();
        for (Path node : List.of(daemon().directory().node(0), daemon().directory().anyNode())) {
            FakeClient client = client(node);
            FakeClient.Reply second = assign(client, 2);
            assertRefused(Errno.ENETDOWN, second);
            assertTrue(second.sentence().contains("no cable"), second.sentence());
            assertRefused(Errno.ENODEV, assign(client, 3));
            assertRefused(Errno.ENODEV, assign(client, -1));
            assertEquals(36, assign(client, 1).result());
        }
    }

    private static FakeClient.Reply assign(FakeClient client, int port) {
        return client.command(
                Command.ASSIGN_CONTEXT,
                FakeClient.userInfo(AbiVersion.USER, BaseInfo.BYTES, 0, port));
    }

    @Test
    @Fidelity(59)
    void shouldShowTheStatusInTheWordsOfDeviceAndPorts() {
        start();
        FakeClient client = client();
        client.features(ControlRecord.FEATURE_INLINE_TRIGGER);
        BaseInfo info = client.start();
        try (FakeSender memory = new FakeSender(client, MODEL, info)) {
            int device = AvailPage.statusOffset(MODEL);
            assertEquals(176, device);
            assertEquals(info.pioavailaddr() + device + 8, info.status());
            long up = AvailPage.status(memory.avail(), device);
            assertNotEquals(0, up & UnitStatus.IB_READY);
            assertEquals(up, AvailPage.status(memory.avail(), device + 8));
            assertEquals(up, AvailPage.status(memory.avail(), device + 16));
            assertEquals(0, AvailPage.status(memory.avail(), device + 24), "before the text");
            client.admin(ControlRecord.ADMIN_FREEZE, 0, 0);
            for (int word = 0; word < 3; word++) {
                long frozen = AvailPage.status(memory.avail(), device + 8 * word);
                assertNotEquals(0, frozen & UnitStatus.HWERROR);
            }
            assertEquals(0, AvailPage.status(memory.avail(), device + 24));
            assertTrue(AvailPage.text(memory.avail(), MODEL).startsWith("frozen by"));
        }
    }

    @Test
    @Fidelity(41)
    void shouldReachTheOddAndTheHighContexts() {
        start();
        FakeClient[] clients = new FakeClient[16];
        FakeSender[] memories = new FakeSender[16];
        for (int i = 0; i < 16; i++) {
            clients[i] = client();
            clients[i].features(ControlRecord.FEATURE_INLINE_TRIGGER);
            memories[i] = new FakeSender(clients[i], MODEL, clients[i].start());
        }
        for (int i = 0; i < 16; i++) {
            memories[15 - i].send(1, 2 + i);
            daemon().doWork();
            for (int j = 0; j < 16; j++) {
                assertEquals(
                        j <= i ? MODEL.rcvHdrEntDwords() : 0,
                        UserRegisters.RCVHDRTAIL.get(memories[j].registers()),
                        "context " + (2 + j));
            }
        }
        for (FakeSender memory : memories) {
            memory.close();
        }
    }

    @Nested
    class Close extends CloseTest {
        @Override
        protected ChipModel model() {
            return MODEL;
        }
    }

    @Nested
    class Pinned extends PinnedMemoryTest {
        @Override
        protected ChipModel model() {
            return MODEL;
        }
    }

    @Nested
    class Events extends EventsTest {
        @Override
        protected ChipModel model() {
            return MODEL;
        }
    }

    @Nested
    class Polling extends PollTest {
        @Override
        protected ChipModel model() {
            return MODEL;
        }
    }

    @Nested
    class Inspecting extends InspectTest {
        @Override
        protected ChipModel model() {
            return MODEL;
        }
    }
}
