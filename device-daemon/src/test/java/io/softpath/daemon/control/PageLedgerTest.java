package io.softpath.daemon.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.Fidelity;
import io.softpath.abi.control.AbiVersion;
import io.softpath.abi.control.BaseInfo;
import io.softpath.abi.control.Command;
import io.softpath.abi.control.CommandRecord;
import io.softpath.abi.control.ControlRecord;
import io.softpath.abi.control.PageAreaRecord;
import io.softpath.abi.control.PageBlockRecord;
import io.softpath.abi.control.PageEventRecord;
import io.softpath.abi.control.PageLedgerRecord;
import io.softpath.abi.control.UserInfo;
import io.softpath.abi.model.ChipModel;
import io.softpath.abi.region.RegionKind;
import io.softpath.daemon.chip.ChipIdentity;
import io.softpath.daemon.link.Fabric;
import io.softpath.daemon.region.MapRules;
import io.softpath.daemon.region.Region;
import io.softpath.ledger.Era;
import io.softpath.linux.CurrentProcess;
import io.softpath.linux.Limits;
import io.softpath.linux.MemlockLimit;
import io.softpath.linux.PeerCredentials;
import io.softpath.linux.PidFd;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.BiFunction;

/** The live ledger, under the requests of clients; processes and their page tables are made up. */
class PageLedgerTest {
    private static final int PID = 4711;
    private static final long PAGE = 4096;

    private final MemorySegment request =
            Arena.ofAuto().allocate(ControlRecord.MAX_REQUEST_BYTES, Long.BYTES);

    /** What page tables show, by file; null: they may not be looked at. */
    private Map<String, BitSet> tables = new HashMap<>();

    private int looks;
    private long nowNs;
    private long lookNs;
    private UnitDriver unit;
    private RequestHandler handler;

    private void start(ChipModel model, Era kernel, Quirk... quirks) {
        Fabric fabric = new Fabric();
        unit =
                new UnitDriver(
                        model,
                        new ChipIdentity(0, 1, 1),
                        fabric,
                        () -> 0,
                        new DriverOptions(0, 0, DriverOptions.TID_WINDOW_MS, Set.of(quirks))
                                .withKernel(kernel),
                        this::touched,
                        () -> nowNs,
                        () -> 1_000_000);
        fabric.attach(unit.chip());
        unit.linkUp();
        handler =
                new RequestHandler(
                        List.of(unit),
                        new MapRules(
                                Set.of(quirks).contains(Quirk.MMAP_ERA_MAIL)
                                        ? MapRules.Era.MAIL
                                        : MapRules.Era.LATE,
                                false),
                        CurrentProcess.uid(),
                        1_000_000,
                        n -> null,
                        new PinAccounts(
                                pid -> new MemlockLimit(Limits.Limit.UNLIMITED, false),
                                () -> nowNs),
                        file -> new FakeSpace(),
                        () -> 1_000_000);
    }

    private void start(Era kernel, Quirk... quirks) {
        start(ChipModel.IBA7220, kernel, quirks);
    }

    private Map<String, BitSet> touched(int pid, Set<String> files) {
        looks++;
        nowNs += lookNs;
        if (tables == null) {
            throw new UncheckedIOException(new IOException("no such process: " + pid));
        }
        Map<String, BitSet> found = new HashMap<>(tables);
        found.keySet().retainAll(files);
        return found;
    }

    @AfterEach
    void stop() {
        if (unit != null) {
            unit.close();
            unit = null;
        }
    }

    private OpenFile user() {
        return user(CurrentProcess.uid());
    }

    private OpenFile user(int uid) {
        OpenFile file =
                new OpenFile(
                        0,
                        new PeerCredentials(PID, uid, uid),
                        () -> PidFd.open(CurrentProcess.pid()),
                        0,
                        null);
        for (Command command : List.of(Command.ASSIGN_CONTEXT, Command.USER_INIT)) {
            CommandRecord.start(request, ControlRecord.WRITE_COMMAND, command);
            new UserInfo(AbiVersion.USER, 0, BaseInfo.BYTES, 0, 0, 0, 0, 0)
                    .write(request, ControlRecord.WRITE_COMMAND + CommandRecord.PAYLOAD);
            Answer answer = handle(file, ControlRecord.write(request, 0));
            assertEquals(command.consumedBytes(), answer.result(), answer.sentence());
        }
        return file;
    }

