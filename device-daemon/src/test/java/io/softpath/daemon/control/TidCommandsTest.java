package io.softpath.daemon.control;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.Fidelity;
import io.softpath.abi.control.TidInfo;
import io.softpath.abi.model.ChipModel;
import io.softpath.abi.register.DriverCounter;
import io.softpath.daemon.LogCapture;
import io.softpath.daemon.region.UserMemory;
import io.softpath.error.Errno;
import io.softpath.linux.MemlockLimit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

class TidCommandsTest {
    private static final long PAGE = 4096;
    private static final long AT = 0x7f00_0000_0000L;
    private static final long END = 1L << 47;
    private static final int TIDS = ChipModel.IBA7220.tidCount();

    private PinRig rig = new PinRig(ChipModel.IBA7220);

    @AfterEach
    void close() {
        rig.close();
    }

    /** A file with a context and so many pages bound at {@link #AT}. */
    private OpenFile startWithPages(int pid, int pages) {
        OpenFile file = rig.start(pid);
        int handle = rig.memCreate(file, pages * PAGE).result();
        assertEquals(0, rig.memBind(file, handle, AT).result());
        return file;
    }

    private void assertRefused(Errno errno, String before, Answer answer) {
        assertEquals(-errno.number(), answer.result(), answer.sentence());
        assertTrue(answer.sentence().contains("="), answer.sentence());
        assertEquals(before, rig.state(), "nothing changed by: " + answer.sentence());
    }

    private void assertNothingLeft() {
        assertEquals(0, rig.accounts.size());
        assertEquals(0, rig.count(DriverCounter.MEM_REGIONS));
        assertEquals(0, rig.count(DriverCounter.MEM_BYTES));
        assertEquals(rig.count(DriverCounter.PAGE_LOCKS), rig.count(DriverCounter.PAGE_UNLOCKS));
    }

    @Test
    @Fidelity(43)
    void shouldPickTidsFromACursorAndTellThemAsListAndBitmap() {
        OpenFile file = startWithPages(1, 8);
        OpenContext context = file.context();
        assertArrayEquals(new int[] {0, 1, 2}, PinRig.tids(rig.tidUpdate(file, 3, AT)));
        assertArrayEquals(new int[] {3, 4}, PinRig.tids(rig.tidUpdate(file, 2, AT + 3 * PAGE)));
        assertEquals(36, rig.tidFree(file, PinRig.bitmap(0, 1, 2)).result());
        assertArrayEquals(new int[] {5}, PinRig.tids(rig.tidUpdate(file, 1, AT)), "not yet around");
        for (int tid = 0; tid < TIDS; tid++) {
            boolean used = tid >= 3 && tid <= 5;
            assertEquals(used, rig.unit.chip().tidValid(context.number, tid), "tid " + tid);
        }
        assertEquals(rig.nowMs, context.tids.get(5).sinceEpochMs());
        assertEquals(AT + 4 * PAGE, context.tids.get(4).address());
        assertEquals(4, context.tids.get(4).page());
        assertEquals(6, rig.count(DriverCounter.PAGE_LOCKS));
        assertEquals(3, rig.count(DriverCounter.PAGE_UNLOCKS));
        rig.close(file);
        assertNothingLeft();
    }

    @Test
    @Fidelity(43)
    void shouldGoAroundOnceAndStepOverUsedTids() {
        OpenFile file = startWithPages(1, TIDS);
        assertEquals(TIDS, PinRig.tids(rig.tidUpdate(file, TIDS, AT)).length);
        int[] freed = {1, 7, 300, TIDS - 1};
        rig.tidFree(file, PinRig.bitmap(freed));
        assertArrayEquals(freed, PinRig.tids(rig.tidUpdate(file, 4, AT)), "cursor at 0");
        rig.tidFree(file, PinRig.bitmap(TIDS - 2, TIDS - 1, 0, 4));
        assertArrayEquals(
                new int[] {0, 4}, PinRig.tids(rig.tidUpdate(file, 2, AT)), "cursor wrapped");
        assertEquals(5, file.context().tids.cursor());
        rig.tidFree(file, PinRig.bitmap(2));
        assertArrayEquals(
                new int[] {TIDS - 2, TIDS - 1, 2}, PinRig.tids(rig.tidUpdate(file, 3, AT)));
        rig.close(file);
        assertNothingLeft();
    }

