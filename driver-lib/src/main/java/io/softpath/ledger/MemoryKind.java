package io.softpath.ledger;

/** Where the memory of a block is from. */
public enum MemoryKind {
    /** alloc_pages, and dma_alloc_coherent over it. */
    PAGES("pages"),
    /** kmalloc. */
    SLAB("kmalloc"),
    /** vmalloc: pages of order 0, each counted for itself. */
    VMALLOC("vmalloc"),
    /** Memory on the chip, without struct page. */
    DEVICE("device"),
    /** The user's own, each page counted for itself. */
    USER("user");

    private final String label;

    MemoryKind(String label) {
        this.label = label;
    }

    public String label() {
        return label;
    }

    /** Each page has a count of its own, 1 to begin with. */
    boolean pageByPage() {
        return this == VMALLOC || this == USER;
    }
}
