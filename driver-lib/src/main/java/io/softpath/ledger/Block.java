package io.softpath.ledger;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * What one allocation gave: 2^order page frames, or a run of pages that are counted one by one, or
 * a window onto the chip, which has no page frames at all.
 */
public final class Block {
    private final String name;
    private final int firstPage;
    private final MemoryKind kind;
    private final int order;
    private final boolean compound;
    private final int pages;
    private final Frame[] frames;

    /** The owner has not given it back yet. */
    boolean held = true;

    /** Page frames that are not the allocator's. */
    int outstanding;

    /**
     * @param firstPage where the first page is in what the name stands for
     * @param compound as it takes effect
     * @param firstFrame number of the first frame; ignored for device memory
     */
    Block(
            String name,
            int firstPage,
            MemoryKind kind,
            int order,
            int pages,
            boolean compound,
            int firstFrame) {
        this.name = name;
        this.firstPage = firstPage;
        this.kind = kind;
        this.order = order;
        this.pages = pages;
        this.compound = compound;
        frames = new Frame[kind == MemoryKind.DEVICE ? 0 : pages];
        for (int i = 0; i < frames.length; i++) {
            frames[i] = new Frame(firstFrame + i, this, i);
            frames[i].count = i == 0 || kind.pageByPage() ? 1 : 0;
        }
        outstanding = frames.length;
    }

    /** A block of one page that was freed before and now is somebody else's. */
    Block(String name, Frame reused) {
        this.name = name;
        firstPage = 0;
        kind = MemoryKind.PAGES;
        order = 0;
        pages = 1;
        compound = false;
        frames = new Frame[] {reused};
        reused.block = this;
        reused.index = 0;
        reused.count = 1;
        reused.reserved = false;
        reused.state = Frame.State.ALLOCATED;
        outstanding = 1;
    }

    /** What it is for, such as "header queue". */
    public String name() {
        return name;
    }

    public MemoryKind kind() {
        return kind;
    }

    public int order() {
        return order;
    }

    /** Whether its pages are counted as one. */
    public boolean compound() {
        return compound;
    }

    public int pages() {
        return pages;
    }

    /** The frames it was made of; one that was freed may have another owner now. */
    public List<Frame> frames() {
        return Collections.unmodifiableList(Arrays.asList(frames));
    }

    /**
     * @throws IndexOutOfBoundsException if it has no such page, or is device memory
     */
    public Frame frame(int index) {
        return frames[index];
    }

    /** Not yet given back by who allocated it. */
    public boolean held() {
        return held;
    }

    /** Page frames that the allocator has not got back. */
    public int outstanding() {
        return outstanding;
    }

    int firstPage() {
        return firstPage;
    }

    boolean hasFrames() {
        return frames.length > 0;
    }

    boolean hasReserved() {
        for (Frame frame : frames) {
            if (frame.reserved) {
                return true;
            }
        }
        return false;
    }

    /** A page of it was freed in a bad state and is kept out of use. */
    boolean hasWithheld() {
        for (Frame frame : frames) {
            if (frame.state == Frame.State.WITHHELD) {
                return true;
            }
        }
        return false;
    }

    /** The counts of its pages, each page's own. */
    public List<Integer> counts() {
        List<Integer> counts = new ArrayList<>();
        for (Frame frame : frames) {
            counts.add(frame.count);
        }
        return counts;
    }

    String pageName(int index) {
        return name + " page " + (firstPage + index);
    }

    @Override
    public String toString() {
        return name + " " + kind.label() + " order=" + order + " pages=" + pages;
    }
}