    @Test
    @Fidelity(43)
    void shouldRefuseWhenTooFewAreFreeAndLeaveTheCursor() {
        OpenFile file = startWithPages(1, TIDS);
        rig.tidUpdate(file, TIDS - 2, AT);
        String before = rig.state();
        assertRefused(Errno.ENOMEM, before, rig.tidUpdate(file, 3, AT));
        assertEquals(TIDS - 2, file.context().tids.cursor());
        assertArrayEquals(new int[] {TIDS - 2, TIDS - 1}, PinRig.tids(rig.tidUpdate(file, 2, AT)));
        rig.close(file);
        assertNothingLeft();
    }

    @Test
    @Fidelity(44)
    void shouldRefuseBadAddressesWithNothingDone() {
        OpenFile file = startWithPages(1, 4);
        rig.tidUpdate(file, 1, AT);
        String before = rig.state();
        assertRefused(Errno.EFAULT, before, rig.tidUpdate(file, 0, AT));
        for (long vaddr :
                new long[] {
                    0,
                    1,
                    -1,
                    -PAGE,
                    Long.MIN_VALUE,
                    Long.MAX_VALUE,
                    END,
                    END - PAGE,
                    AT - PAGE,
                    AT - 1,
                    AT + 3 * PAGE,
                    AT + 4 * PAGE
                }) {
            assertRefused(Errno.EFAULT, before, rig.tidUpdate(file, 2, vaddr));
        }
        Answer hole = rig.tidUpdate(file, 5, AT);
        assertRefused(Errno.EFAULT, before, hole);
        assertTrue(
                hole.sentence().contains("address=0x" + Long.toHexString(AT + 4 * PAGE)),
                hole.sentence());
        for (long out : new long[] {0, -1, Long.MIN_VALUE, END, END - 1}) {
            assertRefused(
                    Errno.EFAULT, before, rig.tidUpdate(file, new TidInfo(2, AT, out, 0x2000)));
            assertRefused(
                    Errno.EFAULT, before, rig.tidUpdate(file, new TidInfo(2, AT, 0x1000, out)));
        }
        assertEquals(36, rig.tidUpdate(file, new TidInfo(2, AT, END - 4, END - 64)).result());
        rig.close(file);
        assertNothingLeft();
    }

    @Test
    @Fidelity(44)
    void shouldHaveTheErrnoOfTheFirstStepThatFails() {
        rig.limits.put(1, new MemlockLimit(8 * PAGE, false));
        OpenFile file = startWithPages(1, 8);
        rig.tidUpdate(file, 1, AT);
        String before = rig.state();
        assertRefused(Errno.EFAULT, before, rig.tidUpdate(file, new TidInfo(0, -1, 0, 0)));
        assertRefused(Errno.EFAULT, before, rig.tidUpdate(file, new TidInfo(9, -1, 0, 0)));
        assertRefused(Errno.ENOMEM, before, rig.tidUpdate(file, new TidInfo(8, 0, 0, 0)));
        assertRefused(Errno.EFAULT, before, rig.tidUpdate(file, new TidInfo(7, 0, 0, 0)));
        rig.close(file);

        rig.limits.clear();
        OpenFile full = startWithPages(1, TIDS);
        rig.tidUpdate(full, TIDS, AT);
        before = rig.state();
        assertRefused(Errno.EFAULT, before, rig.tidUpdate(full, new TidInfo(1, 0, 0, 0)));
        assertRefused(Errno.ENOMEM, before, rig.tidUpdate(full, new TidInfo(1, AT, 0, 0)));
        rig.close(full);
        assertNothingLeft();
    }