    private Answer handle(OpenFile file, int length) {
        return handler.handle(file, request, length);
    }

    private static int protection(RegionKind kind) {
        return switch (kind.access()) {
            case READ_ONLY -> ControlRecord.PROT_READ;
            case WRITE_ONLY -> ControlRecord.PROT_WRITE;
            case READ_WRITE -> ControlRecord.PROT_READ | ControlRecord.PROT_WRITE;
        };
    }

    private void map(OpenFile file, RegionKind kind) {
        Region region = file.context().region(kind);
        map(file, kind, region.bytes());
    }

    private void map(OpenFile file, RegionKind kind, long bytes) {
        Region region = file.context().region(kind);
        Answer answer =
                handle(
                        file,
                        ControlRecord.mmap(
                                request,
                                0,
                                region.token(),
                                bytes,
                                protection(kind),
                                ControlRecord.MAP_SHARED));
        assertFalse(answer.isRefusal(), answer::sentence);
    }

    private void unmap(OpenFile file, RegionKind kind) {
        Region region = file.context().region(kind);
        Answer answer =
                handle(file, ControlRecord.munmap(request, 0, region.token(), region.bytes()));
        assertFalse(answer.isRefusal(), answer::sentence);
    }

    private void mapAll(OpenFile file) {
        file.context().mappable().forEach(region -> map(file, region.kind()));
    }

    private BitSet tableOf(OpenFile file, RegionKind kind) {
        return tables.computeIfAbsent(
                kind.fileName(0, file.context().number), name -> new BitSet());
    }

    private PageLedgerRecord ledger() {
        return unit.pages().summary();
    }

    private PageBlockRecord block(int context, RegionKind kind) {
        List<PageBlockRecord> found =
                unit.pages().blocks().stream()
                        .filter(b -> b.context() == context && b.kind() == kind.number())
                        .toList();
        assertEquals(1, found.size(), found::toString);
        return found.getFirst();
    }

    private PageAreaRecord area(RegionKind kind) {
        nowNs += 1_000_000_000;
        return unit.pages().areas().stream()
                .filter(a -> a.kind() == kind.number())
                .findFirst()
                .orElseThrow();
    }

    private String events() {
        StringBuilder text = new StringBuilder();
        for (PageEventRecord event : unit.pages().events()) {
            text.append(event.text()).append('\n');
            text.append(event.wrong()).append('\n');
        }
        return text.toString();
    }

    // The driver of today.

    @Test
    void shouldKeepTheMemoryOfAContextAsTheLateDriverAllocatesIt() {
        start(Era.FROM_2_6_16);
        OpenFile file = user();
        int context = file.context().number;
        PageBlockRecord eager = block(context, RegionKind.RCVEGRBUFS);
        ChipModel model = unit.model();
        assertEquals(model.egrTotalBytes() / PAGE, eager.pages());
        assertEquals(3, eager.order());
        assertEquals(eager.pages() / 8, eager.blocks());
        assertEquals(1, eager.count());
        assertEquals(
                PageBlockRecord.COMPOUND | PageBlockRecord.CHIP | PageBlockRecord.HELD,
                eager.flags());
        PageBlockRecord queue = block(context, RegionKind.RCVHDRQ);
        assertTrue(queue.pages() * PAGE >= model.rcvHdrAllocBytes(), queue::toString);
        assertEquals(1, queue.blocks());
        assertEquals("vmalloc", block(context, RegionKind.SENDBUFSTATUS).memory());
        assertEquals(1, block(-1, RegionKind.PIOAVAIL).pages());
        assertEquals("2.6.16", ledger().kernel());
        assertEquals("late", ledger().driver());
        assertEquals(0, ledger().wrongs());
    }

