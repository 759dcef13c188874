package io.softpath.daemon;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.Fidelity;
import io.softpath.abi.control.AbiVersion;
import io.softpath.abi.control.BaseInfo;
import io.softpath.abi.control.Command;
import io.softpath.abi.control.CommandRecord;
import io.softpath.abi.control.ContextInfo;
import io.softpath.abi.control.ContextRecord;
import io.softpath.abi.control.ControlRecord;
import io.softpath.abi.control.RuntimeFlags;
import io.softpath.abi.control.TidInfo;
import io.softpath.abi.control.UserEvent;
import io.softpath.abi.control.UserInfo;
import io.softpath.abi.model.ChipModel;
import io.softpath.abi.model.PioDivision;
import io.softpath.abi.register.ChipCounter;
import io.softpath.abi.register.DriverCounter;
import io.softpath.daemon.chip.FakeUser;
import io.softpath.daemon.chip.TriggerMode;
import io.softpath.daemon.control.Quirk;
import io.softpath.error.Errno;
import io.softpath.linux.Fd;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Contexts that several processes of a job share, as the real driver's user interface has them. */
final class SharedContextTest extends DaemonTestBase {
    private static final int LID = 1;
    private static final int ID = 4711;
    private static final int PAGE = 4096;
    private static final int READ_WRITE = ControlRecord.PROT_READ | ControlRecord.PROT_WRITE;

    private final List<MappedUser> users = new ArrayList<>();

    @AfterEach
    void unmap() {
        users.forEach(MappedUser::close);
    }

    private FakeClient assigned(int sharers, int id) {
        FakeClient client = client();
        FakeClient.Reply reply =
                client.command(Command.ASSIGN_CONTEXT, FakeClient.shared(sharers, id));
        assertEquals(36, reply.result(), reply.sentence());
        return client;
    }

    private MappedUser started(FakeClient client) {
        FakeClient.Reply reply = client.userInit();
        assertEquals(36, reply.result(), reply.sentence());
        return mapped(client, BaseInfo.read(reply.segment(), 0));
    }

    private MappedUser mapped(FakeClient client, BaseInfo info) {
        TriggerMode trigger =
                daemon().config().model().specialTrigger()
                        ? TriggerMode.SPECIAL
                        : TriggerMode.LAST_DWORD;
        MappedUser user = new MappedUser(client, daemon().config().model(), trigger, info);
        users.add(user);
        return user;
    }

    /** A job of so many, all of them started. */
    private List<MappedUser> job(int sharers) {
        return IntStream.range(0, sharers).mapToObj(i -> started(assigned(sharers, ID))).toList();
    }

    private void die(MappedUser user) {
        users.remove(user);
        user.close();
    }

    private static ContextInfo contextInfo(FakeClient client) {
        return ContextInfo.read(client.command(Command.CTXT_INFO, 0).segment(), 0);
    }

    private List<ContextRecord> contexts() {
        FakeClient client = client();
        FakeClient.Reply reply = client.inspect(ControlRecord.INSPECT_CONTEXTS, 0, 0);
        List<ContextRecord> records =
                IntStream.range(0, reply.result())
                        .mapToObj(i ->
                                ContextRecord.read(reply.segment(), (long) i * ContextRecord.BYTES))
                        .toList();
        client.close();
        return records;
    }

    private long driverCounter(DriverCounter counter) {
        return daemon().units().getFirst().counters()[counter.index()];
    }

    private long sent() {
        return daemon().units().getFirst().chip().counter(ChipCounter.TX_PKT);
    }

    private void work() {
        for (int i = 0; i < 200; i++) {
            daemon().doWork();
        }
    }

    // Who gets what.

    @Test
    @Fidelity(52)
    void shouldLetFourProcessesShareAContextAndRefuseAFifth() {
        start();
        FakeClient alone = client();
        assertEquals(36, alone.assign().result());
        for (int i = 0; i < 4; i++) {
            ContextInfo info = contextInfo(assigned(4, ID));
            assertEquals(2, info.context());
            assertEquals(i, info.subcontext());
            assertEquals(4, info.numSubcontexts());
        }
        FakeClient fifth = client();
        FakeClient.Reply refused = fifth.command(Command.ASSIGN_CONTEXT, FakeClient.shared(4, ID));
        assertRefused(Errno.EINVAL, refused);
        assertTrue(refused.sentence().contains("are taken"), refused.sentence());
        assertEquals(2, driverCounter(DriverCounter.CTXTS_OPEN));
        assertEquals(
                List.of(0, 0, 1, 2, 3),
                contexts().stream().map(ContextRecord::subcontext).toList());
        assertEquals(0, contextInfo(alone).numSubcontexts());
    }

