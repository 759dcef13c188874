package io.softpath.daemon.control;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.Fidelity;
import io.softpath.abi.control.AbiVersion;
import io.softpath.abi.control.BaseInfo;
import io.softpath.abi.control.Command;
import io.softpath.abi.control.CommandRecord;
import io.softpath.abi.control.ContextInfo;
import io.softpath.abi.control.ControlRecord;
import io.softpath.abi.control.RuntimeFlags;
import io.softpath.abi.model.ChipModel;
import io.softpath.abi.model.PioDivision;
import io.softpath.daemon.Daemon;
import io.softpath.daemon.DaemonTestBase;
import io.softpath.daemon.FakeClient;
import io.softpath.error.Errno;
import io.softpath.linux.CurrentProcess;
import io.softpath.linux.PeerCredentials;
import io.softpath.linux.PidFd;

import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

class CommandsTest extends DaemonTestBase {
    private static final int MAJOR = AbiVersion.MAJOR << 16;

    @Test
    @Fidelity(9)
    void shouldRefuseShortCommandsAndReturnWhatIsConsumed() {
        start();
        FakeClient client = client();
        client.start();
        for (int n = 0; n < 4; n++) {
            client.startCommand(Command.POLL_TYPE);
            assertRefused(Errno.EINVAL, client.write(n));
        }
        for (Command command :
                List.of(
                        Command.CTXT_INFO,
                        Command.RECV_CTRL,
                        Command.SET_PART_KEY,
                        Command.POLL_TYPE,
                        Command.ARMLAUNCH_CTRL,
                        Command.ACK_EVENT)) {
            client.startCommand(command);
            CommandRecord.putU32(client.block(), 0, 1);
            assertRefused(Errno.EINVAL, client.write(4 + command.payloadBytes() - 1));
            client.startCommand(command);
            CommandRecord.putU32(client.block(), 0, 1);
            FakeClient.Reply reply = client.write(4 + command.payloadBytes());
            assertEquals(
                    4 + command.payloadBytes(), reply.result(), command + ": " + reply.sentence());
        }
        assertEquals(4, client.command(Command.PIOAVAILUPD).result());
        assertEquals(4, client.command(Command.DISARM_BUFS).result());
    }

    @Test
    @Fidelity(10)
    void shouldRefuseEveryCommandButAssignBeforeThereIsAContext() {
        start();
        FakeClient client = client();
        for (Command command : Command.values()) {
            if (command != Command.ASSIGN_CONTEXT) {
                assertRefused(Errno.EINVAL, client.command(command));
            }
        }
        assertEquals(36, client.assign().result());
    }

    @Test
    @Fidelity(11)
    void shouldRefuseUnknownCommands() {
        start();
        FakeClient client = client();
        client.start();
        for (int type :
                new int[] {
                    0, 15, 16, 22, 25, 26, 30, 33, 36, 41, 51, 78, 99, -1, Integer.MIN_VALUE
                }) {
            client.startCommand(Command.ACK_EVENT);
            ControlRecord.putU32(client.block(), CommandRecord.TYPE, type);
            assertRefused(Errno.EINVAL, client.write(CommandRecord.BYTES));
        }
    }

    @Test
    void shouldRefuseWhatThisVersionCannotDo() {
        start();
        FakeClient client = client();
        client.start();
        for (Command command : List.of(Command.SDMA_INFLIGHT, Command.SDMA_COMPLETE)) {
            assertRefused(Errno.EINVAL, client.command(command));
        }
    }

