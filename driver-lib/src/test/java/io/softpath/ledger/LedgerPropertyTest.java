package io.softpath.ledger;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.softpath.abi.Fidelity;
import io.softpath.abi.region.VmFlag;
import io.softpath.ledger.Frame.State;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Drivers that follow the rules of their kernel, and processes that map, touch, fork, pin, unmap,
 * are killed and closed in any order: no page is freed while somebody has it, and in the end every
 * page is back. After every step the ledger agrees with a plain count: one for the owner, one for
 * each page table entry that counts, one for each pin.
 *
 * <p>{@code -Dsoftpath.seed=S} chooses the seed, {@code -Dsoftpath.histories=N} how many.
 */
class LedgerPropertyTest {
    private static final int STEPS = 30;
    private static final int MOST_PROCESSES = 4;

    private final long seed = Long.getLong("softpath.seed", 1);
    private final int histories = Integer.getInteger("softpath.histories", 100_000);

    /** A way to do it right. */
    private record Recipe(
            MapMethod method,
            boolean getPage,
            boolean counted,
            boolean compound,
            boolean reserved,
            boolean vmalloc,
            boolean plainArea) {}

    private static final Recipe SINGLE =
            new Recipe(MapMethod.NOPAGE, true, true, false, false, false, false);
    private static final Recipe SINGLE_PLAIN =
            new Recipe(MapMethod.NOPAGE, true, true, false, false, false, true);
    private static final Recipe VMALLOC =
            new Recipe(MapMethod.NOPAGE, true, true, false, false, true, true);
    private static final Recipe COMPOUND =
            new Recipe(MapMethod.NOPAGE, true, true, true, false, false, true);
    private static final Recipe CLASSIC =
            new Recipe(MapMethod.NOPAGE, false, false, false, true, false, false);
    private static final Recipe REMAP =
            new Recipe(MapMethod.REMAP_PFN_RANGE, false, false, true, false, false, false);
    private static final Recipe REMAP_RESERVED =
            new Recipe(MapMethod.REMAP_PFN_RANGE, false, false, false, true, false, false);
    private static final Recipe INSERT =
            new Recipe(MapMethod.VM_INSERT_PAGE, false, true, false, false, true, true);
    private static final Recipe INSERT_COMPOUND =
            new Recipe(MapMethod.VM_INSERT_PAGE, false, true, true, false, false, true);
    private static final Recipe FAULT =
            new Recipe(MapMethod.FAULT, true, true, false, false, true, true);
    private static final Recipe FAULT_COMPOUND =
            new Recipe(MapMethod.FAULT, true, true, true, false, false, true);

    private static List<Recipe> recipes(Era era) {
        return switch (era) {
            case UP_TO_2_6_14 -> List.of(SINGLE, SINGLE_PLAIN, VMALLOC, CLASSIC, REMAP_RESERVED);
            case UP_TO_2_6_14_HUGETLB ->
                    List.of(SINGLE, VMALLOC, COMPOUND, CLASSIC, REMAP_RESERVED);
            case RC1_2_6_15 ->
                    List.of(SINGLE_PLAIN, VMALLOC, COMPOUND, CLASSIC, REMAP, REMAP_RESERVED);
            case V2_6_15 -> List.of(SINGLE, SINGLE_PLAIN, VMALLOC, REMAP, REMAP_RESERVED, INSERT);
            case FROM_2_6_16 ->
                    List.of(
                            SINGLE,
                            SINGLE_PLAIN,
                            VMALLOC,
                            COMPOUND,
                            REMAP,
                            REMAP_RESERVED,
                            INSERT,
                            INSERT_COMPOUND,
                            FAULT,
                            FAULT_COMPOUND);
        };
    }