    @Test
    @Fidelity(52)
    void shouldRefuseWhoAsksForTheSameInAnotherWay() {
        start();
        assigned(2, ID);
        FakeClient other = client();
        assertRefused(
                Errno.EINVAL, other.command(Command.ASSIGN_CONTEXT, FakeClient.shared(3, ID)));
        int older = AbiVersion.MAJOR << 16 | 12;
        assertRefused(
                Errno.EINVAL,
                other.command(
                        Command.ASSIGN_CONTEXT,
                        new UserInfo(older, 0, BaseInfo.BYTES, 0, 2, ID, 0, 0)));
        assertRefused(Errno.EINVAL, other.command(Command.ASSIGN_CONTEXT, FakeClient.shared(5, 1)));
        assertEquals(
                36, other.command(Command.ASSIGN_CONTEXT, FakeClient.shared(2, ID + 1)).result());
        assertEquals(2, contextInfo(other).context(), "another name is another context");
    }

    @Test
    void shouldGiveALibraryThatIsNewerThanTheDriverAContextOfItsOwn() {
        start();
        assigned(2, ID);
        FakeClient newer = client();
        assertEquals(
                36,
                newer.command(
                                Command.ASSIGN_CONTEXT,
                                new UserInfo(
                                        AbiVersion.USER + 1, 0, BaseInfo.BYTES, 0, 2, ID, 0, 0))
                        .result());
        ContextInfo info = contextInfo(newer);
        assertEquals(2, info.context());
        assertEquals(0, info.numSubcontexts());
    }

    @Test
    void shouldJoinOnWhateverUnitTheContextIs() {
        start(config().withUnits(2));
        FakeClient master = client(daemon().directory().node(1));
        assertEquals(36, master.command(Command.ASSIGN_CONTEXT, FakeClient.shared(2, ID)).result());
        FakeClient slave = assigned(2, ID);
        assertEquals(1, contextInfo(slave).unit());
        assertEquals(1, contextInfo(slave).subcontext());
    }

    @ParameterizedTest
    @Fidelity(52)
    @ValueSource(ints = {1, 2, 3, 4})
    void shouldDivideBuffersAndTidsWithoutOverlap(int sharers) {
        start();
        List<MappedUser> job = job(sharers);
        ChipModel model = model();
        PioDivision division = PioDivision.of(model);
        int context = job.getFirst().info.context();
        BitSet buffers = new BitSet();
        BitSet tids = new BitSet();
        for (int i = 0; i < sharers; i++) {
            BaseInfo info = job.get(i).info;
            boolean master = i == 0;
            assertEquals(i, info.subcontext());
            assertEquals(context, info.context());
            assertEquals(master, (info.runtimeFlags() & RuntimeFlags.MASTER) != 0);
            int each = division.count(context) / sharers;
            int rest = division.count(context) % sharers;
            assertEquals(master ? each + rest : each, info.piocnt());
            assertEquals(
                    division.first(context) + each * (master ? sharers - 1 : i - 1),
                    info.pioindex(),
                    "slaves first");
            for (int b = 0; b < info.piocnt(); b++) {
                assertFalse(buffers.get(info.pioindex() + b), "a buffer of two");
                buffers.set(info.pioindex() + b);
            }
            for (int tid : allTids(job.get(i).client, info)) {
                assertFalse(tids.get(tid), "a TID of two");
                tids.set(tid);
            }
        }
        assertEquals(division.count(context), buffers.cardinality());
        assertEquals(model.tidCount(), tids.cardinality());
    }