    @Test
    @Fidelity(7)
    void shouldAcceptEveryMinorVersionAndNoOtherMajorOne() {
        start(config().withModel(ChipModel.IBA7220));
        FakeClient client = client();
        for (int version : new int[] {0, 13, 2 << 16, 2 << 16 | 13, 0x7FFF << 16}) {
            assertRefused(
                    Errno.ENODEV,
                    client.command(
                            Command.ASSIGN_CONTEXT,
                            FakeClient.userInfo(version, BaseInfo.BYTES, 0, 0)));
        }
        for (int minor : new int[] {1, 2, 6, 13, 99}) {
            try (FakeClient each = FakeClient.open(daemon())) {
                assertEquals(
                        36,
                        each.command(
                                        Command.ASSIGN_CONTEXT,
                                        FakeClient.userInfo(MAJOR | minor, BaseInfo.BYTES, 0, 0))
                                .result());
                assertEquals(0x8001_000D, BaseInfo.read(each.userInit().segment(), 0).swVersion());
            }
        }
    }

    @Test
    @Fidelity(8)
    void shouldWantRoomForBaseInfo() {
        start();
        FakeClient client = client();
        client.assign();
        assertRefused(
                Errno.EINVAL,
                client.command(Command.USER_INIT, FakeClient.userInfo(AbiVersion.USER, 119, 0, 0)));
        assertRefused(
                Errno.EINVAL,
                client.command(Command.USER_INIT, FakeClient.userInfo(AbiVersion.USER, 0, 0, 0)));
        FakeClient.Reply reply =
                client.command(Command.USER_INIT, FakeClient.userInfo(AbiVersion.USER, 120, 0, 0));
        assertEquals(36, reply.result(), reply.sentence());
        assertEquals(120, reply.payload().length);
        FakeClient other = client();
        other.assign();
        FakeClient.Reply whole =
                other.command(Command.USER_INIT, FakeClient.userInfo(AbiVersion.USER, -1, 0, 0));
        assertEquals(BaseInfo.BYTES, whole.payload().length);
    }

    @Test
    @Fidelity(12)
    void shouldGiveEachContextOnceAndSayWhoHasThem() {
        Daemon daemon = start();
        BitSet contexts = new BitSet();
        for (int i = 0; i < ChipModel.IBA7220.userContexts(); i++) {
            FakeClient client = client();
            assertEquals(36, client.assign().result());
            int context =
                    ContextInfo.read(client.command(Command.CTXT_INFO, 0).segment(), 0).context();
            assertTrue(!contexts.get(context), "context given twice: " + context);
            contexts.set(context);
        }
        FakeClient late = client();
        FakeClient.Reply reply = late.assign();
        assertRefused(Errno.EBUSY, reply);
        String self = "pid=" + ProcessHandle.current().pid();
        assertTrue(reply.sentence().contains(self), reply.sentence());
        assertTrue(reply.sentence().contains("context=16"), reply.sentence());
        assertTrue(reply.sentence().contains("since="), reply.sentence());
        assertRefused(Errno.EBUSY, client(daemon.directory().anyNode()).assign());
    }

    @Test
    @Fidelity(12)
    void shouldAnswerNetworkDownWhenAllAreBusyIfTheQuirkIsWanted() {
        Daemon daemon = startWith(Quirk.ENETDOWN_WHEN_ALL_BUSY);
        for (int i = 0; i < ChipModel.IBA7220.userContexts(); i++) {
            client().assign();
        }
        assertRefused(Errno.ENETDOWN, client(daemon.directory().anyNode()).assign());
        assertRefused(Errno.EBUSY, client().assign());
    }

