package io.softpath.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.Fidelity;
import io.softpath.abi.region.DriverMapping;
import io.softpath.abi.region.RegionKind;
import io.softpath.abi.region.VmFlag;

import org.junit.jupiter.api.Test;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** The rules one by one, and the counts of March 2006. */
class LedgerTest {
    private static final Set<VmFlag> MAIL_WINDOW = posted(RegionKind.UREGS);
    private static final Set<VmFlag> MAIL_MEMORY = posted(RegionKind.RCVHDRQ);

    private final EventLog log = new EventLog(1_000);
    private Ledger ledger;
    private AddressSpace hello;
    private DriverFile file;

    private static Set<VmFlag> posted(RegionKind kind) {
        return DriverMapping.of(DriverMapping.Driver.POSTED, kind).orElseThrow().set();
    }

    private void on(Era era) {
        ledger = new Ledger(era, log);
        hello = ledger.process("hello");
        file = ledger.open("the device file", true);
    }

    private Block chunk(int order, boolean compound) {
        Block block = ledger.allocate(MemoryKind.PAGES, "eager chunk", 0, order, compound);
        ledger.own(file, block);
        return block;
    }

    private Area map(MapMethod method, boolean getPage, Set<VmFlag> flags, Block... blocks) {
        return ledger.map(
                hello, AreaRequest.of("area", method, getPage, flags, List.of(blocks), file));
    }

    private Area nopage(boolean getPage, Block... blocks) {
        return map(MapMethod.NOPAGE, getPage, MAIL_MEMORY, blocks);
    }

    private void touchAll(Area area) {
        for (int page = 0; page < area.pages(); page++) {
            ledger.touch(area, page, false);
        }
    }

    // The counts as they were worked out on the list.

    @Test
    @Fidelity(63)
    void shouldCountACompoundBlockBackToOneOn2616() {
        on(Era.FROM_2_6_16);
        Block block = chunk(3, true);
        Area area = nopage(true, block);
        assertEquals(1, block.frame(0).count());
        touchAll(area);
        assertEquals(9, block.frame(0).count());
        ledger.munmap(area);
        assertEquals(1, block.frame(0).count());
        ledger.free(block);
        assertEquals(0, block.frame(0).count());
        assertEquals(0, block.outstanding());
        assertTrue(ledger.blocks().isEmpty());
        assertEquals(Set.of(), log.violations());
    }

    @Test
    @Fidelity(63)
    void shouldLoseSevenReferencesOfACompoundBlockOn2615() {
        on(Era.V2_6_15);
        Block block = chunk(3, true);
        Area area = nopage(true, block);
        touchAll(area);
        assertEquals(9, block.frame(0).count());
        ledger.munmap(area);
        assertEquals(8, block.frame(0).count());
        ledger.free(block);
        assertEquals(7, block.frame(0).count());
        assertEquals(8, ledger.audit());
        assertEquals(Set.of(Violation.LEAK), log.violations());
    }

    @Test
    @Fidelity(63)
    void shouldFreeTheTailsOfABlockWithoutTheCompoundFlag() {
        on(Era.FROM_2_6_16);
        Block block = chunk(3, false);
        Area area = nopage(true, block);
        assertEquals(List.of(1, 0, 0, 0, 0, 0, 0, 0), block.counts());
        touchAll(area);
        assertEquals(List.of(2, 1, 1, 1, 1, 1, 1, 1), block.counts());
        ledger.munmap(area);
        assertEquals(List.of(1, 0, 0, 0, 0, 0, 0, 0), block.counts());
        assertEquals(1, block.outstanding());
        assertEquals(Set.of(Violation.FREED_EARLY), log.violations());
        ledger.free(block);
        long again =
                log.events().stream()
                        .flatMap(e -> e.wrongs().stream())
                        .filter(w -> w.violation() == Violation.DOUBLE_FREE)
                        .count();
        assertEquals(1, again, "one event for pages 1-7");
        assertEquals(7, log.events().getLast().lastPage() - log.events().getLast().firstPage() + 1);
    }