    /** Takes every TID that there is. */
    private int[] allTids(FakeClient client, BaseInfo info) {
        int pages = info.tidcnt();
        FakeClient.Reply memory = client.memCreate((long) pages * PAGE);
        memory.files().forEach(Fd::close);
        assertEquals(0, client.memBind(memory.result(), 1L << 32).result());
        FakeClient.Reply reply = client.tidUpdate(new TidInfo(pages, 1L << 32, 1L << 40, 1L << 41));
        assertEquals(36, reply.result(), reply.sentence());
        BitSet map = BitSet.valueOf(reply.segment().asSlice(0, 64).asByteBuffer());
        assertEquals(pages, map.cardinality());
        assertEquals(pages, map.length(), "the bitmap counts from the caller's first");
        int[] tids = new int[pages];
        for (int i = 0; i < pages; i++) {
            tids[i] = ControlRecord.u16(reply.segment(), TidInfo.BITMAP_BYTES + 2L * i);
        }
        assertRefused(Errno.ENOMEM, client.tidUpdate(new TidInfo(1, 1L << 32, 1L << 40, 1L << 41)));
        return tids;
    }

    @Test
    void shouldFreeOnlyTheCallersTids() {
        start();
        List<MappedUser> job = job(3);
        for (MappedUser user : job) {
            allTids(user.client, user.info);
        }
        byte[] all = new byte[TidInfo.BITMAP_BYTES];
        Arrays.fill(all, (byte) -1);
        MappedUser slave = job.get(1);
        assertEquals(36, slave.client.tidFree(all).result());
        int context = slave.info.context();
        int each = model().tidCount() / 3;
        for (int tid = 0; tid < model().tidCount(); tid++) {
            assertEquals(
                    tid >= each,
                    daemon().units().getFirst().chip().tidValid(context, tid),
                    "tid=" + tid);
        }
    }

    // USER_INIT.

    @Test
    @Fidelity(53)
    void shouldHaveSlavesWaitForTheirMaster() {
        start();
        FakeClient master = assigned(3, ID);
        FakeClient first = assigned(3, ID);
        FakeClient second = assigned(3, ID);
        first.sendUserInit();
        assertNull(first.receive());
        second.sendUserInit();
        assertNull(second.receive());
        first.sendUserInit();
        FakeClient.Reply twice = first.receive();
        assertRefused(Errno.EINVAL, twice);
        assertRefused(Errno.EINVAL, first.map(0x200000, PAGE, READ_WRITE, 1));
        MappedUser started = started(master);
        for (FakeClient slave : List.of(first, second)) {
            FakeClient.Reply reply = slave.receive();
            assertEquals(ControlRecord.WRITE | ControlRecord.REPLY, reply.kind());
            assertEquals(36, reply.result(), reply.sentence());
            BaseInfo info = BaseInfo.read(reply.segment(), 0);
            assertEquals(started.info.context(), info.context());
            assertEquals(started.info.uregbase(), info.uregbase());
            assertEquals(started.info.subctxtUregbase(), info.subctxtUregbase());
            assertNotEquals(started.info.piobufbase(), info.piobufbase());
            MappedUser user = mapped(slave, info);
            assertTrue(user.user.send(LID, info.context(), 1, new byte[0]));
        }
        work();
        assertEquals(2, sent());
    }

    @Test
    void shouldTellSlavesThatTheirMasterIsGone() {
        start();
        FakeClient master = assigned(2, ID);
        FakeClient slave = assigned(2, ID);
        slave.sendUserInit();
        assertNull(slave.receive());
        master.close();
        FakeClient.Reply told = slave.receive();
        assertRefused(Errno.ESRCH, told);
        assertRefused(Errno.ESRCH, slave.userInit());
        FakeClient again = assigned(2, ID);
        assertEquals(0, contextInfo(again).subcontext(), "somebody else may be the master");
        slave.sendUserInit();
        assertNull(slave.receive());
        started(again);
        assertEquals(36, slave.receive().result());
    }

    @Test
    @Fidelity(8)
    void shouldNeedRoomForAllOfBaseInfo() {
        start();
        FakeClient client = assigned(2, ID);
        assertRefused(
                Errno.EINVAL,
                client.command(Command.USER_INIT, FakeClient.userInfo(AbiVersion.USER, 175, 2, 0)));
        started(client);
        assertRefused(Errno.EINVAL, client.userInit());
    }

