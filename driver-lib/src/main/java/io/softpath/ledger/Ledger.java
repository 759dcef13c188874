package io.softpath.ledger;

import io.softpath.abi.region.VmFlag;
import io.softpath.ledger.Frame.State;
import io.softpath.ledger.LedgerEvent.Kind;
import io.softpath.ledger.LedgerEvent.Wrong;
import io.softpath.ledger.PageAllocator.Way;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The kernel's book of pages in one {@link Era}: each call does to the counts what that kernel
 * does, says what goes wrong, and goes on where a real kernel would stop, so that all of the damage
 * shows.
 *
 * <p>Counts are those of {@code page_count}: 1 for a page that only its owner has. Pages of device
 * memory have no frame and no count.
 *
 * <p>One thread at a time. Every call does the same in every run.
 */
public final class Ledger {
    /** Who allocates, frees and tells the chip, in events. */
    private static final String DRIVER = "the driver";

    private final Era era;
    private final Story story;
    private final PageAllocator allocator;
    private final List<AddressSpace> spaces = new ArrayList<>();

    /** An empty ledger. */
    public Ledger(Era era, EventLog log) {
        this.era = era;
        story = new Story(log);
        allocator = new PageAllocator(era, story);
    }

    public Era era() {
        return era;
    }

    public EventLog log() {
        return story.log();
    }

    /** Blocks whose owner has not freed them, or of which some page did not come back. */
    public Collection<Block> blocks() {
        return Collections.unmodifiableSet(allocator.blocks());
    }

    /** Processes that have not ended. */
    public List<AddressSpace> spaces() {
        return Collections.unmodifiableList(spaces);
    }

    // Memory.

    /**
     * Allocates 2^order pages in one piece.
     *
     * @param kind {@link MemoryKind#PAGES} or {@link MemoryKind#SLAB}
     * @param name what the memory is for
     * @param firstPage number of its first page in what the name stands for
     * @param compound whether __GFP_COMP is asked for; without effect on a single page
     */
    public Block allocate(
            MemoryKind kind, String name, int firstPage, int order, boolean compound) {
        if (kind != MemoryKind.PAGES && kind != MemoryKind.SLAB) {
            throw new IllegalArgumentException("allocate: kind=" + kind + " has no order");
        }
        Block block = allocator.allocate(kind, name, firstPage, order, compound);
        if (story.told()) {
            story.about(
                    Kind.ALLOCATE,
                    DRIVER + " allocates %, order " + order + how(block, compound),
                    block,
                    order == 0 ? null : block.compound() ? Rule.R6 : Rule.R5);
        }
        return block;
    }

    private static String how(Block block, boolean compound) {
        if (block.order() == 0) {
            return (block.kind() == MemoryKind.SLAB ? " by kmalloc" : "") + "; count 1";
        }
        if (block.compound()) {
            return " with __GFP_COMP; first page's count 1, for all";
        }
        String how =
                block.kind() == MemoryKind.SLAB
                        ? " by kmalloc"
                        : compound
                                ? " with __GFP_COMP, which this kernel was built without"
                                : " without __GFP_COMP";
        return how + "; count of the first page 1, of the others 0";
    }

    /**
     * Allocates pages that are counted one by one.
     *
     * @param kind {@link MemoryKind#VMALLOC} or {@link MemoryKind#USER}
     */
    public Block allocateEach(MemoryKind kind, String name, int pages) {
        if (!kind.pageByPage()) {
            throw new IllegalArgumentException("allocate: kind=" + kind + " is one piece");
        }
        Block block = allocator.allocateEach(kind, name, 0, pages);
        if (story.told()) {
            story.about(
                    Kind.ALLOCATE,
                    kind == MemoryKind.USER
                            ? "the user has %; count 1 each"
                            : DRIVER + " allocates % by vmalloc; count 1 each",
                    block);
        }
        return block;
    }

    /** A window onto the chip. */
    public Block device(String name, int pages) {
        return new Block(name, 0, MemoryKind.DEVICE, 0, pages, false, 0);
    }

    /** SetPageReserved on every page. */
    public void setReserved(Block block) {
        block.frames().forEach(frame -> frame.reserved = true);
        if (story.told()) {
            story.about(Kind.RESERVE, DRIVER + " sets PG_reserved on %", block);
        }
    }