    @Test
    @Fidelity(63)
    void shouldRunBelowZeroWithoutGetPage() {
        on(Era.FROM_2_6_16);
        Block block = chunk(3, false);
        ledger.setReserved(block);
        Area area = nopage(false, block);
        touchAll(area);
        assertEquals(List.of(1, 0, 0, 0, 0, 0, 0, 0), block.counts());
        ledger.munmap(area);
        assertEquals(List.of(0, -1, -1, -1, -1, -1, -1, -1), block.counts());
        assertEquals(Frame.State.WITHHELD, block.frame(0).state());
        assertEquals(
                Set.of(Violation.FREED_EARLY, Violation.BAD_PAGE_STATE, Violation.UNDERFLOW),
                log.violations());
    }

    // R1, R2.

    @Test
    void shouldNotCountReservedPagesUpTo2614() {
        on(Era.UP_TO_2_6_14);
        Block block = chunk(3, false);
        ledger.setReserved(block);
        Area area = nopage(false, block);
        touchAll(area);
        AddressSpace child = ledger.fork(hello, "child");
        assertTrue(child.areas().isEmpty(), "VM_DONTCOPY");
        ledger.munmap(area);
        assertEquals(List.of(1, 0, 0, 0, 0, 0, 0, 0), block.counts());
        ledger.free(block);
        assertEquals(8, block.outstanding(), "a free of reserved pages does nothing");
        assertEquals(Set.of(), log.violations());
    }

    @Test
    void shouldPutUnreservedPagesUpTo2614() {
        on(Era.UP_TO_2_6_14);
        Block block = chunk(0, false);
        Area area = nopage(true, block);
        touchAll(area);
        assertEquals(2, block.frame(0).count());
        ledger.munmap(area);
        assertEquals(1, block.frame(0).count());
    }

    @Test
    void shouldIgnoreTheCompoundFlagWithoutHugetlbUpTo2614() {
        on(Era.UP_TO_2_6_14);
        assertFalse(chunk(3, true).compound());
        on(Era.UP_TO_2_6_14_HUGETLB);
        assertTrue(chunk(3, true).compound());
        assertFalse(chunk(0, true).compound(), "one page is nothing to compound");
    }

    // R4.

    @Test
    void shouldKeepAReservedPageOutOfUseFrom2615() {
        on(Era.V2_6_15);
        Block block = chunk(0, false);
        ledger.setReserved(block);
        ledger.free(block);
        assertEquals(Frame.State.WITHHELD, block.frame(0).state());
        assertEquals(Set.of(Violation.BAD_PAGE_STATE), log.violations());
        assertEquals(0, ledger.audit(), "withheld, not leaked");
        assertTrue(ledger.blocks().contains(block));
    }

    // R8.

    @Test
    void shouldRunReleaseOnlyAfterTheLastUnmap() {
        on(Era.FROM_2_6_16);
        Block block = chunk(2, true);
        ledger.startDma(block);
        Area area = map(MapMethod.REMAP_PFN_RANGE, false, Set.of(VmFlag.DONTEXPAND), block);
        assertTrue(area.flags().contains(VmFlag.PFNMAP));
        assertEquals(4, area.touched());
        AddressSpace child = ledger.fork(hello, "child");
        ledger.exit(hello);
        ledger.close(file);
        assertTrue(block.held());
        assertTrue(block.frame(0).isDmaTarget());
        ledger.munmap(child.areas().getFirst(), 0, 3);
        assertTrue(file.alive());
        ledger.exit(child);
        assertFalse(file.alive());
        assertEquals(0, block.outstanding());
        assertEquals(Set.of(), log.violations());
    }

    @Test
    void shouldCallItEarlyIfTheDriverFreesWhatIsRemapped() {
        on(Era.FROM_2_6_16);
        Block block = chunk(0, false);
        map(MapMethod.REMAP_PFN_RANGE, false, Set.of(), block);
        ledger.free(block);
        assertEquals(Set.of(Violation.FREED_EARLY), log.violations());
        assertTrue(
                log.events().getLast().sentences().getLast().contains("a process has it mapped"));
    }