    @Test
    @Fidelity(45)
    void shouldClampACountThatIsTooLargeAndSaySo() {
        OpenFile file = startWithPages(1, TIDS);
        try (LogCapture log = new LogCapture()) {
            int[] tids = PinRig.tids(rig.tidUpdate(file, TIDS + 1, AT));
            assertArrayEquals(IntStream.range(0, TIDS).toArray(), tids);
            List<String> said =
                    log.lines().stream().filter(line -> line.contains("tid update")).toList();
            assertEquals(1, said.size(), said::toString);
            assertTrue(said.getFirst().contains("count=513"), said::toString);
            assertTrue(said.getFirst().contains("maximum=512"), said::toString);
        }
        rig.tidFree(file, filled());
        try (LogCapture log = new LogCapture()) {
            assertEquals(TIDS, PinRig.tids(rig.tidUpdate(file, -1, AT)).length, "2^32 - 1 pages");
            rig.tidFree(file, filled());
            String before = rig.state();
            assertRefused(Errno.EFAULT, before, rig.tidUpdate(file, Integer.MIN_VALUE, AT + PAGE));
            assertEquals(2, log.lines().size());
        }
        rig.close(file);
        assertNothingLeft();
    }

    private static byte[] filled() {
        byte[] bitmap = new byte[TidInfo.BITMAP_BYTES];
        Arrays.fill(bitmap, (byte) -1);
        return bitmap;
    }

    @Test
    @Fidelity(46)
    void shouldHoldAProcessToItsLimitOverAllItsFilesAndCalls() {
        rig.limits.put(1, new MemlockLimit(4 * PAGE, false));
        OpenFile first = startWithPages(1, 2);
        OpenFile second = startWithPages(1, 2);
        OpenFile other = startWithPages(2, 2);
        assertEquals(36, rig.tidUpdate(first, 2, AT).result());
        assertEquals(2 * PAGE, first.account().pinnedBytes());
        assertEquals(36, rig.tidUpdate(second, 2, AT).result());
        assertEquals(4 * PAGE, second.account().pinnedBytes());
        assertEquals(36, rig.tidUpdate(other, 2, AT).result());
        String before = rig.state();
        Answer answer = rig.tidUpdate(second, 1, AT);
        assertRefused(Errno.ENOMEM, before, answer);
        for (String fact :
                new String[] {"bytes=4096", "pinned=16384", "limit=16384", "ulimit -l"}) {
            assertTrue(answer.sentence().contains(fact), answer.sentence());
        }
        rig.tidFree(first, PinRig.bitmap(0));
        assertEquals(3 * PAGE, first.account().pinnedBytes());
        assertEquals(36, rig.tidUpdate(second, 1, AT).result());
        UserMemory memory = second.context().memories.all().getFirst();
        assertEquals(1, memory.pins(1));
        assertEquals(2, memory.pins(0), "one page, two TIDs");
        rig.close(first);
        assertEquals(3 * PAGE, second.account().pinnedBytes());
        rig.close(second);
        rig.close(other);
        assertNothingLeft();
    }

    @Test
    @Fidelity(46)
    void shouldLetManyCallsPinMoreThanTheLimitIfTheQuirkIsWanted() {
        rig.close();
        rig = new PinRig(ChipModel.IBA7220, Quirk.MEMLOCK_PER_CALL);
        rig.limits.put(1, new MemlockLimit(4 * PAGE, false));
        OpenFile file = startWithPages(1, 4);
        for (int i = 0; i < 5; i++) {
            assertEquals(36, rig.tidUpdate(file, 4, AT).result());
        }
        assertEquals(20 * PAGE, file.account().pinnedBytes());
        String before = rig.state();
        assertRefused(Errno.ENOMEM, before, rig.tidUpdate(file, 5, AT));
        rig.limits.put(1, new MemlockLimit(0, true));
        assertRefused(Errno.EFAULT, before, rig.tidUpdate(file, 5, AT));
        rig.close(file);
        assertNothingLeft();
    }

