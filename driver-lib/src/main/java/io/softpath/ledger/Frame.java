package io.softpath.ledger;

/**
 * One page frame as the kernel keeps it (struct page), and beside it what is really so: how many
 * page table entries show it, how many references of get_user_pages are out, whether the chip
 * writes to it.
 */
public final class Frame {
    /** Whose a page is. */
    public enum State {
        /** Somebody's. */
        ALLOCATED,
        /** The allocator's. */
        FREE,
        /** Nobody's for ever: freed in a bad state and kept out of use. */
        WITHHELD
    }

    final int number;
    Block block;
    int index;
    int count;
    int mapcount;
    int ptes;
    int pins;
    int dmaTargets;
    boolean reserved;
    boolean ranBelowZero;
    boolean reportedLost;
    State state = State.ALLOCATED;

    Frame(int number, Block block, int index) {
        this.number = number;
        this.block = block;
        this.index = index;
    }

    /** The page that keeps the count: the first one of a compound block, else the page itself. */
    Frame counter() {
        return block.compound() ? block.frame(0) : this;
    }

    /** Its number in the ledger. */
    public int number() {
        return number;
    }

    /** The block it belongs to now. */
    public Block block() {
        return block;
    }

    /** Where in that block. */
    public int index() {
        return index;
    }

    /** Its own counter. A page behind the first of a compound block is not counted there. */
    public int count() {
        return count;
    }

    /** What the kernel takes for its count ({@code page_count}). */
    public int pageCount() {
        return counter().count;
    }

    /** Page table entries as far as the kernel counts them ({@code page_mapcount}). */
    public int mapcount() {
        return mapcount;
    }

    /** Page table entries that really show it. */
    public int ptes() {
        return ptes;
    }

    /** References that get_user_pages took and nobody gave back yet. */
    public int pins() {
        return pins;
    }

    /** The chip was told to write here. */
    public boolean isDmaTarget() {
        return dmaTargets > 0;
    }

    /** PG_reserved. */
    public boolean reserved() {
        return reserved;
    }

    /** Its count, or its block's, was once brought below zero. */
    public boolean ranBelowZero() {
        return ranBelowZero;
    }

    public State state() {
        return state;
    }

    @Override
    public String toString() {
        return block.pageName(index) + " frame=" + number + " count=" + pageCount() + " " + state;
    }
}