    @Test
    void shouldLeaveHolesForUnreservedMemoryUpTo2614() {
        on(Era.UP_TO_2_6_14);
        Block block = chunk(1, false);
        block.frame(1).reserved = true;
        Area area = map(MapMethod.REMAP_PFN_RANGE, false, Set.of(), block);
        assertFalse(ledger.touch(area, 0, false));
        assertTrue(ledger.touch(area, 1, false));
        assertEquals(Set.of(Violation.HOLE), log.violations());
        ledger.munmap(area);
        assertEquals(List.of(1, 0), block.counts());
    }

    @Test
    void shouldKnowNoPagesOfDeviceMemory() {
        on(Era.FROM_2_6_16);
        Area area = map(MapMethod.IO_REMAP, false, MAIL_WINDOW, ledger.device("user registers", 1));
        assertTrue(ledger.touch(area, 0, true));
        assertNull(area.frame(0));
        ledger.munmap(area);
        assertEquals(Set.of(), log.violations());
    }

    // R9.

    @Test
    void shouldInsertCountedPagesAndUndoWhenATailIsRefused() {
        on(Era.V2_6_15);
        Block page = chunk(0, false);
        Area area = map(MapMethod.VM_INSERT_PAGE, false, Set.of(), page);
        assertEquals(2, page.frame(0).count());
        ledger.munmap(area);
        assertEquals(1, page.frame(0).count());
        Block block = chunk(1, false);
        assertNull(map(MapMethod.VM_INSERT_PAGE, false, Set.of(), block));
        assertEquals(List.of(1, 0), block.counts());
        assertTrue(hello.areas().isEmpty());
        assertEquals(Set.of(Violation.REFUSED), log.violations());
    }

    @Test
    void shouldHaveNoSuchCallInOlderKernels() {
        for (MapMethod method : List.of(MapMethod.VM_INSERT_PAGE, MapMethod.FAULT)) {
            on(Era.RC1_2_6_15);
            assertNull(map(method, true, Set.of(), chunk(0, false)));
            assertTrue(log.violations().contains(Violation.NO_SUCH_CALL));
        }
    }

    // R10.

    @Test
    void shouldPutNothingForReservedAreasInRc1Only() {
        for (Era era : List.of(Era.RC1_2_6_15, Era.V2_6_15)) {
            on(era);
            Block block = chunk(0, false);
            Area area = map(MapMethod.NOPAGE, true, Set.of(VmFlag.RESERVED), block);
            touchAll(area);
            ledger.munmap(area);
            assertEquals(era == Era.RC1_2_6_15 ? 2 : 1, block.frame(0).count(), era.label());
        }
    }

    // R11.

    @Test
    void shouldNotAskForCountsInTheSlab() {
        on(Era.FROM_2_6_16);
        Block block = ledger.allocate(MemoryKind.SLAB, "buffer", 0, 0, false);
        Area area = map(MapMethod.NOPAGE, true, Set.of(), block);
        Pin pin = ledger.pin(area, 0, "direct I/O");
        ledger.munmap(area);
        assertEquals(2, block.frame(0).count());
        ledger.free(block);
        assertEquals(Set.of(Violation.FREED_EARLY), log.violations());
        ledger.unpin(pin);
        assertTrue(log.violations().contains(Violation.UNDERFLOW));
    }

    // R12.

    @Test
    void shouldKeepAPinnedPageUntilItIsUnpinned() {
        on(Era.FROM_2_6_16);
        Area buffer = ledger.map(hello, AreaRequest.anonymous("buffer", 2));
        Pin pin = ledger.pin(buffer, 1, "the driver");
        assertNotNull(pin);
        ledger.startDma(pin);
        assertEquals(2, pin.frame().count());
        ledger.exit(hello);
        assertEquals(1, pin.frame().count());
        assertEquals(Frame.State.ALLOCATED, pin.frame().state());
        ledger.chipWrites(pin.frame().block(), 0);
        ledger.stopDma(pin);
        ledger.unpin(pin);
        assertEquals(Frame.State.FREE, pin.frame().state());
        assertThrows(IllegalStateException.class, () -> ledger.unpin(pin));
        assertEquals(Set.of(), log.violations());
        assertTrue(ledger.blocks().isEmpty());
    }

