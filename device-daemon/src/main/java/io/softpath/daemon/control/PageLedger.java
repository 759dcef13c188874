package io.softpath.daemon.control;

import io.softpath.abi.control.PageAreaRecord;
import io.softpath.abi.control.PageBlockRecord;
import io.softpath.abi.control.PageEventRecord;
import io.softpath.abi.control.PageLedgerRecord;
import io.softpath.abi.region.RegionKind;
import io.softpath.abi.region.VmFlag;
import io.softpath.daemon.region.MapRequest;
import io.softpath.daemon.region.UserMemory;
import io.softpath.ledger.AddressSpace;
import io.softpath.ledger.Area;
import io.softpath.ledger.Block;
import io.softpath.ledger.DriverFile;
import io.softpath.ledger.EventLog;
import io.softpath.ledger.Frame;
import io.softpath.ledger.Ledger;
import io.softpath.ledger.LedgerEvent;
import io.softpath.ledger.MapMethod;
import io.softpath.ledger.MemoryKind;
import io.softpath.ledger.Violation;
import io.softpath.linux.CurrentProcess;
import io.softpath.linux.MappedMemory;

import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * The book that a kernel of 2006 would keep of the pages of one unit, beside the real memory, which
 * it never touches: what the driver allocates at USER_INIT, what users map, touch and unmap, what
 * is freed at close, and what goes wrong with it.
 *
 * <p>Which pages a handler has handed out only the owner's page table knows. It is looked at when
 * somebody inspects, for about a millisecond at most, if it is a process of the daemon's own user;
 * what was never looked at when it goes is taken for touched. Pins of TIDs are not entered one by
 * one, the TID path has no time for that: they are counted from the TIDs when somebody looks. The
 * arrays of shared contexts are not in the book: thousands of pages, of a time after those kernels.
 */
final class PageLedger {
    private static final int EVENTS = 256;

    /** Blocks that never came back and are still shown. */
    private static final int MAX_LOST_BLOCKS = 512;

    /** Areas of one context that are kept; a library has seven. */
    private static final int MAX_AREAS = 32;

    /** How long one look may take, roughly, and how soon the next one may come. */
    private static final long LOOK_NS = 1_000_000;

    private static final long BETWEEN_LOOKS_NS = 100_000_000;
    private static final long BETWEEN_UNFINISHED_NS = 5_000_000;
    private static final int UNIT_WIDE = -1;
    private static final int NO_KIND = -1;

    private final UnitDriver unit;
    private final PagePolicy policy;
    private final PageTables tables;
    private final LongSupplier nanoClock;
    private final Ledger ledger;
    private final List<Block> avail;
    private final Map<WholeContext, Memory> memories = new LinkedHashMap<>();
    private final Map<OpenContext, Owner> owners = new LinkedHashMap<>();
    private final Map<Block, Use> uses = new HashMap<>();
    private final ArrayDeque<Block> lost = new ArrayDeque<>();
    private long writtenOffPages;
    private long nextLookNs;
    private int lookFrom;

    /** Contexts that this round of looks has not come to yet. */
    private int unseen;

    /** What a block is for. */
    private record Use(int context, RegionKind kind) {}

    /** The driver's memory of a context, which goes with the last who has it. */
    private static final class Memory {
        final DriverFile file;
        final Map<RegionKind, List<Block>> blocks = new EnumMap<>(RegionKind.class);

        /** Of each sub-context, whoever has it. */
        final Map<Integer, List<Block>> pioBuffers = new HashMap<>();

        Memory(DriverFile file) {
            this.file = file;
        }
    }

    /** Who has a context, or a part of it, and what is kept of it. */
    private static final class Owner {
        final AddressSpace space;
        final List<Block> pioBuffers;
        final List<Mapped> mapped = new ArrayList<>();

        Owner(AddressSpace space, List<Block> pioBuffers) {
            this.space = space;
            this.pioBuffers = pioBuffers;
        }
    }

