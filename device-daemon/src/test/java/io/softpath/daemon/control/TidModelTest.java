package io.softpath.daemon.control;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.Fidelity;
import io.softpath.abi.control.TidInfo;
import io.softpath.abi.model.ChipModel;
import io.softpath.abi.register.DriverCounter;
import io.softpath.daemon.LogCapture;
import io.softpath.daemon.region.UserMemory;
import io.softpath.error.Errno;
import io.softpath.linux.MemlockLimit;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Random histories of memory and TID requests of three files of two processes, against a model that
 * says what must come of each in the plainest words.
 */
class TidModelTest {
    private static final int HISTORIES = 150;
    private static final int STEPS = 120;
    private static final int TIDS = 24;
    private static final long PAGE = 4096;

    /** Addresses are so few that pieces meet, touch and overlap. */
    private static final int ADDRESS_PAGES = 32;

    /** A piece of memory as the model has it. */
    private static final class Piece {
        final int handle;
        final int pages;
        long address;
        boolean freed;

        Piece(int handle, int pages) {
            this.handle = handle;
            this.pages = pages;
        }
    }

    /** What a TID points at; the page of ordinary memory, without a piece, is of all of it. */
    private record Target(Piece piece, int page) {}

    /** A file and its context as the model has them. */
    private static final class File {
        final int pid;
        OpenFile real;
        final List<Piece> pieces = new ArrayList<>();
        final Target[] tids = new Target[TIDS];
        int cursor;
        int handles;

        File(int pid) {
            this.pid = pid;
        }

        Piece at(long address) {
            for (Piece piece : pieces) {
                if (!piece.freed
                        && piece.address != 0
                        && address >= piece.address
                        && address < piece.address + piece.pages * PAGE) {
                    return piece;
                }
            }
            return null;
        }

        Piece live(int handle) {
            for (Piece piece : pieces) {
                if (piece.handle == handle && !piece.freed) {
                    return piece;
                }
            }
            return null;
        }

        long pinned() {
            return Arrays.stream(tids).filter(t -> t != null).count();
        }

        long pinned(Piece piece, int page) {
            return Arrays.stream(tids).filter(new Target(piece, page)::equals).count();
        }

        void forgetUnused() {
            pieces.removeIf(piece ->
                    piece.freed
                            && Arrays.stream(tids).noneMatch(t -> t != null && t.piece() == piece));
        }
    }

    private final List<File> files = List.of(new File(1), new File(1), new File(2));
    private Random random;
    private PinRig rig;
    private boolean perCall;
    private long locks;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Fidelity({43, 44, 45, 46})
    void shouldDoWhatThePlainModelDoes(boolean limitPerCall) {
        try (LogCapture log = new LogCapture()) {
            compare(limitPerCall);
            assertTrue(
                    log.lines().stream()
                            .allMatch(line -> line.contains("going on with the maximum")),
                    () -> log.lines().toString());
        }
    }

    private void compare(boolean limitPerCall) {
        long seed = Long.getLong("softpath.seed", System.nanoTime());
        perCall = limitPerCall;
        ChipModel model = ChipModel.IBA7220.toBuilder().tidCount(TIDS).build();
        for (int history = 0; history < HISTORIES; history++) {
            random = new Random(seed + history);
            int step = 0;
            rig = perCall ? new PinRig(model, Quirk.MEMLOCK_PER_CALL) : new PinRig(model);
            try {
                locks = 0;
                rig.limits.put(1, new MemlockLimit((10 + random.nextInt(60)) * PAGE, false));
                rig.spaces.put(1, ordinary());
                rig.spaces.put(2, ordinary());
                files.forEach(this::open);
                for (; step < STEPS; step++) {
                    step(files.get(random.nextInt(files.size())));
                    assertSame();
                }
                files.forEach(this::close);
                assertSame();
                assertEquals(0, rig.accounts.size());
                assertEquals(locks, rig.count(DriverCounter.PAGE_UNLOCKS));
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError(
                        "seed=" + (seed + history) + " (as -Dsoftpath.seed) step=" + step, e);
            } finally {
                rig.close();
            }
        }
    }

    private FakeSpace ordinary() {
        return new FakeSpace().map(random.nextInt(ADDRESS_PAGES) * PAGE, random.nextInt(12));
    }

