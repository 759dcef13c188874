package io.softpath.ledger;

import io.softpath.ledger.Frame.State;
import io.softpath.ledger.LedgerEvent.Kind;
import io.softpath.ledger.LedgerEvent.Wrong;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Allocates and frees pages, puts references, and checks what comes back. Source: mm/page_alloc.c,
 * mm/swap.c.
 */
final class PageAllocator {
    private final Era era;
    private final Story story;
    private final Set<Block> blocks = new LinkedHashSet<>();
    private int nextFrame;

    /** The last page that was freed while somebody used it: the next one to ask gets it. */
    private Frame freedEarly;

    /** Which way a reference is given back. */
    enum Way {
        /** By put_page. */
        PUT_PAGE,
        /** At unmap, many pages at a time. */
        UNMAP
    }

    PageAllocator(Era era, Story story) {
        this.era = era;
        this.story = story;
    }

    Set<Block> blocks() {
        return blocks;
    }

    /** One piece of 2^order pages. */
    Block allocate(MemoryKind kind, String name, int firstPage, int order, boolean compound) {
        boolean one = compound && order > 0 && era.knowsCompoundPages() && kind == MemoryKind.PAGES;
        return added(new Block(name, firstPage, kind, order, 1 << order, one, nextFrame));
    }

    /** Pages that are counted one by one. */
    Block allocateEach(MemoryKind kind, String name, int firstPage, int pages) {
        return added(new Block(name, firstPage, kind, 0, pages, false, nextFrame));
    }

    private Block added(Block block) {
        nextFrame += block.pages();
        blocks.add(block);
        return block;
    }

    // References.

    /** Gives one reference on a page back. */
    void put(Frame frame, Way way, Kind kind, String text, Rule rule) {
        if (era.reservedPagesAreNotCounted() && frame.reserved) {
            if (story.told()) {
                story.counted(kind, text, frame, frame.pageCount(), null, Rule.R1);
            }
            return;
        }
        Frame counter = frame.counter();
        List<Wrong> wrongs = story.wrongs();
        boolean batched = way == Way.UNMAP && era.batchedReleaseMissesHead();
        if (batched && counter != frame) {
            loseReference(frame, kind, text, wrongs);
            return;
        }
        Block block = frame.block;
        int before = counter.count--;
        if (before <= 0) {
            counter.ranBelowZero = true;
            frame.ranBelowZero = true;
            boolean tail = frame.index > 0 && block.order() > 0 && !block.compound();
            story.wrong(
                    wrongs,
                    Violation.UNDERFLOW,
                    "the kernel puts a page whose count is 0 or less; its own check stops it"
                            + " with an oops",
                    tail ? Rule.R5 : rule,
                    false);
        } else if (before == 1) {
            boolean whole = block.compound() && !batched;
            comeBack(counter, whole, wrongs);
            if (block.compound() && batched) {
                story.wrong(
                        wrongs,
                        Violation.LEAK,
                        "the batched release frees the first page alone, the others never come"
                                + " back",
                        Rule.R7,
                        true);
            }
        }
        if (story.told()) {
            story.run(
                    kind,
                    text,
                    block,
                    frame.index,
                    1,
                    before,
                    before - 1,
                    block.compound(),
                    wrongs,
                    rule,
                    block.compound() ? Rule.R6 : null);
        }
    }

    /** R7: the tail's own counter goes down, the head's stays. */
    private void loseReference(Frame tail, Kind kind, String text, List<Wrong> wrongs) {
        int before = tail.count--;
        if (tail.pageCount() <= 0) {
            story.wrong(
                    wrongs,
                    Violation.UNDERFLOW,
                    "the first page's count is 0 or less; the kernel's own check stops it with an"
                            + " oops",
                    Rule.R7,
                    true);
        }
        if (story.told()) {
            story.run(
                    kind,
                    text
                            + ", but counts in the page's own counter: the reference on the first"
                            + " page is lost",
                    tail.block,
                    tail.index,
                    1,
                    before,
                    before - 1,
                    false,
                    wrongs,
                    Rule.R7);
        }
    }

    // Freeing.

    /** The owner gives a block back. */
    void free(Block block, String who) {
        if (!block.held) {
            throw new IllegalStateException("free: " + block + " was freed before");
        }
        block.held = false;
        if (block.kind() == MemoryKind.SLAB) {
            freeToSlab(block, who);
        } else if (block.kind().pageByPage()) {
            for (int i = 0; i < block.pages(); i++) {
                freePages(block, i, 1, who);
            }
        } else if (block.hasFrames()) {
            freePages(block, 0, block.pages(), who);
        }
        forgetIfGone(block);
    }

