package io.softpath.ledger;

/** How the pages of an area get into the page table. */
public enum MapMethod {
    /** A nopage handler names the page at the first touch. */
    NOPAGE("nopage"),
    /** The later form of nopage, from 2.6.23 on; the handler of the last drivers. */
    FAULT("fault"),
    /** All page frames at mmap time, uncounted. */
    REMAP_PFN_RANGE("remap_pfn_range"),
    /** Counted pages at mmap time, from 2.6.15 on. */
    VM_INSERT_PAGE("vm_insert_page"),
    /** Registers and buffers on the chip, which have no struct page. */
    IO_REMAP("io_remap_pfn_range"),
    /** The user's own memory: no driver. */
    ANONYMOUS("anonymous");

    private final String label;

    MapMethod(String label) {
        this.label = label;
    }

    /** The kernel's name for it. */
    public String label() {
        return label;
    }

    /** Pages appear one by one as they are touched. */
    public boolean lazy() {
        return this == NOPAGE || this == FAULT || this == ANONYMOUS;
    }
}