    /** An area, under what the owner asked for. */
    private static final class Mapped {
        final Area area;
        final RegionKind kind;
        final MapRequest request;
        int known;

        Mapped(Area area, RegionKind kind, MapRequest request) {
            this.area = area;
            this.kind = kind;
            this.request = request;
            known = area.method().lazy() ? PageAreaRecord.ASSUMED : PageAreaRecord.AT_MMAP;
        }

        boolean mayChange() {
            return area.method().lazy() && area.touched() < area.pages();
        }
    }

    PageLedger(
            UnitDriver unit,
            PagePolicy policy,
            PageTables tables,
            LongSupplier nanoClock,
            LongSupplier epochMs) {
        this.unit = unit;
        this.policy = policy;
        this.tables = tables;
        this.nanoClock = nanoClock;
        ledger = new Ledger(policy.kernel(), EventLog.folding(EVENTS, epochMs));
        nextLookNs = nanoClock.getAsLong();
        avail =
                policy.allocate(
                        ledger, PagePolicy.name(RegionKind.PIOAVAIL), RegionKind.PIOAVAIL, 1);
        remember(avail, UNIT_WIDE, RegionKind.PIOAVAIL);
    }

    // What the driver and its users do.

    /** USER_INIT has made the memory of a context. */
    void initialised(WholeContext context) {
        OpenFile master = context.parts().getFirst().owner;
        String of = "context " + context.number;
        Memory memory =
                new Memory(
                        ledger.open(
                                "the file of " + of + ", pid " + master.peer().pid() + ",", true));
        for (RegionKind kind : RegionKind.values()) {
            if (kind.perUnit()) {
                memory.blocks.put(kind, avail);
            } else if (!kind.perSubcontext() && kind.exists(unit.model())) {
                long bytes = kind.maxBytes(unit.model(), 0);
                memory.blocks.put(kind, allocate(context, memory.file, kind, bytes));
            }
        }
        memories.put(context, memory);
    }

    /** USER_INIT has made what one open file has of the context besides. */
    void joined(OpenContext context) {
        RegionKind kind = RegionKind.PIOBUFS;
        Memory memory = memories.get(context.whole);
        List<Block> pioBuffers =
                memory.pioBuffers.computeIfAbsent(
                        context.subcontext,
                        s ->
                                allocate(
                                        context.whole,
                                        memory.file,
                                        kind,
                                        kind.maxBytes(unit.model(), context.bufferCount)));
        owners.put(
                context,
                new Owner(ledger.process("pid " + context.owner.peer().pid()), pioBuffers));
    }

    private List<Block> allocate(
            WholeContext context, DriverFile file, RegionKind kind, long bytes) {
        String name = "context " + context.number + " " + PagePolicy.name(kind);
        List<Block> blocks = policy.allocate(ledger, name, kind, pages(bytes));
        blocks.forEach(block -> ledger.own(file, block));
        remember(blocks, context.number, kind);
        return blocks;
    }

    private void remember(List<Block> blocks, int context, RegionKind kind) {
        blocks.forEach(block -> uses.put(block, new Use(context, kind)));
    }

    private static int pages(long bytes) {
        return (int) ((bytes + MappedMemory.PAGE_BYTES - 1) / MappedMemory.PAGE_BYTES);
    }

    /** MMAP was granted. */
    void mapped(OpenContext context, RegionKind kind, MapRequest request) {
        Owner owner = owners.get(context);
        if (owner == null || kind.onlyShared() || owner.mapped.size() >= MAX_AREAS) {
            return;
        }
        Memory memory = memories.get(context.whole);
        Area area =
                ledger.map(
                        owner.space,
                        policy.area(
                                kind,
                                kind == RegionKind.PIOBUFS
                                        ? owner.pioBuffers
                                        : memory.blocks.get(kind),
                                pages(request.length()),
                                memory.file));
        if (area != null) {
            owner.mapped.add(new Mapped(area, kind, request));
        }
    }