    // Memory.

    @Test
    void shouldShareTheArraysThatTheChipDoesNotKnow() {
        start();
        List<MappedUser> job = job(3);
        BaseInfo info = job.getFirst().info;
        long[][] arrays = {
            {info.subctxtUregbase(), 3L * PAGE},
            {info.subctxtRcvhdrBase(), 3L * model().rcvHdrAllocBytes()},
            {info.subctxtRcvegrbuf(), 3L * model().egrTotalBytes()}
        };
        for (long[] array : arrays) {
            MemorySegment mine = job.get(0).map(array[0], array[1], READ_WRITE);
            MemorySegment other = job.get(2).map(array[0], array[1], READ_WRITE);
            assertEquals(-1, mine.mismatch(MemorySegment.ofArray(new byte[(int) array[1]])));
            long last = array[1] - Long.BYTES;
            mine.set(ValueLayout.JAVA_LONG, last, 42);
            assertEquals(42, other.get(ValueLayout.JAVA_LONG, last));
            assertRefused(Errno.EINVAL, job.get(1).client.map(array[0], array[1] + 1, 3, 1));
        }
        MappedUser alone = new MappedUser(client(), model(), TriggerMode.INLINE);
        users.add(alone);
        assertEquals(0, alone.info.subctxtUregbase());
        assertEquals(0, alone.info.subctxtRcvhdrBase());
        assertEquals(0, alone.info.subctxtRcvegrbuf());
        assertRefused(Errno.EINVAL, alone.client.map(info.subctxtUregbase(), PAGE, READ_WRITE, 1));
    }

    @Test
    void shouldKeepEveryonesSendBuffersToThemselves() {
        start();
        List<MappedUser> job = job(2);
        BaseInfo master = job.get(0).info;
        BaseInfo slave = job.get(1).info;
        assertRefused(Errno.EINVAL, job.get(1).client.map(master.piobufbase(), PAGE, 2, 1));
        assertRefused(
                Errno.EINVAL,
                job.get(1)
                        .client
                        .map(slave.piobufbase(), (long) (slave.piocnt() + 1) * PAGE, 2, 1));
        job.get(0).user.sends.pioBuffers().fill((byte) -1);
        work();
        assertEquals(0, job.get(1).user.sends.pioBuffers().get(ValueLayout.JAVA_BYTE, 0));
    }

    // Traffic.

    static List<ChipModel> models() {
        return ChipModel.ALL;
    }