    @Test
    void shouldPinAcrossPiecesThatLieSideBySide() {
        OpenFile file = startWithPages(1, 2);
        rig.memCreate(file, 3 * PAGE);
        rig.memBind(file, 2, AT + 2 * PAGE);
        assertArrayEquals(
                new int[] {0, 1, 2, 3}, PinRig.tids(rig.tidUpdate(file, 4, AT + PAGE + 123)));
        OpenContext context = file.context();
        assertEquals(1, context.tids.get(0).memory().handle());
        assertEquals(1, context.tids.get(0).page());
        assertEquals(AT + PAGE, context.tids.get(0).address());
        for (int i = 1; i < 4; i++) {
            assertEquals(2, context.tids.get(i).memory().handle());
            assertEquals(i - 1, context.tids.get(i).page());
        }
        rig.memBind(file, 2, AT + 3 * PAGE);
        String before = rig.state();
        assertRefused(Errno.EFAULT, before, rig.tidUpdate(file, 4, AT + PAGE));
        rig.close(file);
        assertNothingLeft();
    }

    @Test
    @Fidelity(49)
    void shouldKeepFreedMemoryUntilItsLastTidIsGone() {
        OpenFile file = startWithPages(1, 2);
        rig.tidUpdate(file, 2, AT);
        rig.tidUpdate(file, 1, AT);
        UserMemory memory = file.context().memories.all().getFirst();
        assertEquals(0, rig.memFree(file, 1).result());
        String before = rig.state();
        assertRefused(Errno.EFAULT, before, rig.tidUpdate(file, 1, AT));
        assertRefused(Errno.EINVAL, before, rig.memFree(file, 1));
        assertEquals(2 * PAGE, file.account().registeredBytes(), "it is still there");
        rig.tidFree(file, PinRig.bitmap(0, 1));
        assertEquals(1, memory.pins());
        assertEquals(1, memory.pinnedPages());
        assertTrue(memory.memory().scope().isAlive());
        assertEquals(1, rig.count(DriverCounter.MEM_REGIONS));
        rig.tidFree(file, PinRig.bitmap(2));
        assertFalse(memory.memory().scope().isAlive());
        assertEquals(0, file.account().registeredBytes());
        assertEquals(0, rig.count(DriverCounter.MEM_REGIONS));
        rig.close(file);
        assertNothingLeft();
    }

    @Test
    void shouldPinOrdinaryMemoryWhereItIsMappedWritable() {
        rig.limits.put(1, new MemlockLimit(6 * PAGE, false));
        OpenFile file = startWithPages(1, 2);
        FakeSpace space = rig.spaces.get(1).map(AT - 2 * PAGE, 2).map(AT + 2 * PAGE, 1);
        assertArrayEquals(
                new int[] {0, 1, 2, 3, 4},
                PinRig.tids(rig.tidUpdate(file, 5, AT - 2 * PAGE + 77)),
                "around memory of its own");
        OpenContext context = file.context();
        assertEquals(1, space.looks, "one look for all");
        assertTrue(context.tids.get(0).isOrdinary());
        assertEquals(AT - 2 * PAGE, context.tids.get(0).address());
        assertFalse(context.tids.get(2).isOrdinary());
        assertTrue(context.tids.get(4).isOrdinary());
        assertEquals(5 * PAGE, file.account().pinnedBytes(), "charged as any other");
        assertTrue(rig.unit.chip().tidValid(context.number, 4));
        String before = rig.state();
        assertRefused(Errno.ENOMEM, before, rig.tidUpdate(file, 2, AT + 2 * PAGE));
        Answer hole = rig.tidUpdate(file, 1, AT + 3 * PAGE);
        assertRefused(Errno.EFAULT, before, hole);
        assertTrue(
                hole.sentence().contains("address=0x" + Long.toHexString(AT + 3 * PAGE)),
                hole.sentence());
        assertRefused(Errno.EFAULT, before, rig.tidUpdate(file, 1, AT - 3 * PAGE));
        assertEquals(36, rig.tidFree(file, PinRig.bitmap(0, 4)).result());
        assertEquals(3 * PAGE, file.account().pinnedBytes());
        assertFalse(space.closed);
        rig.close(file);
        assertTrue(space.closed);
        assertNothingLeft();
    }