    @Test
    @Fidelity(13)
    void shouldRefuseToAssignWithoutLinkUnitOrBoard() {
        Daemon daemon = start();
        FakeClient client = client();
        assertEquals(0, client.admin(ControlRecord.ADMIN_LINK_DOWN, 0, 0).result());
        assertRefused(Errno.ENETDOWN, client.assign());
        assertRefused(Errno.ENETDOWN, client(daemon.directory().anyNode()).assign());
        assertEquals(0, client.admin(ControlRecord.ADMIN_LINK_UP, 0, 0).result());
        assertRefused(
                Errno.ENODEV,
                client.command(
                        Command.ASSIGN_CONTEXT,
                        FakeClient.userInfo(AbiVersion.USER, BaseInfo.BYTES, 0, 2)));
        assertEquals(36, client.assign().result());

        MemorySegment block = MemorySegment.ofArray(new byte[CommandRecord.BYTES]);
        CommandRecord.start(block, 0, Command.ASSIGN_CONTEXT);
        FakeClient.userInfo().write(block, CommandRecord.PAYLOAD);
        OpenFile nowhere =
                new OpenFile(OpenFile.ANY_UNIT, new PeerCredentials(1, 2, 3), null, 0, null);
        assertEquals(
                -Errno.ENXIO.number(),
                new Commands(List.of(), null)
                        .execute(nowhere, 40, block, MemorySegment.NULL)
                        .result());
        OpenFile unit7 = new OpenFile(7, new PeerCredentials(1, 2, 3), null, 0, null);
        assertEquals(
                -Errno.ENODEV.number(),
                new Commands(daemon.units(), null)
                        .execute(unit7, 40, block, MemorySegment.NULL)
                        .result());
    }

    @Test
    @Fidelity(14)
    void shouldRefuseASecondAssign() {
        start();
        FakeClient client = client();
        client.assign();
        assertRefused(Errno.EINVAL, client.assign());
        client.userInit();
        assertRefused(Errno.EINVAL, client.assign());
    }

    /** A name is 16 bits that anybody can guess, and who shares a context reads all of it. */
    @Test
    @Fidelity(52)
    void shouldShareContextsAmongProcessesOfOneUserOnly() {
        start();
        Commands commands =
                new Commands(
                        daemon().units(),
                        new TidCommands(
                                new PinAccounts(pid -> null, () -> 0),
                                file -> new FakeSpace(),
                                () -> 0));
        MemorySegment block = MemorySegment.ofArray(new byte[CommandRecord.BYTES]);
        CommandRecord.start(block, 0, Command.ASSIGN_CONTEXT);
        FakeClient.shared(2, 9).write(block, CommandRecord.PAYLOAD);
        List<OpenFile> files = new ArrayList<>();
        for (int uid : new int[] {1000, 1001, 1000, 1001}) {
            OpenFile file =
                    new OpenFile(
                            0,
                            new PeerCredentials(1, uid, uid),
                            () -> PidFd.open(CurrentProcess.pid()),
                            0,
                            null);
            files.add(file);
            assertEquals(36, commands.execute(file, 40, block, MemorySegment.NULL).result());
        }
        assertEquals(List.of(1, 2, 1, 2), files.stream().map(f -> f.context().number).toList());
        assertEquals(List.of(0, 0, 1, 1), files.stream().map(f -> f.context().subcontext).toList());
        files.forEach(file -> daemon().units().getFirst().close(file.context()));
    }

    @Test
    void shouldRefuseASecondUserInit() {
        start();
        FakeClient client = client();
        BaseInfo info = client.start();
        assertRefused(Errno.EINVAL, client.userInit());
        assertEquals(
                0,
                client.map(info.uregbase(), 4096, ControlRecord.PROT_READ, ControlRecord.MAP_SHARED)
                        .errno());
    }

    @Test
    @Fidelity({1, 15})
    void shouldTellContextInfoThatAgreesWithBaseInfo() {
        start(config().withUnits(2));
        FakeClient client = client(daemon().directory().node(1));
        BaseInfo base = client.start();
        ContextInfo info = ContextInfo.read(client.command(Command.CTXT_INFO, 0).segment(), 0);
        assertEquals(new ContextInfo(2, 1, 1, base.context(), 0, 16, 0, 0xFFFF), info);
        assertEquals(1, base.unit());
        ChipModel model = ChipModel.IBA7220;
        assertEquals(model.contexts(), base.ncontexts());
        assertEquals(model.rcvHdrCount(), base.rcvhdrCnt());
        assertEquals(model.rcvHdrEntDwords(), base.rcvhdrentSize());
        assertEquals(model.egrTotalBytes(), base.rcvEgrbuftotlen());
        assertEquals(model.runtimeFlags(), base.runtimeFlags());
        assertEquals(0, base.rcvhdrTailaddr());
        assertEquals(2168, base.piosize());
        assertEquals(0x656B78, base.qpair());
        assertEquals(base.pioavailaddr(), base.status() & -4096L);
    }