    @Test
    void shouldHaveRemappedPagesInThePageTableAtOnceAndUncounted() {
        start(Era.FROM_2_6_16);
        OpenFile file = user();
        mapAll(file);
        PageAreaRecord eager = area(RegionKind.RCVEGRBUFS);
        assertEquals("remap_pfn_range", eager.method());
        assertEquals(eager.pages(), eager.touched());
        assertEquals(PageAreaRecord.AT_MMAP, eager.known());
        assertEquals("VM_IO VM_RESERVED VM_PFNMAP", eager.flags());
        assertEquals(PID, eager.pid());
        PageBlockRecord block = block(file.context().number, RegionKind.RCVEGRBUFS);
        assertEquals(1, block.count());
        assertEquals(block.pages(), block.entries());
        assertEquals("fault", area(RegionKind.SENDBUFSTATUS).method());
        assertEquals("io_remap_pfn_range", area(RegionKind.UREGS).method());
        assertEquals(0, area(RegionKind.UREGS).getsPages());
    }

    @Test
    void shouldHaveNothingLeftWhenTheOwnerIsGone() {
        for (Era era : Era.values()) {
            start(era);
            OpenFile file = user();
            mapAll(file);
            unit.close(file.context());
            assertEquals(1, ledger().pages(), era.label() + ": the avail page");
            assertEquals(0, ledger().lostPages(), era.label());
            assertEquals(0, ledger().wrongs(), () -> era.label() + "\n" + events());
            assertTrue(unit.pages().areas().isEmpty());
            assertEquals(1, block(-1, RegionKind.PIOAVAIL).count());
            stop();
        }
    }

    @Test
    void shouldUnmapWhatIsToldAndKeepTheRest() {
        start(Era.FROM_2_6_16);
        OpenFile file = user();
        map(file, RegionKind.RCVHDRQ);
        map(file, RegionKind.RCVHDRQ);
        map(file, RegionKind.RCVHDRQ, PAGE);
        assertEquals(3, unit.pages().areas().size());
        unmap(file, RegionKind.RCVHDRQ);
        assertEquals(2, unit.pages().areas().size());
        unmap(file, RegionKind.RCVHDRQ);
        assertEquals(1, unit.pages().areas().getFirst().pages());
        assertEquals(1, block(file.context().number, RegionKind.RCVHDRQ).entries());
    }

    @Test
    void shouldKeepOnlySoManyAreasOfAGreedyClient() {
        start(Era.FROM_2_6_16);
        OpenFile file = user();
        for (int i = 0; i < 1000; i++) {
            map(file, RegionKind.UREGS);
        }
        assertEquals(32, unit.pages().areas().size());
        for (int i = 0; i < 1000; i++) {
            unmap(file, RegionKind.UREGS);
        }
        assertEquals(0, unit.pages().areas().size());
        assertEquals(0, ledger().wrongs());
    }

    // First touches.

    @Test
    void shouldSeeTouchesInTheOwnersPageTable() {
        start(Era.FROM_2_6_16, Quirk.MMAP_ERA_MAIL);
        OpenFile file = user();
        mapAll(file);
        PageAreaRecord eager = area(RegionKind.RCVEGRBUFS);
        assertEquals("nopage", eager.method());
        assertEquals(0, eager.touched());
        assertEquals(PageAreaRecord.ASSUMED, eager.known());
        tableOf(file, RegionKind.RCVEGRBUFS).set(8);
        tableOf(file, RegionKind.PIOAVAIL).set(0);
        eager = area(RegionKind.RCVEGRBUFS);
        assertEquals(1, eager.touched());
        assertEquals(PageAreaRecord.SEEN, eager.known());
        assertEquals(0, eager.getsPages());
        PageAreaRecord avail = area(RegionKind.PIOAVAIL);
        assertEquals(1, avail.touched());
        assertEquals(1, avail.getsPages());
        assertEquals(2, block(-1, RegionKind.PIOAVAIL).count(), "nopage takes a reference");
        // What was seen once is not assumed at the end: page 8, the first of chunk 1, and no other.
        unit.close(file.context());
        assertTrue(
                events().contains("and puts context 1 eager chunk page 8; count 1 -> 0"), events());
        assertFalse(events().contains("and puts context 1 eager chunk page 0"), events());
    }

