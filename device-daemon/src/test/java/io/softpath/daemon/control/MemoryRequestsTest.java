package io.softpath.daemon.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.control.Command;
import io.softpath.abi.control.ControlRecord;
import io.softpath.abi.model.ChipModel;
import io.softpath.abi.register.DriverCounter;
import io.softpath.error.Errno;
import io.softpath.linux.CurrentProcess;
import io.softpath.linux.Limits;
import io.softpath.linux.MemlockLimit;
import io.softpath.linux.PeerCredentials;
import io.softpath.linux.PidFd;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

class MemoryRequestsTest {
    private static final long PAGE = 4096;
    private static final long END = 1L << 47;

    private final PinRig rig = new PinRig(ChipModel.IBA7220);

    @AfterEach
    void close() {
        rig.close();
    }

    private static void assertRefused(Errno errno, Answer answer) {
        assertEquals(-errno.number(), answer.result(), answer.sentence());
        assertTrue(answer.sentence().contains("="), answer.sentence());
        assertNull(answer.file());
    }

    private void assertNothing() {
        assertEquals(0, rig.count(DriverCounter.MEM_REGIONS));
        assertEquals(0, rig.count(DriverCounter.MEM_BYTES));
        assertEquals(0, rig.accounts.size());
    }

    private static long mappings() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
            return lines.filter(line -> line.matches(".*memfd:softpath:u0c\\d+:mem.*")).count();
        }
    }

    private static long descriptors() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            return files.count();
        }
    }

    @Test
    void shouldMakeWholePagesAndChargeThem() throws IOException {
        OpenFile file = rig.start(1);
        long opened = descriptors();
        Answer answer = rig.memCreate(file, PAGE + 1);
        assertEquals(1, answer.result(), answer.sentence());
        assertEquals(2 * PAGE, answer.payload()[1] << 8);
        assertEquals(2 * PAGE, file.account().registeredBytes());
        assertEquals(1, rig.count(DriverCounter.MEM_REGIONS));
        assertEquals(2 * PAGE, rig.count(DriverCounter.MEM_BYTES));
        assertEquals(1, mappings());
        assertEquals(opened, descriptors(), "none of the memory");
        assertEquals(2, rig.memCreate(file, 1).result());
        assertEquals(0, rig.memFree(file, 1).result());
        assertEquals(3, rig.memCreate(file, 1).result(), "no handle comes twice");
        rig.close(file);
        assertNothing();
        assertEquals(0, mappings());
    }

    @Test
    void shouldNeedAContextButNotItsInitialisation() {
        OpenFile file = rig.open(1);
        assertRefused(Errno.EINVAL, rig.memCreate(file, 1));
        assertRefused(Errno.EINVAL, rig.memBind(file, 1, PAGE));
        assertRefused(Errno.EINVAL, rig.memFree(file, 1));
        assertNull(file.account());
        rig.assign(file);
        assertEquals(1, rig.memCreate(file, 1).result());
        rig.close(file);
        assertNothing();
    }

    @Test
    void shouldRefuseSizesThatMakeNoSense() {
        OpenFile file = rig.start(1);
        for (long bytes : new long[] {0, -1, Long.MIN_VALUE, Long.MAX_VALUE, (1L << 38) + 1}) {
            assertRefused(Errno.EINVAL, rig.memCreate(file, bytes));
        }
        assertEquals(1, rig.memCreate(file, 1L << 38).result());
        assertEquals(1L << 38, rig.count(DriverCounter.MEM_BYTES));
        rig.close(file);
        assertNothing();
    }

    /** Whatever the memlock limit: what is registered is mapped in the daemon, used or not. */
    @Test
    void shouldLeaveAddressesOfTheDaemonToOthers() {
        OpenFile file = rig.start(1);
        long half = UserMemories.MAX_TOTAL_BYTES / 2;
        assertEquals(1, rig.memCreate(file, half).result());
        assertEquals(2, rig.memCreate(file, half - PAGE).result());
        assertEquals(3, rig.memCreate(file, 1).result(), "to the last page");
        Answer answer = rig.memCreate(file, 1);
        assertRefused(Errno.ENOMEM, answer);
        assertTrue(answer.sentence().contains("limit=274877906944"), answer.sentence());
        assertEquals(2 * half, file.account().registeredBytes(), "nothing charged");
        OpenFile other = rig.start(1);
        assertEquals(1, rig.memCreate(other, 2 * half).result(), "each context has its own");
        assertEquals(0, rig.memFree(file, 1).result());
        assertEquals(4, rig.memCreate(file, half).result());
        rig.close(file);
        rig.close(other);
        assertNothing();
    }

    @Test
    void shouldRefuseTooManyPieces() {
        OpenFile file = rig.start(1);
        for (int i = 1; i <= UserMemories.MAX_PIECES; i++) {
            assertEquals(i, rig.memCreate(file, 1).result());
        }
        Answer answer = rig.memCreate(file, 1);
        assertRefused(Errno.ENOMEM, answer);
        assertTrue(answer.sentence().contains("limit=256"), answer.sentence());
        assertEquals(0, rig.memFree(file, 7).result());
        assertEquals(257, rig.memCreate(file, 1).result());
        rig.close(file);
        assertNothing();
    }

    @Test
    void shouldHoldAProcessToItsLimitOverAllItsFiles() {
        rig.limits.put(1, new MemlockLimit(4 * PAGE + 1, false));
        OpenFile first = rig.start(1);
        OpenFile second = rig.start(1);
        OpenFile other = rig.start(2);
        assertEquals(1, rig.memCreate(first, 2 * PAGE).result());
        assertEquals(1, rig.memCreate(second, 2 * PAGE).result());
        assertSame(first.account(), second.account());
        Answer answer = rig.memCreate(second, 1);
        assertRefused(Errno.ENOMEM, answer);
        for (String fact :
                new String[] {
                    "bytes=4096",
                    "registered=16384",
                    "limit=16385",
                    "pid=1",
                    "ulimit -l 20",
                    "limits.conf",
                    "LimitMEMLOCK",
                    "CAP_IPC_LOCK"
                }) {
            assertTrue(answer.sentence().contains(fact), fact + " in: " + answer.sentence());
        }
        assertEquals(2, rig.count(DriverCounter.MEM_REGIONS));
        assertEquals(1, rig.memCreate(other, 100 * PAGE).result());
        rig.close(first);
        assertEquals(
                2, rig.memCreate(second, PAGE).result(), "what a closed file had counts no more");
        rig.close(second);
        rig.close(other);
        assertNothing();
    }

    @Test
    void shouldLookAtTheLimitAgainBeforeItRefuses() {
        rig.limits.put(1, new MemlockLimit(PAGE, false));
        OpenFile file = rig.start(1);
        assertEquals(1, rig.memCreate(file, 1).result());
        assertRefused(Errno.ENOMEM, rig.memCreate(file, 1));
        rig.limits.put(1, new MemlockLimit(0, true));
        assertEquals(2, rig.memCreate(file, PAGE).result(), "CAP_IPC_LOCK");
        rig.limits.put(1, new MemlockLimit(Limits.Limit.UNLIMITED, false));
        assertEquals(3, rig.memCreate(file, PAGE).result());
        rig.limits.put(1, new MemlockLimit(0, false));
        rig.nowNs += TimeUnit.SECONDS.toNanos(1);
        assertRefused(Errno.ENOMEM, rig.memCreate(file, 1));
        rig.close(file);
        assertNothing();
    }

    @Test
    void shouldTakeItsOwnLimitForAProcessThatItCannotSee() {
        OpenFile file = rig.start(PinRig.HIDDEN);
        assertEquals(1, rig.memCreate(file, 1).result());
        assertEquals(MemlockLimit.own(), file.account().limit());
        rig.close(file);
        assertNothing();
    }

    @Test
    void shouldBindAtWholePagesOfUserAddressesOnly() {
        OpenFile file = rig.start(1);
        rig.memCreate(file, 2 * PAGE);
        for (long address :
                new long[] {1, PAGE - 1, PAGE + 8, -PAGE, Long.MIN_VALUE, END, END - PAGE}) {
            assertRefused(Errno.EINVAL, rig.memBind(file, 1, address));
        }
        assertNull(file.context().memories.at(PAGE));
        assertEquals(0, rig.memBind(file, 1, END - 2 * PAGE).result());
        assertEquals(0, rig.memBind(file, 1, 16 * PAGE).result(), "it may move");
        assertNull(file.context().memories.at(END - 1));
        assertRefused(Errno.EINVAL, rig.memBind(file, 2, PAGE));
        assertRefused(Errno.EINVAL, rig.memBind(file, 0, PAGE));
        assertRefused(Errno.EINVAL, rig.memBind(file, -1, PAGE));
        assertEquals(16L * PAGE, file.context().memories.at(18 * PAGE - 1).address());
        assertNull(file.context().memories.at(18 * PAGE));
        assertNull(file.context().memories.at(16 * PAGE - 1));
        assertEquals(0, rig.memBind(file, 1, 0).result());
        assertNull(file.context().memories.at(16 * PAGE));
        assertEquals(0, rig.memBind(file, 1, 0).result());
        rig.close(file);
    }

    @Test
    void shouldRefuseToBindTwoPiecesAtOneAddress() {
        OpenFile file = rig.start(1);
        rig.memCreate(file, 4 * PAGE);
        rig.memCreate(file, 2 * PAGE);
        assertEquals(0, rig.memBind(file, 1, 8 * PAGE).result());
        for (long page : new long[] {7, 8, 9, 10, 11}) {
            assertRefused(Errno.EINVAL, rig.memBind(file, 2, page * PAGE));
        }
        assertEquals(0, rig.memBind(file, 2, 12 * PAGE).result());
        assertEquals(0, rig.memBind(file, 2, 6 * PAGE).result());
        assertEquals(0, rig.memBind(file, 1, 9 * PAGE).result(), "over where it was itself");
        assertRefused(Errno.EINVAL, rig.memBind(file, 1, 7 * PAGE));
        assertEquals(9L * PAGE, file.context().memories.at(9 * PAGE).address());
        assertEquals(0, rig.memFree(file, 2).result());
        assertEquals(0, rig.memBind(file, 1, 7 * PAGE).result());
        rig.close(file);
    }

    @Test
    void shouldFreeOnce() {
        OpenFile file = rig.start(1);
        rig.memCreate(file, 1);
        rig.memBind(file, 1, PAGE);
        assertRefused(Errno.EINVAL, rig.memFree(file, 2));
        assertEquals(0, rig.memFree(file, 1).result());
        assertNull(file.context().memories.at(PAGE));
        assertRefused(Errno.EINVAL, rig.memFree(file, 1));
        assertRefused(Errno.EINVAL, rig.memBind(file, 1, PAGE));
        assertEquals(0, file.account().registeredBytes());
        rig.close(file);
        assertNothing();
    }

    @Test
    void shouldChargeNobodyForTheDead() throws Exception {
        Process child = new ProcessBuilder("sleep", "60").start();
        OpenFile file =
                new OpenFile(
                        0,
                        new PeerCredentials((int) child.pid(), 1000, 1000),
                        () -> PidFd.open((int) child.pid()),
                        0,
                        null);
        rig.assign(file);
        assertEquals(1, rig.memCreate(file, 1).result());
        PinAccount ofTheDead = file.account();
        child.destroyForcibly().waitFor();
        assertRefused(Errno.ESRCH, rig.memCreate(file, 1));

        OpenFile samePid =
                new OpenFile(0, file.peer(), () -> PidFd.open(CurrentProcess.pid()), 0, null);
        rig.assign(samePid);
        assertEquals(1, rig.memCreate(samePid, 1).result());
        assertTrue(
                ofTheDead != samePid.account(), "another process, though the number is the same");
        rig.close(file);
        assertEquals(2, rig.memCreate(samePid, 1).result());
        assertEquals(2 * PAGE, samePid.account().registeredBytes());
        rig.close(samePid);
        assertNothing();
    }

    @Test
    void shouldRefuseShortRequests() {
        OpenFile file = rig.start(1);
        rig.startCommand(Command.CTXT_INFO);
        for (int kind :
                new int[] {
                    ControlRecord.MEM_CREATE, ControlRecord.MEM_BIND, ControlRecord.MEM_FREE
                }) {
            ControlRecord.start(rig.startCommand(Command.CTXT_INFO), kind, 0);
            assertRefused(Errno.EINVAL, rig.handle(file, ControlRecord.MEM_FREE_BYTES - 1));
        }
        rig.close(file);
        assertNothing();
    }
}