    @Test
    @Fidelity(16)
    void shouldDividePioBuffersWithoutOverlap() {
        for (ChipModel model :
                List.of(
                        ChipModel.IBA6120,
                        ChipModel.IBA7220,
                        ChipModel.IBA7220.toBuilder().contexts(10).build())) {
            BitSet owned = new BitSet();
            List<Integer> counts = new ArrayList<>();
            try (Daemon daemon = Daemon.start(config().withModel(model))) {
                List<FakeClient> clients = new ArrayList<>();
                for (int i = 0; i < model.userContexts(); i++) {
                    FakeClient client = FakeClient.open(daemon);
                    clients.add(client);
                    BaseInfo info = client.start();
                    for (int n = info.pioindex(); n < info.pioindex() + info.piocnt(); n++) {
                        assertTrue(!owned.get(n), "buffer given twice: " + n);
                        owned.set(n);
                    }
                    counts.add(info.piocnt());
                }
                clients.forEach(FakeClient::close);
            }
            assertEquals(
                    model.pioCount(), owned.cardinality() + PioDivision.of(model).kernelCount());
            assertEquals(
                    counts.stream().sorted((a, b) -> b - a).toList(),
                    counts,
                    "the first have the extra ones");
        }
    }

    @Test
    void shouldChooseTheUnitWithTheFewestContextsInUse() {
        Daemon daemon = start(config().withUnits(3));
        int[] used = new int[3];
        for (int i = 0; i < 9; i++) {
            FakeClient client = client(daemon.directory().anyNode());
            client.assign();
            used[ContextInfo.read(client.command(Command.CTXT_INFO, 0).segment(), 0).unit()]++;
        }
        assertArrayEquals(new int[] {3, 3, 3}, used);
    }

    @Test
    void shouldReuseTheLowestContextAtOnce() {
        start();
        FakeClient first = client();
        FakeClient second = client();
        assertEquals(1, first.start().context());
        assertEquals(2, second.start().context());
        first.close();
        assertEquals(1, client().start().context());
    }

    @Test
    void shouldNegotiateFeaturesOnlyBeforeAssign() {
        start();
        FakeClient client = client();
        assertEquals(7, client.features(-1).result());
        assertEquals(
                ControlRecord.FEATURE_DOORBELL,
                client.features(ControlRecord.FEATURE_DOORBELL).result());
        assertEquals(3, client.features(3).result());
        BaseInfo info = client.start();
        assertNotEquals(0, info.runtimeFlags() & RuntimeFlags.INLINE_TRIGGER);
        assertNotEquals(0, info.runtimeFlags() & RuntimeFlags.DOORBELL);
        assertEquals(0, info.runtimeFlags() & RuntimeFlags.GATHER);
        assertRefused(Errno.EINVAL, client.features(0));
    }

    @Test
    void shouldRefuseReceiveControlBeforeUserInit() {
        start();
        FakeClient client = client();
        client.assign();
        assertRefused(Errno.EINVAL, client.command(Command.RECV_CTRL, 1));
    }

    @Test
    void shouldPassThePartitionKeyRulesOn() {
        start();
        FakeClient client = client();
        client.assign();
        assertEquals(6, client.command(Command.SET_PART_KEY, 0x0123).result());
        assertRefused(Errno.EEXIST, client.command(Command.SET_PART_KEY, 0x8123));
        assertRefused(Errno.EINVAL, client.command(Command.SET_PART_KEY, 0x8000));
    }
}