    /**
     * MUNMAP was told.
     *
     * @param left how many mappings alike the owner still has
     */
    void unmapped(OpenContext context, MapRequest request, int left) {
        Owner owner = owners.get(context);
        if (owner == null) {
            return;
        }
        List<Mapped> alike = owner.mapped.stream().filter(m -> m.request.equals(request)).toList();
        if (alike.size() > left) {
            Mapped gone = alike.getLast();
            owner.mapped.remove(gone);
            assumeUnseen(gone);
            ledger.munmap(gone.area);
        }
    }

    /** The owner is gone, and all that it had mapped. */
    void ended(OpenContext context) {
        Owner owner = owners.get(context);
        if (owner != null) {
            owner.mapped.forEach(this::assumeUnseen);
            owner.mapped.clear();
            ledger.exit(owner.space);
        }
    }

    /** The driver has taken from the chip what one open file had. */
    void left(OpenContext context) {
        owners.remove(context);
    }

    /** The driver has taken the memory of a context from the chip and gives it back. */
    void closed(WholeContext context) {
        Memory memory = memories.remove(context);
        if (memory == null) {
            return;
        }
        ledger.close(memory.file);
        ledger.audit();
        memory.blocks.forEach((kind, blocks) -> {
            if (!kind.perUnit()) {
                blocks.forEach(this::keepIfLost);
            }
        });
        memory.pioBuffers.forEach((subcontext, blocks) -> blocks.forEach(this::keepIfLost));
    }

    private void keepIfLost(Block block) {
        if (!ledger.blocks().contains(block)) {
            uses.remove(block);
            return;
        }
        lost.addLast(block);
        if (lost.size() > MAX_LOST_BLOCKS) {
            Block oldest = lost.pollFirst();
            writtenOffPages += oldest.outstanding();
            uses.remove(oldest);
            ledger.writeOff(oldest);
        }
    }

    // First touches.

    private void assumeUnseen(Mapped mapped) {
        if (mapped.known == PageAreaRecord.ASSUMED) {
            for (int page = 0; page < mapped.area.pages(); page++) {
                ledger.touch(mapped.area, page, false);
            }
        }
    }

    /** Looks into the page tables of the owners, as long as there is time. */
    private void look() {
        long start = nanoClock.getAsLong();
        if (start - nextLookNs < 0) {
            return;
        }
        List<OpenContext> contexts = List.copyOf(owners.keySet());
        unseen = Math.min(unseen == 0 ? contexts.size() : unseen, contexts.size());
        long now = start;
        while (unseen > 0 && now - start < LOOK_NS) {
            lookFrom = (lookFrom + 1) % contexts.size();
            look(contexts.get(lookFrom));
            unseen--;
            now = nanoClock.getAsLong();
        }
        nextLookNs = now + (unseen > 0 ? BETWEEN_UNFINISHED_NS : BETWEEN_LOOKS_NS);
    }

    private void look(OpenContext context) {
        if (context.owner.peer().uid() != CurrentProcess.uid()) {
            return; // a stranger might have made its own page table slow to read
        }
        Owner owner = owners.get(context);
        Map<String, List<Mapped>> byFile = new HashMap<>();
        for (Mapped mapped : owner.mapped) {
            if (mapped.mayChange()) {
                String file = mapped.kind.fileName(unit.number(), context.number);
                byFile.computeIfAbsent(file, f -> new ArrayList<>()).add(mapped);
            }
        }
        if (byFile.isEmpty()) {
            return;
        }
        Map<String, BitSet> touched;
        try {
            touched = tables.touched(context.owner.peer().pid(), byFile.keySet());
        } catch (UncheckedIOException e) {
            return; // it is dead, or somebody else's: what is not seen is assumed when it goes
        }
        touched.forEach((file, pages) -> byFile.get(file).forEach(m -> saw(m, pages)));
    }