    @Test
    void shouldRefuseToPinDeviceAndRemappedAreas() {
        on(Era.FROM_2_6_16);
        Block block = chunk(0, false);
        assertNull(ledger.pin(map(MapMethod.REMAP_PFN_RANGE, false, Set.of(), block), 0, "x"));
        assertNull(ledger.pin(nopage(true, block), 0, "VM_IO"));
        on(Era.RC1_2_6_15);
        Area area = map(MapMethod.NOPAGE, true, Set.of(VmFlag.RESERVED), chunk(0, false));
        assertNull(ledger.pin(area, 0, "VM_RESERVED in rc1"));
    }

    @Test
    void shouldGiveTheWriterACopyAfterFork() {
        on(Era.FROM_2_6_16);
        Area buffer = ledger.map(hello, AreaRequest.anonymous("buffer", 1));
        Pin pin = ledger.pin(buffer, 0, "the driver");
        ledger.startDma(pin);
        AddressSpace child = ledger.fork(hello, "child");
        assertEquals(3, pin.frame().count());
        ledger.touch(buffer, 0, true);
        assertNotEquals(pin.frame(), buffer.frame(0));
        assertEquals(2, pin.frame().count());
        assertEquals(pin.frame(), child.areas().getFirst().frame(0));
        assertTrue(log.copyOnWriteUnderTheChip());
        ledger.touch(child.areas().getFirst(), 0, true);
        assertEquals(pin.frame(), child.areas().getFirst().frame(0), "the last one needs no copy");
    }

    // Fork and parts.

    @Test
    void shouldCountTheChildsPagesToo() {
        on(Era.FROM_2_6_16);
        Block block = chunk(1, true);
        Area area = map(MapMethod.NOPAGE, true, Set.of(VmFlag.DONTEXPAND), block);
        ledger.touch(area, 1, false);
        AddressSpace child = ledger.fork(hello, "child");
        assertEquals(3, block.frame(0).count());
        assertEquals(2, block.frame(1).ptes());
        assertEquals(2, block.frame(1).mapcount());
        ledger.touch(child.areas().getFirst(), 0, false);
        assertEquals(4, block.frame(1).pageCount());
        ledger.munmap(area, 1, 1);
        assertEquals(3, block.frame(0).count());
        assertFalse(area.gone());
        assertFalse(ledger.touch(area, 1, false), "unmapped");
        ledger.munmap(area, 0, 1);
        assertTrue(area.gone());
        ledger.exit(child);
        assertEquals(1, block.frame(0).count());
        assertEquals(0, block.frame(1).ptes());
    }

    @Test
    void shouldLetTheLastUserFreeWhatTheDriverGaveUp() {
        on(Era.FROM_2_6_16);
        Block block = ledger.allocate(MemoryKind.PAGES, "page", 0, 0, false);
        Area area = map(MapMethod.FAULT, true, Set.of(), block);
        ledger.touch(area, 0, false);
        ledger.free(block);
        assertEquals(Frame.State.ALLOCATED, block.frame(0).state());
        ledger.munmap(area);
        assertEquals(Frame.State.FREE, block.frame(0).state());
        assertEquals(Set.of(), log.violations());
    }

    // Mistakes of the ledger's own user.

    @Test
    void shouldRefuseWhatNoKernelCouldBeAskedFor() {
        on(Era.FROM_2_6_16);
        Block block = chunk(0, false);
        assertThrows(IllegalStateException.class, () -> ledger.chipWrites(block, 0));
        ledger.free(block);
        assertThrows(IllegalStateException.class, () -> ledger.free(block));
        ledger.close(file);
        assertThrows(IllegalStateException.class, () -> ledger.close(file));
        assertThrows(
                IllegalArgumentException.class,
                () -> ledger.allocate(MemoryKind.DEVICE, "x", 0, 0, false));
        assertThrows(
                IllegalArgumentException.class, () -> ledger.allocateEach(MemoryKind.SLAB, "x", 1));
    }