    /** ClearPageReserved on every page. */
    public void clearReserved(Block block) {
        block.frames().forEach(frame -> frame.reserved = false);
        if (story.told()) {
            story.about(Kind.CLEAR_RESERVED, DRIVER + " clears PG_reserved on %", block);
        }
    }

    /** The driver tells the chip that it may write to every page. */
    public void startDma(Block block) {
        block.frames().forEach(frame -> frame.dmaTargets++);
        if (story.told()) {
            story.about(Kind.CHIP_TARGET, DRIVER + " gives % to the chip to write to", block);
        }
    }

    /** The chip will not write there any more. */
    public void stopDma(Block block) {
        block.frames().forEach(frame -> frame.dmaTargets--);
        if (story.told()) {
            story.about(Kind.CHIP_STOP, DRIVER + " takes % from the chip", block);
        }
    }

    /** The chip may write to the page of a pin. */
    public void startDma(Pin pin) {
        pin.frame.dmaTargets++;
    }

    /** The chip will not write to the page of a pin for this reason any more. */
    public void stopDma(Pin pin) {
        pin.frame.dmaTargets--;
    }

    /** The chip writes to a page, whosever it is by now. */
    public void chipWrites(Block block, int index) {
        Frame frame = block.frame(index);
        if (!frame.isDmaTarget()) {
            throw new IllegalStateException("chip: " + frame + " is not a target");
        }
        List<Wrong> wrongs = story.wrongs();
        if (frame.block != block || frame.state == State.FREE) {
            story.wrong(
                    wrongs,
                    Violation.FREED_EARLY,
                    frame.block == block
                            ? "the page is free"
                            : "the page is " + frame.block.name() + " now",
                    null,
                    false);
        }
        if (story.told()) {
            story.run(
                    Kind.CHIP_WRITE,
                    "the chip writes a packet to %",
                    block,
                    index,
                    1,
                    LedgerEvent.NO_COUNT,
                    LedgerEvent.NO_COUNT,
                    false,
                    wrongs);
        }
    }

    /**
     * The owner gives a block back. Pages with further references live on until those are gone; the
     * slab does not ask.
     */
    public void free(Block block) {
        allocator.free(block, DRIVER);
    }

    // Files and processes.

    /**
     * Opens the device.
     *
     * @param clearsReserved whether the driver's release clears PG_reserved before it frees
     */
    public DriverFile open(String name, boolean clearsReserved) {
        return new DriverFile(name, clearsReserved);
    }

    /** Has release of a file free a block. */
    public void own(DriverFile file, Block block) {
        file.blocks.add(block);
    }

    /**
     * The descriptor is closed; release runs as soon as nothing of the file is mapped any more: it
     * takes everything from the chip and frees it.
     */
    public void close(DriverFile file) {
        if (!file.open) {
            throw new IllegalStateException("close: file=" + file.name() + " is closed");
        }
        file.open = false;
        if (story.told()) {
            if (file.areas > 0) {
                story.say(Kind.CLOSE, file.name() + " is closed; what is mapped holds it", Rule.R8);
            } else {
                story.say(Kind.CLOSE, file.name() + " is closed: release");
            }
        }
        releaseIfDone(file);
    }

    private void releaseIfDone(DriverFile file) {
        if (file.alive()) {
            return;
        }
        List<Block> held =
                file.blocks.stream().filter(block -> block.held && block.hasFrames()).toList();
        held.stream().filter(block -> block.frame(0).isDmaTarget()).forEach(this::stopDma);
        if (file.clearsReserved()) {
            held.stream().filter(Block::hasReserved).forEach(this::clearReserved);
        }
        held.forEach(this::free);
    }

    /** A new process. */
    public AddressSpace process(String name) {
        AddressSpace space = new AddressSpace(name);
        spaces.add(space);
        return space;
    }

    /**
     * A child with the parent's areas, those with VM_DONTCOPY excepted. What the kernel counts has
     * a reference more for each page that the parent had touched.
     */
    public AddressSpace fork(AddressSpace parent, String name) {
        AddressSpace child = process(name);
        if (story.told()) {
            story.say(Kind.FORK, parent + " forks " + child);
        }
        for (Area area : parent.areas) {
            if (!area.has(VmFlag.DONTCOPY)) {
                forkArea(area, child);
            } else if (story.told()) {
                story.say(Kind.FORK, child + " has no " + area.name() + ": VM_DONTCOPY", Rule.R13);
            }
        }
        return child;
    }

