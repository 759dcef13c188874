package io.softpath.ledger.lab;

import io.softpath.ledger.Era;
import io.softpath.ledger.MapMethod;
import io.softpath.ledger.MemoryKind;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * One row of the truth table: a way to allocate and map, named as in the discussion of March 2006.
 *
 * @param number from 1
 * @param method how it is mapped
 * @param order of the allocation: 0, &gt;0, any, or - if it has none
 * @param reserved PG_reserved set: yes, no, any or -
 * @param compound with __GFP_COMP: likewise
 * @param getPage nopage takes a reference: likewise
 * @param note what it is known as; may be empty
 * @param inferred eras in which what comes of it follows from the rules but is in no source
 * @param covers the policies that it stands for
 */
public record Row(
        int number,
        String method,
        String order,
        String reserved,
        String compound,
        String getPage,
        String note,
        Set<Era> inferred,
        Predicate<Policy> covers) {
    private static final String YES = "yes";
    private static final String NO = "no";
    private static final String ANY = "any";
    private static final String NONE = "-";

    private static final Set<Era> NOWHERE = EnumSet.noneOf(Era.class);
    private static final Set<Era> OLD_AND_RC1 =
            EnumSet.of(Era.UP_TO_2_6_14, Era.UP_TO_2_6_14_HUGETLB, Era.RC1_2_6_15);
    private static final Set<Era> RC1 = EnumSet.of(Era.RC1_2_6_15);
    private static final Set<Era> NEW = EnumSet.of(Era.V2_6_15, Era.FROM_2_6_16);
    private static final Set<Era> ALL_ERAS = EnumSet.allOf(Era.class);

    /** The 20 rows. */
    public static final List<Row> ALL =
            List.of(
                    nopage(1, false, false, false, true, "Linus's cure B: single pages", NOWHERE),
                    nopage(2, false, false, false, false, "", RC1),
                    nopage(3, false, true, false, false, "the classic recipe", NOWHERE),
                    nopage(4, false, true, false, true, "", NEW),
                    nopage(5, true, false, false, false, "", OLD_AND_RC1),
                    nopage(6, true, false, false, true, "", RC1),
                    nopage(
                            7,
                            true,
                            true,
                            false,
                            false,
                            "the mail's driver: fine up to 2.6.14, the box locks up from 2.6.15 on",
                            RC1),
                    nopage(
                            8,
                            true,
                            true,
                            false,
                            true,
                            "the naive get_page: a big crash",
                            OLD_AND_RC1),
                    nopage(
                            9,
                            true,
                            false,
                            true,
                            true,
                            "Hugh Dickins's recipe: 4.5 MB lost per run on 2.6.15",
                            NOWHERE),
                    nopage(10, true, false, true, false, "", ALL_ERAS),
                    nopage(11, true, true, true, true, "", ALL_ERAS),
                    remap(12, false, "the merged driver", OLD_AND_RC1),
                    remap(13, true, "the merged driver as it runs on old kernels too", RC1),
                    insert(14, false, false, "", NOWHERE),
                    insert(15, true, false, "", NOWHERE),
                    insert(16, true, true, "", NEW),
                    row(
                            17,
                            "nopage, vmalloc",
                            "0",
                            NO,
                            NONE,
                            YES,
                            "the late driver's areas of shared contexts",
                            RC1,
                            p ->
                                    p.memory() == MemoryKind.VMALLOC
                                            && p.method() == MapMethod.NOPAGE
                                            && p.getPage()
                                            && !p.reserved()
                                            && !p.plainArea()),
                    row(
                            18,
                            "io_remap, device",
                            NONE,
                            NONE,
                            NONE,
                            NONE,
                            "user registers and PIO buffers",
                            NOWHERE,
                            p -> p.memory() == MemoryKind.DEVICE),
                    row(
                            19,
                            "get_user_pages",
                            "0",
                            NONE,
                            NONE,
                            NONE,
                            "pinned user memory; fork! is the hazard of copy-on-write",
                            NOWHERE,
                            p -> p.memory() == MemoryKind.USER),
                    row(
                            20,
                            "nopage, kmalloc",
                            NONE,
                            ANY,
                            NONE,
                            ANY,
                            "never: some use of the same memory goes wrong on every kernel",
                            NOWHERE,
                            p -> p.memory() == MemoryKind.SLAB && p.method() == MapMethod.NOPAGE));

    private static Row nopage(
            int number,
            boolean multiPage,
            boolean reserved,
            boolean compound,
            boolean getPage,
            String note,
            Set<Era> inferred) {
        Policy policy = Policy.pages(multiPage, compound, reserved, MapMethod.NOPAGE, getPage);
        return row(
                number,
                "nopage",
                multiPage ? ">0" : "0",
                yes(reserved),
                multiPage ? yes(compound) : NONE,
                yes(getPage),
                note,
                inferred,
                policy::equals);
    }

    private static Row remap(int number, boolean reserved, String note, Set<Era> inferred) {
        return row(
                number,
                "remap_pfn_range",
                ANY,
                yes(reserved),
                ANY,
                NONE,
                note,
                inferred,
                p ->
                        p.memory() == MemoryKind.PAGES
                                && p.method() == MapMethod.REMAP_PFN_RANGE
                                && p.reserved() == reserved);
    }

    private static Row insert(
            int number, boolean multiPage, boolean compound, String note, Set<Era> inferred) {
        Policy policy = Policy.pages(multiPage, compound, false, MapMethod.VM_INSERT_PAGE, false);
        return row(
                number,
                "vm_insert_page",
                multiPage ? ">0" : "0",
                NO,
                multiPage ? yes(compound) : NONE,
                NONE,
                note,
                inferred,
                policy::equals);
    }

    private static Row row(
            int number,
            String method,
            String order,
            String reserved,
            String compound,
            String getPage,
            String note,
            Set<Era> inferred,
            Predicate<Policy> covers) {
        return new Row(number, method, order, reserved, compound, getPage, note, inferred, covers);
    }

    private static String yes(boolean on) {
        return on ? YES : NO;
    }

    /**
     * The row of that number.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Row of(int number) {
        if (number < 1 || number > ALL.size()) {
            throw new IllegalArgumentException(
                    "row=" + number + " does not exist, choose 1.." + ALL.size());
        }
        return ALL.get(number - 1);
    }

    /** What it stands for. */
    public List<Policy> policies() {
        return Policy.all().stream().filter(covers).toList();
    }
}