    @Test
    void shouldTryOrdinaryMemoryWhenTheContextIsAssignedAndAgainWhenItIsNeeded() {
        FakeSpace closed = new FakeSpace().map(AT, 1);
        closed.refused = Errno.EPERM;
        rig.spaces.put(2, closed);
        rig.spaces.put(3, new FakeSpace().map(AT, 1));
        OpenFile first = rig.start(2);
        OpenFile second = rig.start(3);
        assertFalse(first.context().ordinaryReachable);
        assertTrue(second.context().ordinaryReachable);
        closed.refused = null;
        rig.spaces.get(3).refused = Errno.EPERM;
        assertEquals(36, rig.tidUpdate(first, 1, AT).result(), "allowed since");
        assertRefused(Errno.EPERM, rig.state(), rig.tidUpdate(second, 1, AT));
        rig.close(first);
        rig.close(second);
        assertNothingLeft();
    }

    @Test
    void shouldSayWhyOrdinaryMemoryCannotBeReached() {
        OpenFile file = startWithPages(1, 2);
        FakeSpace space = rig.spaces.get(1).map(AT, 10);
        String before = rig.state();
        for (Errno errno : new Errno[] {Errno.EPERM, Errno.ESRCH, Errno.ENOSYS}) {
            space.refused = errno;
            Answer answer = rig.tidUpdate(file, 3, AT);
            assertRefused(errno, before, answer);
            assertTrue(answer.sentence().contains("for a reason"), answer.sentence());
            assertTrue(answer.sentence().contains("MEM_CREATE"), answer.sentence());
        }
        assertEquals(
                36, rig.tidUpdate(file, 2, AT).result(), "not asked for where it is not needed");
        rig.close(file);
        assertNothingLeft();
    }

    @Test
    @Fidelity(48)
    void shouldWriteToNoProcessWhoseFileIsClosed() {
        rig.close();
        rig = new PinRig(ChipModel.IBA7220, Quirk.TIDS_OUTLIVE_PINS);
        FakeSpace space = new FakeSpace().map(AT, 2);
        rig.spaces.put(1, space);
        OpenFile file = rig.start(1);
        OpenContext context = file.context();
        rig.tidUpdate(file, 2, AT);
        Pin pin = context.tids.get(0);
        MemorySegment payload = MemorySegment.ofArray(new long[8]);
        assertTrue(pin.target().store(8, payload, 0, 64));
        rig.tidFree(file, PinRig.bitmap(1));
        assertTrue(rig.unit.chip().tidValid(context.number, 1));
        rig.close(file);
        assertTrue(rig.unit.chip().tidValid(context.number, 0), "late");
        assertFalse(pin.target().store(8, payload, 0, 64));
        rig.unit.checkDeadlines(rig.nowNs + 100_000_000L);
        assertFalse(rig.unit.chip().tidValid(context.number, 0));
        assertNothingLeft();
    }