    @Test
    void shouldFindErasByTheirLabels() {
        for (Era era : Era.values()) {
            assertEquals(era, Era.named(era.label()));
        }
        var e = assertThrows(IllegalArgumentException.class, () -> Era.named("2.4"));
        assertEquals(
                "kernel era: name=2.4 is unknown, choose from 2.6.14, 2.6.14+hugetlb, 2.6.15-rc1,"
                        + " 2.6.15, 2.6.16",
                e.getMessage());
    }

    // The log.

    @Test
    void shouldTellPagesAlikeInOneEventAndForgetTheOldest() {
        EventLog small = new EventLog(2);
        Ledger book = new Ledger(Era.FROM_2_6_16, small);
        for (int page = 0; page < 4; page++) {
            book.allocate(MemoryKind.PAGES, "buffer", page, 0, false);
        }
        assertEquals(
                List.of("the driver allocates buffer pages 0-3, order 0; count 1"),
                small.events().stream().map(LedgerEvent::sentence).toList());
        book.allocate(MemoryKind.PAGES, "other", 0, 0, false);
        book.allocate(MemoryKind.PAGES, "third", 0, 0, false);
        assertEquals(2, small.events().size());
        assertEquals(3, small.added());
        assertEquals(EnumSet.noneOf(Violation.class), small.violations());
    }

    @Test
    void shouldFoldWhatHappensToManyBlocksInTurn() {
        EventLog folding = EventLog.folding(100, () -> 42);
        Ledger book = new Ledger(Era.FROM_2_6_16, folding);
        DriverFile device = book.open("the device file", true);
        for (int chunk = 0; chunk < 4; chunk++) {
            book.own(device, book.allocate(MemoryKind.PAGES, "eager chunk", 8 * chunk, 3, false));
        }
        AddressSpace user = book.process("user");
        Area area =
                book.map(
                        user,
                        AreaRequest.of(
                                "area",
                                MapMethod.NOPAGE,
                                false,
                                MAIL_MEMORY,
                                device.blocks(),
                                device));
        for (int page = 0; page < area.pages(); page++) {
            book.touch(area, page, false);
        }
        List<String> touched =
                folding.events().stream()
                        .filter(e -> e.kind() == LedgerEvent.Kind.TOUCH)
                        .map(LedgerEvent::sentence)
                        .toList();
        assertEquals(
                List.of(
                        "user touches 4 of eager chunk pages 0-24: nopage takes no reference; count"
                                + " stays 1 [R3]",
                        "user touches 28 of eager chunk pages 1-31: nopage takes no reference;"
                                + " count stays 0 [R3]"),
                touched);
        assertEquals(42, folding.entries().getFirst().stamp());
        assertEquals(folding.added(), folding.entries().getLast().number(), "numbers have no gaps");
    }

    @Test
    void shouldForgetGoodEventsBeforeBadOnes() {
        EventLog small = new EventLog(3);
        Ledger book = new Ledger(Era.V2_6_15, small);
        Block block = book.allocate(MemoryKind.PAGES, "bad", 0, 0, false);
        book.setReserved(block);
        book.free(block);
        for (int i = 0; i < 5; i++) {
            book.allocate(MemoryKind.PAGES, "good " + i, 0, 0, false);
        }
        assertEquals(
                List.of(1, 0, 0), small.events().stream().map(e -> e.wrongs().size()).toList());
        assertEquals(8, small.added());
    }

    @Test
    void shouldReportALossOnce() {
        on(Era.RC1_2_6_15);
        Block block = chunk(1, true);
        touchAll(nopage(true, block));
        ledger.exit(hello);
        ledger.close(file);
        assertEquals(2, ledger.audit());
        long events = log.added();
        assertEquals(2, ledger.audit());
        assertEquals(events, log.added());
        ledger.writeOff(block);
        assertEquals(0, ledger.audit());
    }

    @Test
    void shouldRememberWhatWentWrongWithoutKeepingEvents() {
        EventLog none = new EventLog(0);
        Ledger book = new Ledger(Era.V2_6_15, none);
        Block block = book.allocate(MemoryKind.PAGES, "buffer", 0, 0, false);
        book.setReserved(block);
        book.free(block);
        assertEquals(List.of(), none.events());
        assertEquals(Set.of(Violation.BAD_PAGE_STATE), none.violations());
    }
}