    @Test
    @Fidelity(63)
    void shouldFreeNothingInUseAndLoseNothingInAnyHistory() {
        System.out.println("-Dsoftpath.seed=" + seed + " -Dsoftpath.histories=" + histories);
        SplittableRandom seeds = new SplittableRandom(seed);
        Era[] eras = Era.values();
        long steps = 0;
        for (int i = 0; i < histories; i++) {
            long own = seeds.nextLong();
            // Every other one is of the kernels that stayed.
            Era era = i % 2 == 0 ? Era.FROM_2_6_16 : eras[i / 2 % eras.length];
            try {
                steps += new History(era, new SplittableRandom(own)).run();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(
                        "-Dsoftpath.seed=" + seed + " history=" + i + " era=" + era + ": " + e, e);
            }
        }
        assertTrue(steps > 10L * histories, "steps=" + steps);
    }

    /** Memory of the driver, and the plain count of its references. */
    private static final class Memory {
        final Block block;
        final Recipe recipe;
        final DriverFile file;
        final int[] references;
        final int[] ptes;
        final int[] pins;
        boolean owned = true;

        Memory(Block block, Recipe recipe, DriverFile file) {
            this.block = block;
            this.recipe = recipe;
            this.file = file;
            references = new int[block.pages()];
            ptes = new int[block.pages()];
            pins = new int[block.pages()];
        }

        int expected(int page) {
            int all = 0;
            if (recipe.compound()) {
                for (int each : references) {
                    all += each;
                }
            } else {
                all = references[page];
            }
            boolean first = page == 0 || recipe.compound() || recipe.vmalloc();
            return all + (owned && first ? 1 : 0);
        }

        boolean inUse(int page) {
            return owned || ptes[page] > 0 || pins[page] > 0;
        }
    }

    /** An area, what it shows, and which pages it showed so far. */
    private static final class Mapped {
        final Area area;
        final Memory memory;
        final boolean[] shown;

        Mapped(Area area, Memory memory) {
            this.area = area;
            this.memory = memory;
            shown = new boolean[area.pages()];
        }
    }

    private static final class User {
        final AddressSpace space;
        final List<Mapped> mapped = new ArrayList<>();

        User(AddressSpace space) {
            this.space = space;
        }
    }

    /** A pin; {@code memory} is null if the user's own page is pinned. */
    private record Pinned(Pin pin, Memory memory, int page, boolean dma) {}

    private static final class History {
        private final Era era;
        private final SplittableRandom random;
        private final EventLog log = new EventLog(0);
        private final Ledger ledger;
        private final List<Memory> memories = new ArrayList<>();
        private final List<DriverFile> files = new ArrayList<>();
        private final Map<DriverFile, Integer> areasOf = new HashMap<>();
        private final List<DriverFile> closed = new ArrayList<>();
        private final List<User> processes = new ArrayList<>();
        private final List<Pinned> pinned = new ArrayList<>();
        private final Set<Frame> users = new HashSet<>();

        History(Era era, SplittableRandom random) {
            this.era = era;
            this.random = random;
            ledger = new Ledger(era, log);
        }

        int run() {
            for (int i = 0; i < 2; i++) {
                files.add(ledger.open("file " + i, true));
                areasOf.put(files.getLast(), 0);
            }
            List<Recipe> recipes = recipes(era);
            int blocks = 1 + random.nextInt(3);
            for (int i = 0; i < blocks; i++) {
                memories.add(allocate(any(recipes)));
            }
            processes.add(new User(ledger.process("p0")));
            int steps = 5 + random.nextInt(STEPS);
            for (int i = 0; i < steps; i++) {
                step();
                check();
            }
            return steps + finish();
        }

        private <T> T any(List<T> list) {
            return list.get(random.nextInt(list.size()));
        }