    /** __free_pages: puts the first page; at 0 all of them go back. */
    private void freePages(Block block, int index, int pages, String who) {
        Frame first = block.frame(index);
        if (era.reservedPagesAreNotCounted() && first.reserved) {
            if (story.told()) {
                story.run(
                        Kind.FREE,
                        who + " frees %: nothing happens, PG_reserved is set",
                        block,
                        index,
                        pages,
                        first.count,
                        first.count,
                        false,
                        null,
                        Rule.R1);
            }
            return;
        }
        List<Wrong> wrongs = story.wrongs();
        Rule rule = block.order() == 0 ? null : block.compound() ? Rule.R6 : Rule.R5;
        int before = first.count--;
        if (before <= 0) {
            first.ranBelowZero = true;
            story.wrong(
                    wrongs,
                    Violation.UNDERFLOW,
                    "its count is 0 or less, somebody else freed it; the kernel's own check stops"
                            + " it with an oops",
                    rule,
                    true);
        } else if (before == 1) {
            comeBack(first, first.block == block, block.compound(), wrongs);
        }
        if (story.told()) {
            story.run(
                    Kind.FREE,
                    who
                            + " frees %"
                            + (before > 1 ? ": it stays, references left: " + (before - 1) : ""),
                    block,
                    index,
                    block.compound() ? pages : 1,
                    before,
                    before - 1,
                    block.compound(),
                    wrongs,
                    rule);
        }
        if (before == 1 && !block.compound()) {
            for (int i = index + 1; i < index + pages; i++) {
                freeTail(block, i, who);
            }
        }
    }

    /** A page behind the first of a block without the compound flag, as the block is freed. */
    private void freeTail(Block block, int index, String who) {
        Frame frame = block.frame(index);
        List<Wrong> wrongs = story.wrongs();
        int before = frame.count;
        boolean another = frame.block != block;
        boolean writtenOff = frame.state == State.WITHHELD;
        if (another || frame.state != State.ALLOCATED) {
            String what =
                    another
                            ? "count " + before + ", the page is " + frame.block.name() + " now"
                            : writtenOff
                                    ? "the page was written off already"
                                    : "the page is free already";
            boolean inferred = another || writtenOff;
            story.wrong(wrongs, Violation.BAD_PAGE_STATE, what, Rule.R5, inferred);
            story.wrong(
                    wrongs, Violation.DOUBLE_FREE, "the free lists are damaged", Rule.R5, inferred);
        } else if (before != 0) {
            story.wrong(
                    wrongs,
                    Violation.BAD_PAGE_STATE,
                    "count " + before + " as the block is freed",
                    Rule.R5,
                    false);
        }
        frame.count = 0;
        comeBack(frame, !another, false, wrongs);
        if (story.told()) {
            story.run(
                    Kind.FREE,
                    who + " frees % with it",
                    block,
                    index,
                    1,
                    before,
                    0,
                    false,
                    wrongs,
                    Rule.R5);
        }
    }

    /** kfree: the object goes back to the slab whatever the page counts say. */
    private void freeToSlab(Block block, String who) {
        for (int i = 0; i < block.pages(); i++) {
            Frame frame = block.frame(i);
            List<Wrong> wrongs = story.wrongs();
            int before = frame.count;
            boolean another = frame.block != block;
            if (another || frame.state != State.ALLOCATED) {
                story.wrong(
                        wrongs,
                        Violation.DOUBLE_FREE,
                        "the page is the slab's no longer",
                        Rule.R11,
                        true);
            }
            frame.count = 0;
            comeBack(frame, !another, false, wrongs);
            if (story.told()) {
                story.run(
                        Kind.FREE,
                        who + " frees % by kfree, which asks for no count",
                        block,
                        i,
                        1,
                        before,
                        0,
                        false,
                        wrongs,
                        Rule.R11);
            }
        }
    }

    private void comeBack(Frame first, boolean whole, List<Wrong> wrongs) {
        comeBack(first, true, whole, wrongs);
    }

    /**
     * A page, or the block that it is the first of, comes back to the allocator, which checks it.
     *
     * @param own whoever frees it has it
     * @param whole the rest of its block comes with it
     */
    private void comeBack(Frame first, boolean own, boolean whole, List<Wrong> wrongs) {
        checkUse(first, own, whole, wrongs);
        takeBack(first, wrongs);
        for (int i = 1; whole && i < first.block.pages(); i++) {
            Frame tail = first.block.frame(i);
            tail.count = 0;
            takeBack(tail, wrongs);
        }
    }