    @Test
    void shouldLookOnlyNowAndThenAndNotForLong() {
        start(Era.V2_6_15, Quirk.MMAP_ERA_MAIL);
        for (int i = 0; i < 4; i++) {
            mapAll(user());
        }
        looks = 0;
        lookNs = 600_000;
        nowNs += 1_000_000_000;
        unit.pages().areas();
        assertEquals(2, looks, "the second one uses up the time");
        unit.pages().blocks();
        unit.pages().events();
        assertEquals(2, looks, "too soon");
        nowNs += 5_000_000;
        unit.pages().summary();
        assertEquals(4, looks, "the other two");
        nowNs += 5_000_000;
        unit.pages().summary();
        assertEquals(4, looks, "all have been looked at");
        nowNs += 100_000_000;
        unit.pages().summary();
        assertEquals(6, looks);
    }

    @Test
    void shouldNotLookAtProcessesOfStrangers() {
        start(Era.FROM_2_6_16, Quirk.MMAP_ERA_MAIL);
        OpenFile file = user(CurrentProcess.uid() + 1);
        mapAll(file);
        tableOf(file, RegionKind.RCVHDRQ).set(0);
        assertEquals(PageAreaRecord.ASSUMED, area(RegionKind.RCVHDRQ).known());
        assertEquals(0, looks);
    }

    @Test
    void shouldAssumeThatEverythingWasTouchedWhereItCannotLook() {
        tables = null;
        start(Era.FROM_2_6_16, Quirk.MMAP_ERA_MAIL);
        OpenFile file = user();
        map(file, RegionKind.PIOAVAIL);
        assertEquals(PageAreaRecord.ASSUMED, area(RegionKind.PIOAVAIL).known());
        unmap(file, RegionKind.PIOAVAIL);
        assertTrue(events().contains("avail registers page 0: nopage takes a reference"), events());
        assertEquals(1, block(-1, RegionKind.PIOAVAIL).count());
        assertEquals(0, ledger().wrongs());
    }

    // The mail's driver.

    @Test
    @Fidelity(63)
    void shouldTellTheMailsStoryOn2615() {
        start(Era.V2_6_15, Quirk.MMAP_ERA_MAIL);
        OpenFile file = user();
        int context = file.context().number;
        assertEquals("posted", ledger().driver());
        PageBlockRecord eager = block(context, RegionKind.RCVEGRBUFS);
        assertEquals(1, eager.count());
        assertEquals(0, eager.lowest(), "tails have no count");
        assertEquals(
                PageBlockRecord.RESERVED | PageBlockRecord.CHIP | PageBlockRecord.HELD,
                eager.flags());
        mapAll(file);
        assertEquals(0, ledger().wrongs());
        unit.close(file.context());
        assertEquals(
                PageLedgerRecord.FREED_EARLY
                        | PageLedgerRecord.BAD_PAGE_STATE
                        | PageLedgerRecord.UNDERFLOW,
                ledger().wrongs(),
                this::events);
        String story = events();
        String firstPages = "64 of context 1 eager chunk pages 0-504; count 1 -> 0";
        assertTrue(story.contains(firstPages), story);
        assertTrue(
                story.contains("448 of context 1 eager chunk pages 1-511; count 0 -> -1"), story);
        assertTrue(story.contains("bad page state: PG_reserved is set"), story);
        assertEquals(1, block(-1, RegionKind.PIOAVAIL).count(), "that one was done right");
        PageBlockRecord lost = block(context, RegionKind.RCVEGRBUFS);
        assertEquals(PageBlockRecord.BROKEN, lost.flags());
        assertTrue(ledger().lostPages() > 0);
        // The next user of the context is served all the same.
        OpenFile next = user();
        mapAll(next);
        assertEquals(context, next.context().number);
    }