        private Memory allocate(Recipe recipe) {
            int order = recipe.compound() ? 1 + random.nextInt(2) : random.nextInt(2);
            Block block;
            if (recipe.vmalloc()) {
                block = ledger.allocateEach(MemoryKind.VMALLOC, "memory", 1 + random.nextInt(4));
            } else {
                boolean single = recipe.counted() && !recipe.compound();
                block =
                        ledger.allocate(
                                MemoryKind.PAGES,
                                "memory",
                                0,
                                single ? 0 : order,
                                recipe.compound());
            }
            if (recipe.reserved()) {
                ledger.setReserved(block);
            }
            ledger.startDma(block);
            // What is not counted must be released by the file; other memory may be.
            DriverFile file = recipe.counted() && random.nextBoolean() ? null : any(files);
            if (file != null) {
                ledger.own(file, block);
            }
            return new Memory(block, recipe, file);
        }

        private void step() {
            User process = processes.isEmpty() ? null : any(processes);
            switch (random.nextInt(12)) {
                case 0, 1 -> map(process);
                case 2, 3, 4 -> touch(process);
                case 5 -> fork(process);
                case 6, 7 -> pin(process);
                case 8 -> unpin();
                case 9 -> unmap(process);
                case 10 -> chipWrites();
                default -> rarely(process);
            }
        }

        private void rarely(User process) {
            switch (random.nextInt(4)) {
                case 0 -> kill(process);
                case 1 -> close();
                case 2 -> free();
                default -> mapUserMemory(process);
            }
        }

        private boolean mayMap(DriverFile file) {
            return file == null || !closed.contains(file);
        }

        private void map(User process) {
            Memory memory = any(memories);
            if (process == null || !memory.owned || !mayMap(memory.file)) {
                return;
            }
            Recipe recipe = memory.recipe;
            Set<VmFlag> flags = EnumSet.of(VmFlag.DONTEXPAND);
            if (!recipe.plainArea() && recipe.method() == MapMethod.NOPAGE) {
                flags.add(VmFlag.RESERVED);
                flags.add(VmFlag.IO);
            }
            if (random.nextBoolean()) {
                flags.add(VmFlag.DONTCOPY);
            }
            Area area =
                    ledger.map(
                            process.space,
                            AreaRequest.of(
                                    "area",
                                    recipe.method(),
                                    recipe.getPage(),
                                    flags,
                                    List.of(memory.block),
                                    memory.file));
            Mapped mapped = new Mapped(area, memory);
            process.mapped.add(mapped);
            if (memory.file != null) {
                areasOf.merge(memory.file, 1, Integer::sum);
            }
            if (!recipe.method().lazy()) {
                for (int page = 0; page < area.pages(); page++) {
                    show(mapped, page);
                }
            }
        }

        private void show(Mapped mapped, int page) {
            if (!mapped.shown[page]) {
                mapped.shown[page] = true;
                mapped.memory.ptes[page]++;
                mapped.memory.references[page] += mapped.memory.recipe.counted() ? 1 : 0;
            }
        }

        private void mapUserMemory(User process) {
            if (process != null) {
                process.mapped.add(
                        new Mapped(
                                ledger.map(
                                        process.space,
                                        AreaRequest.anonymous("user", 1 + random.nextInt(3))),
                                null));
            }
        }

        private void touch(User process) {
            if (process == null || process.mapped.isEmpty()) {
                return;
            }
            Mapped mapped = any(process.mapped);
            int page = random.nextInt(mapped.area.pages());
            if (mapped.memory == null) {
                if (ledger.touch(mapped.area, page, random.nextBoolean())) {
                    users.add(mapped.area.frame(page));
                }
            } else if (mapped.memory.owned || mapped.shown[page]) {
                if (ledger.touch(mapped.area, page, random.nextBoolean())) {
                    show(mapped, page);
                }
            }
        }