    /** Does anybody need what comes back? */
    private void checkUse(Frame first, boolean own, boolean whole, List<Wrong> wrongs) {
        boolean used = !own || first.block.held || inUse(first);
        for (int i = 1; whole && i < first.block.pages(); i++) {
            used |= inUse(first.block.frame(i));
        }
        if (used) {
            freedEarly = first;
            story.wrong(
                    wrongs,
                    Violation.FREED_EARLY,
                    wrongs == null ? "" : users(first, own),
                    null,
                    false);
        }
    }

    private static boolean inUse(Frame frame) {
        return frame.isDmaTarget() || frame.ptes > 0 || frame.pins > 0;
    }

    private static String users(Frame frame, boolean own) {
        List<String> users = new ArrayList<>();
        if (!own) {
            users.add("it is " + frame.block.name() + " now");
        } else if (frame.block.held) {
            users.add("the driver has it still");
        }
        if (frame.isDmaTarget()) {
            users.add("the chip writes to it");
        }
        if (frame.ptes > 0) {
            users.add("a process has it mapped");
        }
        if (frame.pins > 0) {
            users.add("it is pinned");
        }
        return users.isEmpty() ? "other pages of the block are in use" : String.join(", ", users);
    }

    /** free_pages_check, and where the page goes. */
    private void takeBack(Frame frame, List<Wrong> wrongs) {
        Block block = frame.block;
        if (frame.state == State.ALLOCATED) {
            block.outstanding--;
            if (block.kind() == MemoryKind.SLAB && block.held) {
                story.wrong(
                        wrongs,
                        Violation.BAD_PAGE_STATE,
                        "the page is the slab's",
                        Rule.R11,
                        false);
            }
        }
        if (frame.mapcount > 0) {
            story.wrong(wrongs, Violation.BAD_PAGE_STATE, "the page is mapped", null, false);
        }
        boolean withhold = frame.reserved && era.reportsReservedAtFree();
        if (withhold) {
            story.wrong(
                    wrongs,
                    Violation.BAD_PAGE_STATE,
                    "PG_reserved is set; the page is not used again",
                    Rule.R4,
                    false);
        }
        frame.state = withhold ? State.WITHHELD : State.FREE;
        forgetIfGone(block);
    }

    private void forgetIfGone(Block block) {
        if (block.outstanding == 0 && !block.held && !block.hasWithheld()) {
            blocks.remove(block);
        }
    }

    // The damage.

    /** Takes a block that never came back out of the book. */
    void writeOff(Block block) {
        if (block.held) {
            throw new IllegalStateException("write off: " + block + " has an owner");
        }
        blocks.remove(block);
    }

    /** Somebody else asks for a page and gets one that was freed while it was in use. */
    Block reuse(String owner) {
        Frame frame = freedEarly;
        freedEarly = null;
        if (frame == null || frame.state != State.FREE) {
            return null;
        }
        if (story.told()) {
            story.page(Kind.REUSE, owner + " asks for a page and gets %", frame, null);
        }
        Block block = new Block(owner + "'s memory", frame);
        blocks.add(block);
        return block;
    }

    /** Counts and reports what nobody has and is not free. */
    int audit() {
        int lost = 0;
        for (Block block : blocks) {
            if (block.held || block.frame(0).ranBelowZero || block.compound() && inUse(block)) {
                continue;
            }
            for (int i = 0; i < block.pages(); i++) {
                Frame frame = block.frame(i);
                if (frame.block == block
                        && frame.state == State.ALLOCATED
                        && !inUse(frame)
                        && !frame.ranBelowZero) {
                    lost++;
                    if (!frame.reportedLost) {
                        frame.reportedLost = true;
                        reportLost(frame);
                    }
                }
            }
        }
        return lost;
    }

    private static boolean inUse(Block block) {
        for (int i = 0; i < block.pages(); i++) {
            if (inUse(block.frame(i))) {
                return true;
            }
        }
        return false;
    }

    private void reportLost(Frame frame) {
        List<Wrong> wrongs = story.wrongs();
        story.wrong(
                wrongs,
                Violation.LEAK,
                "nobody has the page, and it never comes back",
                null,
                false);
        if (story.told()) {
            story.counted(Kind.END, "in the end: %", frame, frame.pageCount(), wrongs);
        }
    }
}
