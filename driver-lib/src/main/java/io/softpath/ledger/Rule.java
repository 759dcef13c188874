package io.softpath.ledger;

/**
 * The rules by which the kernel counts the pages of a driver, as numbered in the documents of
 * softpath.
 */
public enum Rule {
    R1(
            "up to 2.6.14",
            "a PG_reserved page is not counted: unmapping skips it, put_page leaves it alone;"
                    + " nopage must not get_page",
            "mm/memory.c, zap_pte_range; mm/swap.c, put_page (2.6.14)"),
    R2(
            "up to 2.6.14",
            "an unreserved page that nopage returned is put at unmap: nopage must get_page",
            "mm/memory.c, do_no_page (2.6.14)"),
    R3(
            "2.6.15 on",
            "PG_reserved has no influence: every page that came through nopage is put at unmap, so"
                    + " nopage must always get_page",
            "Nick Piggin, core remove PageReserved, October 2005"),
    R4(
            "2.6.15 on",
            "a page that is freed with PG_reserved set is a bad page state and is not used again",
            "mm/page_alloc.c, free_pages_check (2.6.15)"),
    R5(
            "all",
            "a block without the compound flag has its count on the first page, 0 on the others:"
                    + " get and put of such a page free it alone",
            "Hugh Dickins, LKML, 16 March 2006; mm/page_alloc.c, set_page_refs"),
    R6(
            "2.6.15 on; before with CONFIG_HUGETLB_PAGE",
            "with the compound flag get and put of any page act on the first page's count; the"
                    + " block is freed as one",
            "mm/page_alloc.c, prep_compound_page; mm/swap.c, put_page"),
    R7(
            "2.6.15 only",
            "the batched release at unmap counts down the page's own counter instead of the first"
                    + " page's: those references are lost",
            "Nick Piggin, mm: compound release fix, 7 February 2006; mm/swap.c, release_pages"),
    R8(
            "all",
            "pages of remap_pfn_range are never counted (VM_PFNMAP from 2.6.15); the mapping holds"
                    + " the file, so the driver outlives it. Up to 2.6.14 only reserved RAM is"
                    + " mapped, other pages stay holes",
            "mm/memory.c, remap_pte_range; Linus Torvalds, LKML, 15 March 2006"),
    R9(
            "2.6.15 on",
            "vm_insert_page takes a reference on a counted page and refuses one whose count is 0",
            "mm/memory.c, insert_page (2.6.15)"),
    R10(
            "2.6.15-rc1",
            "unmapping a VM_RESERVED area puts nothing; from 2.6.15 on the flag is only a hint",
            "mm/memory.c, zap_pte_range (2.6.15-rc1)"),
    R11(
            "all",
            "the slab does not honour page counts: kmalloc memory is never to be mapped by page",
            "mm/slab.c, kmem_freepages"),
    R12(
            "all",
            "get_user_pages takes a reference on each page, put_page gives it back after"
                    + " set_page_dirty; beware of fork and copy-on-write",
            "mm/memory.c, get_user_pages"),
    R13(
            "all",
            "VM_SHM means nothing, VM_IO and VM_RESERVED are wrong for counted RAM, VM_LOCKED"
                    + " spoils the accounting, VM_DONTEXPAND is right, VM_DONTCOPY keeps the area"
                    + " out of a child",
            "Hugh Dickins, LKML, 16 March 2006; include/linux/mm.h");

    private final String since;
    private final String text;
    private final String source;

    Rule(String since, String text, String source) {
        this.since = since;
        this.text = text;
        this.source = source;
    }

    /** Which kernels it holds for. */
    public String since() {
        return since;
    }

    /** What it says. */
    public String text() {
        return text;
    }

    /** Where it is to be seen in public. */
    public String source() {
        return source;
    }
}