    @Test
    void shouldIgnoreBitsThatNameNothing() {
        OpenFile file = startWithPages(1, 4);
        rig.tidUpdate(file, 2, AT);
        assertEquals(36, rig.tidFree(file, PinRig.bitmap(5, 77, 511)).result());
        assertEquals(2, file.context().tids.used());
        assertEquals(36, rig.tidFree(file, filled()).result());
        assertEquals(36, rig.tidFree(file, filled()).result());
        assertEquals(0, file.context().tids.used());
        assertEquals(2, rig.count(DriverCounter.PAGE_UNLOCKS));
        rig.tidUpdate(file, 1, AT);
        String before = rig.state();
        for (int bytes : new int[] {0, 1, 63}) {
            assertRefused(Errno.EFAULT, before, rig.tidFree(file, new byte[bytes]));
        }
        assertEquals(36, rig.tidFree(file, Arrays.copyOf(filled(), 100)).result());
        rig.close(file);
        assertNothingLeft();

        rig.close();
        rig = new PinRig(ChipModel.IBA7220.toBuilder().tidCount(20).build());
        OpenFile few = startWithPages(1, 20);
        assertEquals(20, PinRig.tids(rig.tidUpdate(few, 20, AT)).length);
        assertEquals(36, rig.tidFree(few, PinRig.bitmap(20, 21, 300)).result());
        assertEquals(20, few.context().tids.used());
        rig.close(few);
        assertNothingLeft();
    }

    @Test
    void shouldKeepContextsApart() {
        OpenFile one = startWithPages(1, 2);
        OpenFile other = startWithPages(1, 2);
        rig.tidUpdate(one, 2, AT);
        rig.tidUpdate(other, 1, AT);
        assertNotEquals(one.context().tids.get(0).memory(), other.context().tids.get(0).memory());
        rig.tidFree(other, filled());
        assertEquals(2, one.context().tids.used());
        assertTrue(rig.unit.chip().tidValid(one.context().number, 0));
        assertFalse(rig.unit.chip().tidValid(other.context().number, 0));
        rig.close(one);
        rig.close(other);
        assertNothingLeft();
    }

    @Test
    void shouldTakeTidsBeforeTheContextIsInitialised() {
        OpenFile file = rig.open(1);
        String before = rig.state();
        assertRefused(Errno.EINVAL, before, rig.tidUpdate(file, 1, AT));
        rig.assign(file);
        rig.memCreate(file, 4 * PAGE);
        rig.memBind(file, 1, AT);
        assertArrayEquals(new int[] {0, 1}, PinRig.tids(rig.tidUpdate(file, 2, AT)));
        assertEquals(2 * PAGE, file.account().pinnedBytes());
        rig.tidFree(file, PinRig.bitmap(0));
        rig.initialise(file);
        assertFalse(rig.unit.chip().tidValid(file.context().number, 0));
        assertTrue(rig.unit.chip().tidValid(file.context().number, 1));
        assertArrayEquals(
                new int[] {0, 2}, PinRig.tids(rig.tidUpdate(file, 2, AT)), "cursor at 0 again");
        rig.close(file);
        assertNothingLeft();

        OpenFile never = rig.open(1);
        rig.assign(never);
        rig.memCreate(never, 4 * PAGE);
        rig.memBind(never, 1, AT);
        rig.tidUpdate(never, 2, AT);
        rig.close(never);
        assertNothingLeft();
    }

    @Test
    @Fidelity(56)
    void shouldLeaveNothingPinnedWhenAFileIsClosed() {
        OpenFile file = startWithPages(1, 8);
        int number = file.context().number;
        rig.tidUpdate(file, 8, AT);
        rig.memFree(file, 1);
        rig.close(file);
        assertNothingLeft();
        assertNull(file.account());
        for (int tid = 0; tid < TIDS; tid++) {
            assertFalse(rig.unit.chip().tidValid(number, tid));
        }
        OpenFile next = rig.start(2);
        assertEquals(number, next.context().number);
        assertEquals(0, next.context().tids.used());
        assertFalse(rig.unit.chip().tidValid(number, 0));
        rig.close(next);
    }