    @ParameterizedTest
    @MethodSource("models")
    void shouldSendForEachInItsOwnOrder(ChipModel chip) {
        start(config().withModel(chip));
        List<MappedUser> job = job(4);
        int context = job.getFirst().info.context();
        long[] next = new long[4];
        int[] launched = new int[4];
        long seed = new SplittableRandom().nextLong();
        System.out.println("seed=" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        int received = 0;
        while (received < 2_000) {
            int who = random.nextInt(4);
            MappedUser user = job.get(who);
            if (user.user.send(
                    LID, context, (long) who << 32 | launched[who], FakeUser.bytes(64, who))) {
                launched[who]++;
            }
            if (random.nextInt(8) == 0) {
                daemon().doWork();
            }
            FakeUser.Entry entry = job.getFirst().user.receive();
            while (entry != null) {
                int from = (int) (entry.data0() >>> 32);
                assertEquals(
                        next[from]++,
                        entry.data0() & 0xFFFF_FFFFL,
                        "in order of sub-context=" + from);
                assertArrayEquals(FakeUser.bytes(64, from), entry.payload());
                received++;
                entry = job.getFirst().user.receive();
            }
            job.getFirst().user.updateHeads();
        }
    }

    // The end of one, and of all.

    @Test
    void shouldGiveBackWhatOneHadAndLeaveTheOthersAlone() {
        start();
        List<MappedUser> job = new ArrayList<>(job(3));
        for (MappedUser user : job) {
            allTids(user.client, user.info);
        }
        MappedUser victim = job.remove(1);
        int context = victim.info.context();
        int buffer = victim.user.takeBuffer();
        victim.user.write(buffer, LID, context, 1, new byte[0]); // and does not launch it
        assertTrue(victim.user.send(LID, context, 2, new byte[0]));
        die(victim);
        assertEquals(1, sent(), "what was launched has left");
        assertEquals(1, driverCounter(DriverCounter.CTXTS_OPEN));
        assertEquals(2, contexts().size());
        assertEquals(
                model().tidCount() / 3,
                driverCounter(DriverCounter.PAGE_UNLOCKS),
                "its pages are released");
        assertFalse(daemon().units().getFirst().chip().tidValid(context, 0));
        assertTrue(daemon().units().getFirst().chip().tidValid(context, model().tidCount() - 1));
        for (MappedUser user : job) {
            assertTrue(user.user.send(LID, context, 3, new byte[0]));
            assertEquals(0, user.eventWord());
        }
        work();
        assertEquals(3, sent());

        MappedUser successor = started(assigned(3, ID));
        assertEquals(victim.info, successor.info);
        assertEquals(victim.info.tidcnt(), allTids(successor.client, successor.info).length);
        assertTrue(successor.user.send(LID, context, 4, new byte[0]));
        work();
        assertEquals(4, sent());
    }

    @Test
    void shouldKeepTheContextUntilTheLastIsGone() {
        start();
        List<MappedUser> job = new ArrayList<>(job(2));
        MappedUser master = job.getFirst();
        MappedUser slave = job.getLast();
        int context = slave.info.context();
        assertEquals(6, master.client.command(Command.SET_PART_KEY, 7).result());
        die(master);
        assertTrue(slave.user.send(LID, context, 5, new byte[0]));
        work();
        assertEquals(5, slave.user.receive().data0(), "reception goes on without the master");
        FakeClient other = client();
        other.start();
        assertEquals(context + 1, contextInfo(other).context());
        die(slave);
        assertEquals(
                List.of(context + 1), contexts().stream().map(ContextRecord::context).toList());
        MappedUser next = started(assigned(2, ID));
        assertEquals(context, next.info.context());
        assertNull(next.user.receive(), "fresh memory");
    }

    /** Then nobody has it, but the chip still stores into pages of somebody's. */
    @Test
    void shouldNotJoinAContextThatIsOnlyWaitingForItsEnd() {
        startWith(Quirk.TIDS_OUTLIVE_PINS);
        MappedUser last = started(assigned(2, ID));
        allTids(last.client, last.info);
        int context = last.info.context();
        die(last);
        FakeClient next = assigned(2, ID);
        assertEquals(context + 1, contextInfo(next).context());
        assertEquals(0, contextInfo(next).subcontext());
    }

    // What concerns all of them.

    @Test
    void shouldLetOnlyTheMasterStopReception() {
        start();
        List<MappedUser> job = job(2);
        int context = job.getFirst().info.context();
        assertEquals(8, job.getLast().client.command(Command.RECV_CTRL, 0).result());
        job.getLast().user.send(LID, context, 1, new byte[0]);
        work();
        assertNotNull(job.getFirst().user.receive());
        assertEquals(8, job.getFirst().client.command(Command.RECV_CTRL, 0).result());
        job.getLast().user.send(LID, context, 2, new byte[0]);
        work();
        assertNull(job.getFirst().user.receive());
    }

    @Test
    @Fidelity(22)
    void shouldGiveEachAnEventWordOfItsOwn() {
        start();
        List<MappedUser> job = job(2);
        FakeClient admin = client();
        admin.admin(ControlRecord.ADMIN_LINK_DOWN, 0, 0);
        admin.admin(ControlRecord.ADMIN_LINK_UP, 0, 0);
        long both = UserEvent.DISARM_BUFS | UserEvent.LINKDOWN;
        MemorySegment page = job.getFirst().map(job.getFirst().info.sendbufStatus(), PAGE, 1);
        assertEquals(both, UserEvent.word(page, 0));
        assertEquals(both, UserEvent.word(page, 1));
        assertEquals(0, UserEvent.word(page, 2));
        job.getLast().client.command(Command.ACK_EVENT, UserEvent.LINKDOWN);
        assertEquals(both, UserEvent.word(page, 0));
        assertEquals(UserEvent.DISARM_BUFS, UserEvent.word(page, 1));
        job.getLast().client.command(Command.ACK_EVENT, UserEvent.DISARM_BUFS);
        assertEquals(UserEvent.LINKDOWN, UserEvent.word(page, 0), "disarmed for all");
        assertEquals(0, UserEvent.word(page, 1));
    }

    @Test
    @Fidelity(54)
    void shouldWakeAllWhoWait() {
        start();
        List<MappedUser> job = job(3);
        int context = job.getFirst().info.context();
        for (MappedUser user : job) {
            assertEquals(0, user.client.poll().result());
        }
        job.getLast().user.send(LID, context, 1, new byte[0]);
        for (MappedUser user : job) {
            FakeClient.Reply interrupt = user.client.receive();
            assertNotNull(interrupt, "interrupt");
            assertEquals(ControlRecord.INTERRUPT, interrupt.kind());
            assertEquals(ControlRecord.POLL_READY, interrupt.result());
        }
    }

    @Test
    void shouldGoOnWaitingWhenAnotherOfTheWaitersDies() {
        start();
        List<MappedUser> job = new ArrayList<>(job(2));
        int context = job.getFirst().info.context();
        assertEquals(0, job.getFirst().client.poll().result());
        assertEquals(0, job.getLast().client.poll().result());
        die(job.getLast());
        job.getFirst().user.send(LID, context, 1, new byte[0]);
        FakeClient.Reply interrupt = job.getFirst().client.receive();
        assertNotNull(interrupt, "interrupt");
        assertEquals(ControlRecord.POLL_READY, interrupt.result());
    }

    @Test
    void shouldRefreshTheAvailPageMoreOftenWhereSharesAreSmall() {
        start(config().withModel(model().toBuilder().contexts(17).build()));
        int before = daemon().units().getFirst().chip().availThreshold();
        List<MappedUser> job = job(4);
        int share = job.getLast().info.piocnt();
        assertEquals(
                Math.min(before, Math.max(1, share - 1)),
                daemon().units().getFirst().chip().availThreshold());
        assertTrue(share - 1 < before, "share=" + share + " threshold=" + before);
        job.forEach(this::die);
        assertEquals(before, daemon().units().getFirst().chip().availThreshold());
    }

    @Test
    @Fidelity(54)
    void shouldWakeWhoWaitsForAnyPacketWhileAnotherWaitsForUrgentOnes() {
        start();
        List<MappedUser> job = job(2);
        int context = job.getFirst().info.context();
        assertEquals(0, job.getFirst().client.poll().result());
        assertEquals(6, job.getLast().client.command(Command.POLL_TYPE, 1).result());
        assertEquals(0, job.getLast().client.poll().result());
        job.getLast().user.send(LID, context, 1, new byte[0]);
        FakeClient.Reply interrupt = job.getFirst().client.receive();
        assertNotNull(interrupt, "interrupt");
        assertEquals(ControlRecord.POLL_READY, interrupt.result());
    }

    @Test
    void shouldNotTellASuccessorOfWhatWasBeforeIt() {
        start();
        List<MappedUser> job = new ArrayList<>(job(2));
        FakeClient admin = client();
        admin.admin(ControlRecord.ADMIN_LINK_DOWN, 0, 0);
        admin.admin(ControlRecord.ADMIN_LINK_UP, 0, 0);
        die(job.remove(1));
        MappedUser successor = started(assigned(2, ID));
        MemorySegment page = successor.map(successor.info.sendbufStatus(), PAGE, 1);
        assertEquals(0, UserEvent.word(page, 1));
        admin.admin(ControlRecord.ADMIN_HOLD_SENDS, 0, 1);
        assertTrue(successor.user.send(LID, successor.info.context(), 1, new byte[0]));
        work();
        job.getFirst()
                .client
                .command(Command.ACK_EVENT, UserEvent.DISARM_BUFS | UserEvent.LINKDOWN);
        admin.admin(ControlRecord.ADMIN_RELEASE_SENDS, 0, 0);
        work();
        assertEquals(1, sent(), "what the successor has launched was not disarmed");
    }

    @Test
    void shouldReceiveForANewMasterWhereTheOldOneHadStopped() {
        start();
        List<MappedUser> job = new ArrayList<>(job(2));
        job.getFirst().client.command(Command.RECV_CTRL, 0);
        die(job.removeFirst());
        MappedUser master = started(assigned(2, ID));
        assertEquals(0, master.info.subcontext());
        assertTrue(master.user.send(LID, master.info.context(), 1, new byte[0]));
        work();
        assertNotNull(master.user.receive());
    }

    @Test
    void shouldCountClientsWhereTheyCameFrom() {
        start(config().withUnits(2));
        FakeClient master = client(daemon().directory().node(1));
        master.command(Command.ASSIGN_CONTEXT, FakeClient.shared(2, ID));
        FakeClient slave = assigned(2, ID);
        slave.close();
        master.close();
        for (int unit = 0; unit < 2; unit++) {
            long[] counters = daemon().units().get(unit).counters();
            assertEquals(0, counters[DriverCounter.CLIENTS_OPEN.index()], "unit " + unit);
            assertEquals(unit, counters[DriverCounter.CTXTS_CLOSED.index()], "unit " + unit);
        }
    }

    @Test
    void shouldStopWhileTheChipHasTidsOfDeadMembers() {
        startWith(Quirk.TIDS_OUTLIVE_PINS);
        List<MappedUser> job = job(3);
        for (MappedUser user : job) {
            allTids(user.client, user.info);
        }
        MappedUser sender = job.get(1);
        int context = sender.info.context();
        int tid = 2 * (model().tidCount() / 3); // the master's first
        assertTrue(sender.user.sendExpected(LID, context, tid, 0, 0, 0, 0, new byte[8]));
        users.clear(); // they live on while the daemon stops, after this
    }

    // Whatever happens in whatever order.

    /** Jobs come, are killed one by one or all at once, and come again. */
    @Test
    void shouldHaveNothingLeftAfterRandomLives() {
        start();
        for (int life = 0; life < 60; life++) {
            long seed = new SplittableRandom().nextLong();
            System.out.println("seed=" + seed);
            SplittableRandom random = new SplittableRandom(seed);
            List<FakeClient> clients = new ArrayList<>();
            for (int step = 0; step < 60; step++) {
                randomStep(random, clients);
            }
            while (!clients.isEmpty()) {
                clients.remove(random.nextInt(clients.size())).close();
            }
            work();
            assertEquals(0, daemon().openFiles());
            assertEquals(0, driverCounter(DriverCounter.CTXTS_OPEN));
            assertEquals(0, driverCounter(DriverCounter.MEM_BYTES));
            assertEquals(
                    driverCounter(DriverCounter.PAGE_LOCKS),
                    driverCounter(DriverCounter.PAGE_UNLOCKS));
            assertEquals(List.of(), contexts());
        }
    }

    private void randomStep(SplittableRandom random, List<FakeClient> clients) {
        if (clients.size() < 6 && random.nextInt(3) == 0) {
            FakeClient client = client();
            int id = random.nextInt(2);
            client.command(Command.ASSIGN_CONTEXT, FakeClient.shared(2 + id, id));
            clients.add(client);
            return;
        }
        if (clients.isEmpty()) {
            return;
        }
        FakeClient client = clients.get(random.nextInt(clients.size()));
        switch (random.nextInt(6)) {
            case 0 -> {
                clients.remove(client);
                client.close();
                return;
            }
            case 1, 2 -> client.sendUserInit();
            case 3 -> client.sendCommand(Command.RECV_CTRL, random.nextInt(2));
            case 4 -> {
                client.send(ControlRecord.memCreate(client.request(), 1, PAGE));
                client.send(ControlRecord.memBind(client.request(), 2, 1, 1L << 32));
                client.startCommand(Command.TID_UPDATE);
                new TidInfo(1, 1L << 32, 1L << 40, 1L << 41)
                        .write(client.block(), CommandRecord.PAYLOAD);
                client.send(ControlRecord.write(client.request(), 3));
            }
            default -> client.send(ControlRecord.poll(client.request(), 4, 1));
        }
        daemon().doWork();
        FakeClient.Reply reply = client.tryReceive();
        while (reply != null && reply.kind() != -1) {
            reply.files().forEach(Fd::close);
            reply = client.tryReceive();
        }
    }
}