    private void forkArea(Area area, AddressSpace child) {
        Area copy = new Area(child, area.request());
        area.flags().forEach(copy::add);
        addArea(copy);
        copy.unmapped = area.unmapped;
        for (int page = 0; page < area.pages(); page++) {
            copy.entries[page] = area.entries[page];
            Frame frame = area.mapped[page];
            if (frame == null) {
                continue;
            }
            boolean counted = isCounted(area, frame);
            int before = frame.pageCount();
            if (counted) {
                frame.counter().count++;
            }
            show(copy, page, frame);
            if (story.told()) {
                story.counted(
                        Kind.FORK,
                        child + " has % too" + (counted ? "" : ", uncounted"),
                        frame,
                        before,
                        null,
                        counted ? putRule(frame) : uncountedRule(area));
            }
        }
    }

    /**
     * The process ends: everything it has mapped is unmapped. Its files are closed by the caller.
     */
    public void exit(AddressSpace space) {
        if (story.told()) {
            story.say(Kind.UNMAP, space + " ends");
        }
        while (!space.areas.isEmpty()) {
            Area area = space.areas.getFirst();
            unmap(area, 0, area.pages(), "at the end of " + space);
        }
        spaces.remove(space);
    }

    // Mapping.

    /**
     * Carries out an mmap.
     *
     * @return the area; null if the kernel refused it or has no such call, with nothing left mapped
     */
    public Area map(AddressSpace space, AreaRequest request) {
        Area area = new Area(space, request);
        if (!era.has(request.method())) {
            refuse(
                    area,
                    Violation.NO_SUCH_CALL,
                    era.text() + " has no " + request.method().label(),
                    null);
            return null;
        }
        boolean remapped =
                request.method() == MapMethod.REMAP_PFN_RANGE
                        || request.method() == MapMethod.IO_REMAP;
        if (remapped) {
            area.add(VmFlag.IO);
            area.add(VmFlag.RESERVED);
            if (era.hasPfnMap()) {
                area.add(VmFlag.PFNMAP);
            }
        }
        addArea(area);
        if (story.told()) {
            story.say(
                    Kind.MAP,
                    space
                            + " maps "
                            + area.name()
                            + " by "
                            + area.handler()
                            + "; flags "
                            + text(area.flags())
                            + (remapped ? "; every page at once, uncounted" : ""),
                    remapped ? Rule.R8 : null);
        }
        if (remapped) {
            remap(area);
        }
        return request.method() != MapMethod.VM_INSERT_PAGE || insert(area) ? area : null;
    }

    private static String text(Set<VmFlag> flags) {
        return flags.isEmpty()
                ? "none"
                : flags.stream().map(VmFlag::kernelName).collect(Collectors.joining(" "));
    }

    private static void addArea(Area area) {
        area.space().areas.add(area);
        if (area.file() != null) {
            area.file().areas++;
        }
    }

    private void refuse(Area area, Violation violation, String why, Rule rule) {
        List<Wrong> wrongs = story.wrongs();
        story.wrong(wrongs, violation, why, rule, false);
        if (story.told()) {
            story.say(
                    Kind.MAP,
                    area.space() + " cannot map " + area.name() + " by " + area.method().label(),
                    wrongs);
        }
    }

    private void remap(Area area) {
        for (int page = 0; page < area.pages(); page++) {
            Frame frame = area.backing[page];
            boolean hole = frame != null && era.remapsOnlyReservedMemory() && !frame.reserved;
            if (!hole) {
                show(area, page, frame);
            }
            if (hole && story.told()) {
                story.page(
                        Kind.MAP,
                        "remap_pfn_range leaves % out: RAM that is not reserved",
                        frame,
                        null,
                        Rule.R8);
            }
        }
    }

    private boolean insert(Area area) {
        for (int page = 0; page < area.pages(); page++) {
            Frame frame = area.backing[page];
            int before = frame.pageCount();
            if (before == 0) {
                unmap(area, 0, area.pages(), "as mmap fails");
                refuse(
                        area,
                        Violation.REFUSED,
                        frame.block.pageName(frame.index)
                                + " has count 0: vm_insert_page says EINVAL",
                        Rule.R9);
                return false;
            }
            frame.counter().count++;
            show(area, page, frame);
            if (story.told()) {
                story.counted(
                        Kind.MAP,
                        "vm_insert_page maps %",
                        frame,
                        before,
                        null,
                        Rule.R9,
                        frame.block.compound() ? Rule.R6 : null);
            }
        }
        return true;
    }