    @Test
    void shouldRunTheMailsDriverOnTheKernelItWasWrittenFor() {
        for (Era era : List.of(Era.UP_TO_2_6_14, Era.UP_TO_2_6_14_HUGETLB)) {
            start(era, Quirk.MMAP_ERA_MAIL);
            OpenFile file = user();
            mapAll(file);
            unit.close(file.context());
            assertEquals(0, ledger().wrongs(), this::events);
            assertEquals(1, ledger().pages());
            stop();
        }
    }

    @Test
    void shouldRememberOnlySoMuchOfWhatIsLost() {
        start(Era.V2_6_15, Quirk.MMAP_ERA_MAIL);
        long before = 0;
        for (int i = 0; i < 20; i++) {
            OpenFile file = user();
            mapAll(file);
            unit.close(file.context());
            assertTrue(ledger().lostPages() + ledger().withheldPages() > before, "round " + i);
            before = ledger().lostPages() + ledger().withheldPages();
        }
        int blocks = unit.pages().blocks().stream().mapToInt(PageBlockRecord::blocks).sum();
        assertEquals(512 + 1, blocks, "and the avail page");
    }

    // Pinned memory.

    @Test
    void shouldCountThePagesThatTidsPointAt() {
        try (PinRig rig = new PinRig(ChipModel.IBA7220)) {
            OpenFile file = rig.start(PID);
            assertEquals(1, rig.memCreate(file, 8 * PAGE).result());
            long address = 0x7000_0000_0000L;
            rig.memBind(file, 1, address);
            assertFalse(rig.tidUpdate(file, 3, address).isRefusal());
            assertFalse(rig.tidUpdate(file, 1, address + PAGE).isRefusal());
            List<PageBlockRecord> pinned =
                    rig.unit.pages().blocks().stream().filter(b -> b.kind() == -1).toList();
            assertEquals(2, pinned.size(), pinned::toString);
            PageBlockRecord once = pinned.getFirst();
            assertEquals(2, once.pages());
            assertEquals(2, once.count(), "the file's reference and one pin");
            PageBlockRecord twice = pinned.getLast();
            assertEquals(1, twice.pages());
            assertEquals(3, twice.count());
            assertEquals(2, twice.pins());
            assertEquals(3, rig.unit.pages().summary().pinnedPages());
            rig.memFree(file, 1);
            assertEquals(
                    1,
                    rig.unit.pages().blocks().stream()
                            .filter(b -> b.kind() == -1)
                            .mapToInt(PageBlockRecord::count)
                            .min()
                            .orElseThrow(),
                    "only the pin is left");
            rig.spaces.get(PID).map(address - 2 * PAGE, 2);
            assertFalse(rig.tidUpdate(file, 2, address - 2 * PAGE).isRefusal());
            PageBlockRecord ordinary =
                    rig.unit.pages().blocks().stream()
                            .filter(b -> b.name().equals("ordinary memory"))
                            .findFirst()
                            .orElseThrow();
            assertEquals(2, ordinary.pages());
            assertEquals(2, ordinary.count(), "the mapping's and the chip's");
        }
    }

    @Test
    void shouldCountOrdinaryPagesThatTidsPointAt() {
        try (PinRig rig = new PinRig(ChipModel.IBA7220)) {
            OpenFile file = rig.start(PID);
            long address = 0x7000_0000_0000L;
            rig.spaces.get(PID).map(address, 4);
            assertFalse(rig.tidUpdate(file, 4, address).isRefusal());
            List<PageBlockRecord> pinned =
                    rig.unit.pages().blocks().stream().filter(b -> b.kind() == -1).toList();
            assertEquals(1, pinned.size(), pinned::toString);
            assertEquals("ordinary memory", pinned.getFirst().name());
            assertEquals(4, pinned.getFirst().pages());
            assertEquals(2, pinned.getFirst().count());
            rig.tidFree(file, PinRig.bitmap(0, 1, 2, 3));
            assertEquals(0, rig.unit.pages().summary().pinnedPages());
        }
    }