    private void open(File file) {
        file.real = rig.start(file.pid);
        file.pieces.clear();
        Arrays.fill(file.tids, null);
        file.cursor = 0;
        file.handles = 0;
    }

    private void close(File file) {
        rig.close(file.real);
        file.pieces.clear();
        Arrays.fill(file.tids, null);
    }

    private void step(File file) {
        switch (random.nextInt(12)) {
            case 0, 1 -> create(file);
            case 2, 3 -> bind(file);
            case 4 -> free(file);
            case 5, 6, 7, 8 -> update(file);
            case 9, 10 -> tidFree(file);
            default -> {
                if (random.nextInt(5) == 0) {
                    close(file);
                    open(file);
                }
            }
        }
    }

    private long registered(int pid) {
        return files.stream()
                .filter(f -> f.pid == pid)
                .flatMap(f -> f.pieces.stream())
                .mapToLong(p -> p.pages)
                .sum();
    }

    private long pinned(int pid) {
        return files.stream().filter(f -> f.pid == pid).mapToLong(File::pinned).sum();
    }

    private boolean tooMuch(int pid, long pages) {
        return rig.limits.containsKey(pid) && pages * PAGE > rig.limits.get(pid).softBytes();
    }

    private static void assertResult(int expected, Answer answer) {
        assertEquals(expected, answer.result(), answer.sentence());
    }

    private static int refused(Errno errno) {
        return -errno.number();
    }

    private void create(File file) {
        int pages = 1 + random.nextInt(6);
        Answer answer = rig.memCreate(file.real, pages * PAGE - random.nextInt(4096));
        if (tooMuch(file.pid, registered(file.pid) + pages)) {
            assertResult(refused(Errno.ENOMEM), answer);
        } else {
            assertResult(++file.handles, answer);
            file.pieces.add(new Piece(file.handles, pages));
        }
    }

    private int anyHandle(File file) {
        return random.nextInt(file.handles + 2);
    }

    private void bind(File file) {
        int handle = anyHandle(file);
        long address = random.nextInt(6) == 0 ? 0 : (1 + random.nextInt(ADDRESS_PAGES)) * PAGE;
        Answer answer = rig.memBind(file.real, handle, address);
        Piece piece = file.live(handle);
        if (piece == null || address != 0 && meetsAnother(file, piece, address)) {
            assertResult(refused(Errno.EINVAL), answer);
        } else {
            assertResult(0, answer);
            piece.address = address;
        }
    }

    private static boolean meetsAnother(File file, Piece piece, long address) {
        for (int page = 0; page < piece.pages; page++) {
            Piece there = file.at(address + page * PAGE);
            if (there != null && there != piece) {
                return true;
            }
        }
        return false;
    }

    private void free(File file) {
        int handle = anyHandle(file);
        Answer answer = rig.memFree(file.real, handle);
        Piece piece = file.live(handle);
        if (piece == null) {
            assertResult(refused(Errno.EINVAL), answer);
        } else {
            assertResult(0, answer);
            piece.freed = true;
            file.forgetUnused();
        }
    }