    /** Makes the page table entry. */
    private void show(Area area, int page, Frame frame) {
        area.entries[page] = Area.Entry.PRESENT;
        area.mapped[page] = frame;
        if (frame != null) {
            frame.ptes++;
            area.countedInMapcount[page] = isCounted(area, frame);
            if (area.countedInMapcount[page]) {
                frame.mapcount++;
            }
        }
    }

    /** Whether this kernel counts that page in that area. */
    private boolean isCounted(Area area, Frame frame) {
        return !area.has(VmFlag.PFNMAP)
                && !(era.reservedPagesAreNotCounted() && frame.reserved)
                && !(era.reservedAreasAreNotCounted() && area.has(VmFlag.RESERVED));
    }

    private Rule uncountedRule(Area area) {
        if (area.method() == MapMethod.REMAP_PFN_RANGE) {
            return Rule.R8;
        }
        return era.reservedPagesAreNotCounted() ? Rule.R1 : Rule.R10;
    }

    private Rule putRule(Frame frame) {
        if (frame.block.kind() == MemoryKind.USER) {
            return Rule.R12;
        }
        return era.reservedPagesAreNotCounted() ? Rule.R2 : Rule.R3;
    }

    /**
     * A process touches a page of an area for the first time, or writes to it.
     *
     * @return whether it sees the memory that was mapped, not a page of zeros or nothing
     */
    public boolean touch(Area area, int page, boolean write) {
        return switch (area.entries[page]) {
            case PRESENT -> {
                if (write && area.method() == MapMethod.ANONYMOUS && area.mapped[page].ptes > 1) {
                    copyOnWrite(area, page);
                }
                yield true;
            }
            case ABSENT -> fault(area, page);
            case ZERO_PAGE, UNMAPPED -> false;
        };
    }

    private boolean fault(Area area, int page) {
        switch (area.method()) {
            case NOPAGE, FAULT -> handOut(area, page);
            case ANONYMOUS -> newPage(area, page);
            default -> {
                fillHole(area, page);
                return false;
            }
        }
        return true;
    }

    private void fillHole(Area area, int page) {
        area.entries[page] = Area.Entry.ZERO_PAGE;
        List<Wrong> wrongs = story.wrongs();
        story.wrong(
                wrongs,
                Violation.HOLE,
                "the kernel fills the hole with a page of zeros, what the chip writes is never seen"
                        + " there",
                Rule.R8,
                true);
        if (story.told()) {
            story.page(Kind.TOUCH, area.space() + " touches %", area.backing[page], wrongs);
        }
    }

    private void handOut(Area area, int page) {
        Frame frame = area.backing[page];
        List<Wrong> wrongs = story.wrongs();
        if (frame.state != State.ALLOCATED) {
            story.wrong(
                    wrongs,
                    Violation.FREED_EARLY,
                    area.method().label() + " hands out a page that is not the driver's any more",
                    null,
                    false);
        }
        int before = frame.pageCount();
        if (area.getsPages()) {
            frame.counter().count++;
        }
        show(area, page, frame);
        if (story.told()) {
            story.counted(
                    Kind.TOUCH,
                    area.space()
                            + " touches %: "
                            + area.method().label()
                            + (area.getsPages() ? " takes a reference" : " takes no reference"),
                    frame,
                    before,
                    wrongs,
                    isCounted(area, frame) ? putRule(frame) : uncountedRule(area),
                    area.getsPages() && frame.block.compound() ? Rule.R6 : null);
        }
    }

    private void newPage(Area area, int page) {
        Block block = allocator.allocateEach(MemoryKind.USER, area.name(), page, 1);
        block.held = false; // the page table entry has the one reference
        Frame frame = block.frame(0);
        show(area, page, frame);
        if (story.told()) {
            story.page(Kind.TOUCH, area.space() + " touches %: a new page of its own", frame, null);
        }
    }

    private void copyOnWrite(Area area, int page) {
        Frame old = area.mapped[page];
        if (old.isDmaTarget()) {
            story.log().copiedUnderTheChip();
        }
        if (story.told()) {
            story.page(
                    Kind.COPY_ON_WRITE,
                    area.space()
                            + " writes to %, which it shares since fork, and gets a copy"
                            + (old.isDmaTarget()
                                    ? "; the chip goes on writing to the old page"
                                    : ""),
                    old,
                    null,
                    Rule.R12);
        }
        drop(area, page, "in its place");
        newPage(area, page);
    }