    // Through the control channel.

    @Test
    void shouldAnswerInspect() {
        start(Era.FROM_2_6_16);
        OpenFile file = user();
        mapAll(file);
        List<PageLedgerRecord> ledgers =
                inspect(
                        ControlRecord.INSPECT_LEDGER,
                        PageLedgerRecord.BYTES,
                        PageLedgerRecord::read);
        assertEquals(List.of(ledger()), ledgers);
        assertEquals(
                unit.pages().blocks(),
                inspect(
                        ControlRecord.INSPECT_PAGE_BLOCKS,
                        PageBlockRecord.BYTES,
                        PageBlockRecord::read));
        assertEquals(
                unit.pages().areas(),
                inspect(
                        ControlRecord.INSPECT_PAGE_AREAS,
                        PageAreaRecord.BYTES,
                        PageAreaRecord::read));
        assertEquals(
                unit.pages().events(),
                inspect(
                        ControlRecord.INSPECT_PAGE_EVENTS,
                        PageEventRecord.BYTES,
                        PageEventRecord::read));
        ControlRecord.inspect(request, 0, 12, 0, 0);
        assertTrue(handle(file, ControlRecord.INSPECT_BYTES).sentence().contains("choose 1..11"));
    }

    private <T> List<T> inspect(int what, int bytes, BiFunction<MemorySegment, Long, T> read) {
        List<T> all = new ArrayList<>();
        int total;
        do {
            Answer answer = handle(null, ControlRecord.inspect(request, 0, what, 0, all.size()));
            total = answer.result();
            MemorySegment payload = MemorySegment.ofArray(answer.payload());
            for (long at = 0; at < payload.byteSize(); at += bytes) {
                all.add(read.apply(payload, at));
            }
        } while (all.size() < total);
        return all;
    }

    // Any order.

    @Test
    void shouldComeOutEvenWhateverUsersDoUnderTheRules() {
        long seed = Long.getLong("softpath.seed", 1);
        System.out.println("-Dsoftpath.seed=" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        for (Era era : Era.values()) {
            if (era.reservedPagesAreNotCounted()) {
                start(era, Quirk.MMAP_ERA_MAIL);
            } else {
                start(era);
            }
            List<OpenFile> users = new ArrayList<>();
            for (int step = 0; step < 400; step++) {
                nowNs += 200_000_000;
                randomStep(random, users);
                assertEquals(0, ledger().wrongs(), () -> "seed=" + seed + " " + era + events());
            }
            users.forEach(user -> unit.close(user.context()));
            assertEquals(1, ledger().pages(), "seed=" + seed + " " + era);
            assertEquals(1, block(-1, RegionKind.PIOAVAIL).count());
            assertEquals(0, block(-1, RegionKind.PIOAVAIL).entries());
            assertEquals(0, ledger().lostPages() + ledger().withheldPages());
            stop();
        }
    }

    private void randomStep(SplittableRandom random, List<OpenFile> users) {
        if (users.isEmpty() || random.nextInt(8) == 0 && users.size() < 5) {
            users.add(user());
            return;
        }
        OpenFile user = users.get(random.nextInt(users.size()));
        List<Region> regions = user.context().mappable();
        Region region = regions.get(random.nextInt(regions.size()));
        switch (random.nextInt(6)) {
            case 0, 1 -> map(user, region.kind());
            case 2 -> map(user, region.kind(), 1 + random.nextLong(region.bytes()));
            case 3 ->
                    handle(user, ControlRecord.munmap(request, 0, region.token(), region.bytes()));
            case 4 -> {
                BitSet table = tableOf(user, region.kind());
                for (int i = 0; i < 5; i++) {
                    table.set(random.nextInt((int) (region.bytes() / PAGE) + 1));
                }
            }
            default -> {
                users.remove(user);
                tables.clear();
                unit.close(user.context());
            }
        }
    }
}