        private void fork(User parent) {
            if (parent == null || processes.size() == MOST_PROCESSES) {
                return;
            }
            User child = new User(ledger.fork(parent.space, "child"));
            int at = 0;
            for (Mapped mapped : parent.mapped) {
                if (mapped.area.flags().contains(VmFlag.DONTCOPY)) {
                    continue;
                }
                Mapped copy = new Mapped(child.space.areas().get(at++), mapped.memory);
                child.mapped.add(copy);
                if (mapped.memory == null) {
                    continue;
                }
                if (mapped.memory.file != null) {
                    areasOf.merge(mapped.memory.file, 1, Integer::sum);
                }
                for (int page = 0; page < copy.shown.length; page++) {
                    if (mapped.shown[page]) {
                        show(copy, page);
                    }
                }
            }
            assertEquals(at, child.space.areas().size());
            processes.add(child);
        }

        private void pin(User process) {
            if (process == null || process.mapped.isEmpty()) {
                return;
            }
            Mapped mapped = any(process.mapped);
            int page = random.nextInt(mapped.area.pages());
            if (mapped.memory != null && !mapped.memory.owned && !mapped.shown[page]) {
                return;
            }
            Pin pin = ledger.pin(mapped.area, page, "direct I/O");
            if (pin == null) {
                return;
            }
            boolean dma = random.nextBoolean();
            if (dma) {
                ledger.startDma(pin);
            }
            if (mapped.memory == null) {
                users.add(pin.frame());
            } else {
                show(mapped, page);
                mapped.memory.references[page]++;
                mapped.memory.pins[page]++;
            }
            pinned.add(new Pinned(pin, mapped.memory, page, dma));
        }

        private void unpin() {
            if (pinned.isEmpty()) {
                return;
            }
            Pinned each = pinned.remove(random.nextInt(pinned.size()));
            if (each.dma) {
                ledger.stopDma(each.pin);
            }
            if (each.memory != null) {
                each.memory.references[each.page]--;
                each.memory.pins[each.page]--;
            }
            ledger.unpin(each.pin);
        }

        private void unmap(User process) {
            if (process == null || process.mapped.isEmpty()) {
                return;
            }
            Mapped mapped = any(process.mapped);
            int first = random.nextInt(mapped.area.pages());
            boolean whole = random.nextBoolean();
            int count = whole ? mapped.area.pages() : mapped.area.pages() - first;
            hide(mapped, whole ? 0 : first, count);
            ledger.munmap(mapped.area, whole ? 0 : first, count);
            if (mapped.area.gone()) {
                process.mapped.remove(mapped);
            }
        }

        private void hide(Mapped mapped, int first, int count) {
            if (mapped.memory == null) {
                return;
            }
            for (int page = first; page < first + count; page++) {
                if (mapped.shown[page]) {
                    mapped.shown[page] = false;
                    mapped.memory.ptes[page]--;
                    mapped.memory.references[page] -= mapped.memory.recipe.counted() ? 1 : 0;
                }
            }
            if (first == 0 && count == mapped.area.pages() || willBeGone(mapped, first, count)) {
                forgetArea(mapped.memory.file);
            }
        }

        private static boolean willBeGone(Mapped mapped, int first, int count) {
            int left = 0;
            for (int page = 0; page < mapped.area.pages(); page++) {
                boolean unmapped = mapped.area.entries[page] == Area.Entry.UNMAPPED;
                left += unmapped || page >= first && page < first + count ? 0 : 1;
            }
            return left == 0;
        }

        private void forgetArea(DriverFile file) {
            if (file != null) {
                areasOf.merge(file, -1, Integer::sum);
                releaseIfDone(file);
            }
        }

        private void releaseIfDone(DriverFile file) {
            if (closed.contains(file) && areasOf.get(file) == 0) {
                for (Memory memory : memories) {
                    memory.owned &= memory.file != file;
                }
            }
        }

        private void kill(User process) {
            if (process != null) {
                processes.remove(process);
                for (Mapped mapped : process.mapped) {
                    hide(mapped, 0, mapped.area.pages());
                }
                ledger.exit(process.space);
            }
        }

        private void close() {
            if (closed.size() < files.size()) {
                DriverFile file =
                        files.stream().filter(f -> !closed.contains(f)).findFirst().orElseThrow();
                closed.add(file);
                releaseIfDone(file);
                ledger.close(file);
            }
        }