    private void saw(Mapped mapped, BitSet pages) {
        mapped.known = PageAreaRecord.SEEN;
        int end = mapped.area.pages();
        for (int page = pages.nextSetBit(0);
                page >= 0 && page < end;
                page = pages.nextSetBit(page + 1)) {
            ledger.touch(mapped.area, page, false);
        }
    }

    // What somebody who inspects sees.

    PageLedgerRecord summary() {
        look();
        long pages = 0;
        long lostPages = writtenOffPages;
        long withheld = 0;
        for (Block block : ledger.blocks()) {
            for (Frame frame : block.frames()) {
                boolean own = frame.block() == block;
                if (own && frame.state() == Frame.State.WITHHELD) {
                    withheld++;
                } else if (own && frame.state() == Frame.State.ALLOCATED) {
                    pages += block.held() ? 1 : 0;
                    lostPages += block.held() ? 0 : 1;
                }
            }
        }
        return new PageLedgerRecord(
                unit.number(),
                bits(ledger.log().violations()),
                ledger.log().added(),
                pages,
                lostPages,
                withheld,
                pinned().stream().mapToLong(PageBlockRecord::pages).sum(),
                policy.kernel().label(),
                policy.driver().label());
    }

    private static int bits(Collection<Violation> violations) {
        int bits = 0;
        for (Violation violation : violations) {
            bits |=
                    switch (violation) {
                        case FREED_EARLY -> PageLedgerRecord.FREED_EARLY;
                        case BAD_PAGE_STATE -> PageLedgerRecord.BAD_PAGE_STATE;
                        case UNDERFLOW -> PageLedgerRecord.UNDERFLOW;
                        case DOUBLE_FREE -> PageLedgerRecord.DOUBLE_FREE;
                        case LEAK -> PageLedgerRecord.LEAK;
                        case REFUSED, NO_SUCH_CALL -> PageLedgerRecord.REFUSED;
                        case HOLE -> PageLedgerRecord.HOLE;
                    };
        }
        return bits;
    }

    /** Blocks, alike ones as one; pinned memory of users last. */
    List<PageBlockRecord> blocks() {
        look();
        Map<PageBlockRecord, int[]> alike = new LinkedHashMap<>();
        for (Block block : ledger.blocks()) {
            int[] sums = alike.computeIfAbsent(key(block), k -> new int[5]);
            sums[0]++;
            sums[1] += block.pages();
            sums[4] += block.outstanding();
            for (Frame frame : block.frames()) {
                sums[2] += frame.ptes();
                sums[3] += frame.pins();
            }
        }
        List<PageBlockRecord> records = new ArrayList<>();
        alike.forEach((key, sums) ->
                records.add(
                        new PageBlockRecord(
                                key.unit(),
                                key.context(),
                                key.kind(),
                                key.order(),
                                sums[0],
                                sums[1],
                                key.count(),
                                key.lowest(),
                                key.flags(),
                                sums[2],
                                sums[3],
                                sums[4],
                                key.name(),
                                key.memory())));
        records.addAll(pinned());
        return records;
    }

    /** What blocks have in common that are shown as one: a record without sums. */
    private PageBlockRecord key(Block block) {
        Use use = uses.get(block);
        Frame first = block.frame(0);
        int lowest = first.count();
        boolean broken = false;
        for (int i = 0; i < block.pages(); i++) {
            Frame frame = block.frame(i);
            if (i > 0) {
                lowest = i == 1 ? frame.count() : Math.min(lowest, frame.count());
            }
            broken |=
                    frame.ranBelowZero()
                            || frame.state() == Frame.State.WITHHELD
                            || block.held() && frame.state() == Frame.State.FREE;
        }
        int flags =
                (block.compound() ? PageBlockRecord.COMPOUND : 0)
                        | (first.reserved() ? PageBlockRecord.RESERVED : 0)
                        | (first.isDmaTarget() ? PageBlockRecord.CHIP : 0)
                        | (block.held() ? PageBlockRecord.HELD : 0)
                        | (broken ? PageBlockRecord.BROKEN : 0);
        return new PageBlockRecord(
                unit.number(),
                use.context(),
                use.kind().number(),
                block.order(),
                0,
                0,
                first.count(),
                lowest,
                flags,
                0,
                0,
                0,
                PagePolicy.name(use.kind()),
                block.kind().label());
    }