    private void update(File file) {
        int count = random.nextInt(5) == 0 ? random.nextInt(TIDS + 3) : random.nextInt(6);
        long vaddr = random.nextInt(ADDRESS_PAGES * 4096 + 8192);
        if (random.nextInt(20) == 0) {
            vaddr = random.nextLong();
        }
        long list = random.nextInt(15) == 0 ? 0 : 0x1000;
        Answer answer = rig.tidUpdate(file.real, new TidInfo(count, vaddr, list, 0x2000));
        count = Math.min(count, TIDS);
        if (count == 0 || vaddr < 0 || vaddr > (1L << 47) - count * PAGE) {
            assertResult(refused(Errno.EFAULT), answer);
            return;
        }
        if (tooMuch(file.pid, perCall ? count : pinned(file.pid) + count)) {
            assertResult(refused(Errno.ENOMEM), answer);
            return;
        }
        List<Target> targets = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long page = vaddr / PAGE + i;
            Piece piece = file.at(page * PAGE);
            if (piece != null) {
                targets.add(new Target(piece, (int) (page - piece.address / PAGE)));
            } else if (rig.spaces.get(file.pid).pages.contains(page * PAGE)) {
                targets.add(new Target(null, (int) page));
            } else {
                assertResult(refused(Errno.EFAULT), answer);
                return;
            }
        }
        List<Integer> free = new ArrayList<>();
        for (int i = 0; i < TIDS; i++) {
            int tid = (file.cursor + i) % TIDS;
            if (file.tids[tid] == null) {
                free.add(tid);
            }
        }
        if (free.size() < count) {
            assertResult(refused(Errno.ENOMEM), answer);
        } else if (list == 0) {
            assertResult(refused(Errno.EFAULT), answer);
        } else {
            int[] expected = free.stream().limit(count).mapToInt(t -> t).toArray();
            assertArrayEquals(expected, PinRig.tids(answer));
            for (int i = 0; i < count; i++) {
                file.tids[expected[i]] = targets.get(i);
            }
            file.cursor = (expected[count - 1] + 1) % TIDS;
            locks += count;
        }
    }

    private void tidFree(File file) {
        byte[] bitmap = new byte[TidInfo.BITMAP_BYTES];
        random.nextBytes(bitmap);
        if (random.nextBoolean()) {
            for (int i = 0; i < bitmap.length; i++) {
                bitmap[i] &= (byte) random.nextInt(256);
            }
        }
        assertResult(36, rig.tidFree(file.real, bitmap));
        for (int tid = 0; tid < TIDS; tid++) {
            if ((bitmap[tid / 8] >> tid % 8 & 1) != 0) {
                file.tids[tid] = null;
            }
        }
        file.forgetUnused();
    }

    private void assertSame() {
        long pieces = 0;
        long bytes = 0;
        for (File file : files) {
            OpenContext context = file.real.context();
            if (context == null) {
                continue;
            }
            assertEquals(file.cursor, context.tids.cursor(), "cursor");
            assertEquals(file.pinned(), context.tids.used(), "used");
            List<UserMemory> real = context.memories.all();
            assertEquals(file.pieces.size(), real.size(), "pieces");
            for (int i = 0; i < real.size(); i++) {
                assertPiece(file, file.pieces.get(i), real.get(i));
                pieces++;
                bytes += real.get(i).bytes();
            }
            for (int tid = 0; tid < TIDS; tid++) {
                assertTid(file, tid);
            }
            PinAccount account = file.real.account();
            if (account != null) {
                assertEquals(registered(file.pid) * PAGE, account.registeredBytes());
                assertEquals(pinned(file.pid), account.pinnedPages());
            } else {
                assertTrue(file.pieces.isEmpty());
            }
        }
        assertEquals(pieces, rig.count(DriverCounter.MEM_REGIONS));
        assertEquals(bytes, rig.count(DriverCounter.MEM_BYTES));
        assertEquals(locks, rig.count(DriverCounter.PAGE_LOCKS));
        assertEquals(
                locks - pinned(1) - pinned(2), rig.count(DriverCounter.PAGE_UNLOCKS), "unlocks");
    }

    private static void assertPiece(File file, Piece piece, UserMemory real) {
        assertEquals(piece.handle, real.handle());
        assertEquals(piece.pages * PAGE, real.bytes());
        assertEquals(piece.freed, real.freed());
        assertEquals(piece.freed ? 0 : piece.address, real.address());
        assertTrue(real.memory().scope().isAlive());
        long all = 0;
        for (int page = 0; page < piece.pages; page++) {
            assertEquals(file.pinned(piece, page), real.pins(page), "pins of page " + page);
            all += real.pins(page);
        }
        assertEquals(all, real.pins());
    }

    private void assertTid(File file, int tid) {
        OpenContext context = file.real.context();
        Target target = file.tids[tid];
        Pin pin = context.tids.get(tid);
        assertEquals(target != null, pin != null, "tid " + tid);
        assertEquals(target != null, rig.unit.chip().tidValid(context.number, tid));
        if (target != null) {
            assertEquals(target.piece() == null, pin.isOrdinary());
            if (target.piece() == null) {
                assertEquals(target.page() * PAGE, pin.address());
            } else {
                assertEquals(target.piece().handle, pin.memory().handle());
                assertEquals(target.page(), pin.page());
            }
        }
    }
}