        /** The driver gives up memory of its own, whoever still uses it. */
        private void free() {
            for (Memory memory : memories) {
                if (memory.owned && memory.file == null) {
                    memory.owned = false;
                    ledger.stopDma(memory.block);
                    ledger.free(memory.block);
                    return;
                }
            }
        }

        private void chipWrites() {
            Memory memory = any(memories);
            if (memory.owned) {
                ledger.chipWrites(memory.block, random.nextInt(memory.block.pages()));
            }
            for (Pinned each : pinned) {
                if (each.dma) {
                    Frame frame = each.pin.frame();
                    ledger.chipWrites(frame.block(), frame.index());
                }
            }
        }

        private void check() {
            assertEquals(Set.of(), log.violations());
            for (Memory memory : memories) {
                for (int page = 0; page < memory.block.pages(); page++) {
                    Frame frame = memory.block.frame(page);
                    assertEquals(memory.expected(page), frame.pageCount(), frame::toString);
                    assertEquals(memory.ptes[page], frame.ptes(), frame::toString);
                    assertEquals(memory.pins[page], frame.pins(), frame::toString);
                    if (memory.inUse(page) || frame.isDmaTarget()) {
                        assertEquals(State.ALLOCATED, frame.state(), frame::toString);
                    }
                    if (!memory.owned && memory.expected(page) == 0) {
                        assertEquals(State.FREE, frame.state(), frame::toString);
                    }
                }
            }
            if (!users.isEmpty()) {
                checkUserMemory();
            }
        }

        /** A user's page has one reference for each entry that shows it and each pin. */
        private void checkUserMemory() {
            Map<Frame, Integer> expected = new HashMap<>();
            users.forEach(frame -> expected.put(frame, 0));
            for (User process : processes) {
                for (Mapped mapped : process.mapped) {
                    for (int page = 0;
                            mapped.memory == null && page < mapped.area.pages();
                            page++) {
                        Frame frame = mapped.area.frame(page);
                        if (frame != null) {
                            expected.merge(frame, 1, Integer::sum);
                        }
                    }
                }
            }
            for (Pinned each : pinned) {
                if (each.memory == null) {
                    expected.merge(each.pin.frame(), 1, Integer::sum);
                }
            }
            expected.forEach((frame, count) -> {
                assertEquals(count, frame.count(), frame::toString);
                assertEquals(count == 0 ? State.FREE : State.ALLOCATED, frame.state());
            });
            users.removeIf(frame -> frame.state() == State.FREE);
        }

        /** Everybody goes, in any order. */
        private int finish() {
            int steps = 0;
            while (!processes.isEmpty()
                    || !pinned.isEmpty()
                    || closed.size() < files.size()
                    || ownedByNoFile(memories)) {
                switch (random.nextInt(4)) {
                    case 0 -> kill(processes.isEmpty() ? null : any(processes));
                    case 1 -> unpin();
                    case 2 -> close();
                    default -> free();
                }
                check();
                steps++;
            }
            for (Memory memory : memories) {
                assertFalse(memory.owned);
                for (Frame frame : memory.block.frames()) {
                    assertEquals(0, frame.count(), frame::toString);
                    assertEquals(0, frame.mapcount(), frame::toString);
                    assertEquals(State.FREE, frame.state(), frame::toString);
                    assertFalse(frame.isDmaTarget(), frame::toString);
                }
            }
            assertEquals(0, ledger.audit());
            assertTrue(ledger.blocks().isEmpty(), () -> ledger.blocks().toString());
            assertTrue(ledger.spaces().isEmpty());
            assertEquals(Set.of(), log.violations());
            return steps;
        }

        private static boolean ownedByNoFile(Collection<Memory> memories) {
            return memories.stream().anyMatch(memory -> memory.owned && memory.file == null);
        }
    }
}