    /** A page that TIDs point at; {@code memory} is null if it is of ordinary memory. */
    private record PinnedPage(UserMemory memory, long page) {}

    /** Pinned pages alike. */
    private record Pinned(UserMemory memory, int pins) {}

    /** Pages of users that TIDs point at, counted from the TIDs. */
    private List<PageBlockRecord> pinned() {
        List<PageBlockRecord> records = new ArrayList<>();
        for (OpenContext context : owners.keySet()) {
            Map<PinnedPage, Integer> pins = new LinkedHashMap<>();
            for (int tid = 0; tid < context.tids.size(); tid++) {
                Pin pin = context.tids.get(tid);
                if (pin != null) {
                    long page = pin.isOrdinary() ? pin.address() : pin.page();
                    pins.merge(new PinnedPage(pin.memory(), page), 1, Integer::sum);
                }
            }
            Map<Pinned, Integer> alike = new LinkedHashMap<>();
            pins.forEach((page, count) ->
                    alike.merge(new Pinned(page.memory(), count), 1, Integer::sum));
            alike.forEach((pinned, pages) -> records.add(record(context, pinned, pages)));
        }
        return records;
    }

    private PageBlockRecord record(OpenContext context, Pinned pinned, int pages) {
        UserMemory memory = pinned.memory();
        // One reference is the file's or the process's, until its owner has freed it.
        int count = pinned.pins() + (memory != null && memory.freed() ? 0 : 1);
        return new PageBlockRecord(
                unit.number(),
                context.number,
                NO_KIND,
                0,
                pages,
                pages,
                count,
                count,
                PageBlockRecord.CHIP,
                0,
                pinned.pins() * pages,
                pages,
                memory == null ? "ordinary memory" : "memory " + memory.handle(),
                MemoryKind.USER.label());
    }

    List<PageAreaRecord> areas() {
        look();
        List<PageAreaRecord> records = new ArrayList<>();
        owners.forEach((context, owner) -> {
            for (Mapped mapped : owner.mapped) {
                Area area = mapped.area;
                records.add(
                        new PageAreaRecord(
                                unit.number(),
                                context.number,
                                mapped.kind.number(),
                                context.owner.peer().pid(),
                                area.pages(),
                                area.touched(),
                                mapped.known,
                                area.method() != MapMethod.REMAP_PFN_RANGE
                                                && area.method() != MapMethod.IO_REMAP
                                                && area.getsPages()
                                        ? 1
                                        : 0,
                                area.method().label(),
                                area.flags().stream()
                                        .map(VmFlag::kernelName)
                                        .collect(Collectors.joining(" "))));
            }
        });
        return records;
    }

    /** What happened, oldest first. */
    List<PageEventRecord> events() {
        look();
        List<PageEventRecord> records = new ArrayList<>();
        for (EventLog.Entry entry : ledger.log().entries()) {
            LedgerEvent event = entry.event();
            records.add(
                    new PageEventRecord(
                            entry.number(),
                            entry.stamp(),
                            unit.number(),
                            bits(event.wrongs().stream().map(w -> w.violation()).toList()),
                            event.sentence(),
                            event.wrongs().stream()
                                    .map(LedgerEvent.Wrong::sentence)
                                    .collect(Collectors.joining("; "))));
        }
        return records;
    }
}