    /** Unmaps a whole area. */
    public void munmap(Area area) {
        munmap(area, 0, area.pages());
    }

    /** Unmaps some pages of an area. */
    public void munmap(Area area, int first, int count) {
        unmap(area, first, count, "at munmap by " + area.space());
    }

    private void unmap(Area area, int first, int count, String when) {
        int uncounted = 0;
        for (int page = first; page < first + count; page++) {
            if (area.entries[page] != Area.Entry.UNMAPPED) {
                if (area.mapped[page] != null && !drop(area, page, when)) {
                    uncounted++;
                }
                area.entries[page] = Area.Entry.UNMAPPED;
                area.unmapped++;
            }
        }
        if (uncounted > 0 && story.told()) {
            story.say(
                    Kind.UNMAP,
                    when
                            + " the kernel unmaps "
                            + area.name()
                            + ", "
                            + uncounted
                            + (uncounted == 1 ? " page" : " pages")
                            + ", and puts nothing",
                    uncountedRule(area));
        }
        if (area.gone() && area.space().areas.remove(area) && area.file() != null) {
            area.file().areas--;
            releaseIfDone(area.file());
        }
    }

    /**
     * Clears the page table entry and gives the reference back, if this kernel counts it.
     *
     * @return whether it does
     */
    private boolean drop(Area area, int page, String when) {
        Frame frame = area.mapped[page];
        area.mapped[page] = null;
        frame.ptes--;
        if (area.countedInMapcount[page]) {
            frame.mapcount--;
        }
        boolean counted = isCounted(area, frame);
        if (counted) {
            allocator.put(
                    frame,
                    Way.UNMAP,
                    Kind.UNMAP,
                    story.told() ? when + " the kernel unmaps and puts %" : "",
                    putRule(frame));
        }
        return counted;
    }

    // get_user_pages.

    /**
     * get_user_pages on one page of an area, which is touched first if need be.
     *
     * @param holder for whom
     * @return null if the kernel refuses (EFAULT): VM_IO, VM_PFNMAP and, in 2.6.15-rc1, VM_RESERVED
     *     areas, and pages that are not there
     */
    public Pin pin(Area area, int page, String holder) {
        boolean closed =
                area.has(VmFlag.IO)
                        || area.has(VmFlag.PFNMAP)
                        || era.reservedAreasAreNotCounted() && area.has(VmFlag.RESERVED);
        if (closed || !touch(area, page, true)) {
            if (story.told()) {
                story.say(
                        Kind.PIN,
                        "get_user_pages on " + area.name() + " is refused: EFAULT",
                        Rule.R12);
            }
            return null;
        }
        Frame frame = area.mapped[page];
        int before = frame.pageCount();
        boolean counted = !(era.reservedPagesAreNotCounted() && frame.reserved);
        if (counted) {
            frame.counter().count++;
        }
        frame.pins++;
        if (story.told()) {
            story.counted(
                    Kind.PIN,
                    holder + " pins %" + (counted ? "" : ", which the kernel does not count"),
                    frame,
                    before,
                    null,
                    counted ? Rule.R12 : Rule.R1);
        }
        return new Pin(frame, holder);
    }

    /** set_page_dirty and put_page. */
    public void unpin(Pin pin) {
        if (!pin.out) {
            throw new IllegalStateException("unpin: " + pin.frame + " was unpinned before");
        }
        pin.out = false;
        pin.frame.pins--;
        allocator.put(
                pin.frame,
                Way.PUT_PAGE,
                Kind.UNPIN,
                story.told() ? pin.holder() + " unpins %" : "",
                Rule.R12);
    }

    // The damage.

    /**
     * Somebody else asks for a page and gets the last one that was freed while it was in use.
     *
     * @return null if there is none
     */
    public Block reuse(String owner) {
        return allocator.reuse(owner);
    }

    /** Who got a page by {@link #reuse} frees it. */
    public void freeReused(Block block, String owner) {
        allocator.free(block, owner);
    }

    /**
     * Everything should be back by now: what no owner holds, nobody maps and nobody pins, and is
     * not free all the same, is lost.
     *
     * @return pages lost, without those that the allocator withholds or whose counts were broken
     */
    public int audit() {
        return allocator.audit();
    }

    /** Takes a block that did not come back out of the book. */
    public void writeOff(Block block) {
        allocator.writeOff(block);
    }
}