    @Test
    @Fidelity(48)
    void shouldLetTheChipKeepFreedTidsForAWhileIfTheQuirkIsWanted() {
        rig.close();
        rig = new PinRig(ChipModel.IBA7220, Quirk.TIDS_OUTLIVE_PINS);
        OpenFile file = startWithPages(1, 4);
        int number = file.context().number;
        rig.tidUpdate(file, 3, AT);
        UserMemory memory = file.context().memories.all().getFirst();
        rig.tidFree(file, PinRig.bitmap(0, 1, 2));
        rig.memFree(file, 1);
        assertEquals(0, file.account().pinnedPages());
        assertEquals(3, rig.count(DriverCounter.PAGE_UNLOCKS));
        for (int tid = 0; tid < 3; tid++) {
            assertTrue(rig.unit.chip().tidValid(number, tid));
        }
        assertTrue(memory.memory().scope().isAlive(), "what the chip writes to is nobody else's");
        assertEquals(rig.nowNs + 100_000_000L, rig.unit.nextDeadlineNs());
        rig.unit.checkDeadlines(rig.nowNs + 99_999_999L);
        assertTrue(rig.unit.chip().tidValid(number, 0));
        rig.unit.checkDeadlines(rig.nowNs + 100_000_000L);
        assertFalse(rig.unit.chip().tidValid(number, 0));
        assertFalse(memory.memory().scope().isAlive());
        assertEquals(Long.MAX_VALUE, rig.unit.nextDeadlineNs());
        rig.close(file);
        assertNothingLeft();
    }

    @Test
    @Fidelity(48)
    void shouldLetATidThatIsGivenOutAgainReplaceALateOne() {
        rig.close();
        rig =
                new PinRig(
                        ChipModel.IBA7220.toBuilder().tidCount(2).build(), Quirk.TIDS_OUTLIVE_PINS);
        OpenFile file = startWithPages(1, 4);
        int number = file.context().number;
        rig.tidUpdate(file, 2, AT);
        UserMemory old = file.context().memories.all().getFirst();
        rig.tidFree(file, PinRig.bitmap(0, 1));
        rig.memFree(file, 1);
        rig.memCreate(file, 4 * PAGE);
        rig.memBind(file, 2, AT);
        rig.tidUpdate(file, 1, AT);
        assertTrue(old.memory().scope().isAlive(), "TID 1 is late");
        rig.tidUpdate(file, 1, AT);
        assertFalse(old.memory().scope().isAlive());
        rig.unit.checkDeadlines(rig.nowNs + 100_000_000L);
        assertTrue(rig.unit.chip().tidValid(number, 0));
        assertTrue(rig.unit.chip().tidValid(number, 1));
        rig.close(file);
        rig.unit.checkDeadlines(rig.nowNs + 100_000_000L);
        assertNothingLeft();
    }

    @Test
    @Fidelity(48)
    void shouldKeepAClosedContextFromTheNextOwnerWhileTheChipHasLateTids() {
        rig.close();
        rig = new PinRig(ChipModel.IBA7220, Quirk.TIDS_OUTLIVE_PINS);
        OpenFile file = startWithPages(1, 4);
        OpenContext context = file.context();
        rig.tidUpdate(file, 3, AT);
        UserMemory memory = context.memories.all().getFirst();
        rig.close(file);
        assertNothingLeft();
        assertTrue(rig.unit.chip().tidValid(context.number, 0));
        assertTrue(memory.memory().scope().isAlive());
        OpenFile next = rig.start(2);
        assertEquals(context.number + 1, next.context().number);
        rig.unit.checkDeadlines(rig.nowNs + 100_000_000L);
        assertFalse(rig.unit.chip().tidValid(context.number, 0));
        assertFalse(memory.memory().scope().isAlive());
        OpenFile third = rig.start(3);
        assertEquals(context.number, third.context().number);
        rig.close(third);
        rig.close(next);

        rig.tidUpdate(startWithPages(4, 1), 1, AT); // the unit closes with late TIDs in it
    }
}
