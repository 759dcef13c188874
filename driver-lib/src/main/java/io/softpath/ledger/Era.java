package io.softpath.ledger;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A range of kernels that count the pages of drivers alike. They differ in what PG_reserved and
 * VM_RESERVED mean, in whether blocks with the compound flag are one thing, and in which mapping
 * calls exist. Source: mm/memory.c, mm/swap.c, mm/page_alloc.c of the kernels named.
 */
public enum Era {
    /** PG_reserved pages are not counted; compound pages are compiled out. */
    UP_TO_2_6_14("2.6.14", "up to 2.6.14"),
    /** As before, with CONFIG_HUGETLB_PAGE and so with compound pages. */
    UP_TO_2_6_14_HUGETLB("2.6.14+hugetlb", "up to 2.6.14 with CONFIG_HUGETLB_PAGE"),
    /** PG_reserved no longer matters; unmapping a VM_RESERVED area puts nothing. */
    RC1_2_6_15("2.6.15-rc1", "2.6.15-rc1"),
    /** Everything but VM_PFNMAP areas is counted; the batched release misses compound heads. */
    V2_6_15("2.6.15", "2.6.15"),
    /** As 2.6.15, with the batched release mended. */
    FROM_2_6_16("2.6.16", "2.6.16 and later");

    private final String label;
    private final String text;

    Era(String label, String text) {
        this.label = label;
        this.text = text;
    }

    /** The name on the command line, such as {@code 2.6.15-rc1}. */
    public String label() {
        return label;
    }

    /** In words, such as "2.6.16 and later". */
    public String text() {
        return text;
    }

    /**
     * The era with that label; "up to", "from" and the like are not understood.
     *
     * @throws IllegalArgumentException if there is none, naming those there are
     */
    public static Era named(String label) {
        String wanted = label.trim().toLowerCase(Locale.ROOT);
        for (Era era : values()) {
            if (era.label.equals(wanted)) {
                return era;
            }
        }
        throw new IllegalArgumentException(
                "kernel era: name="
                        + label
                        + " is unknown, choose from "
                        + Arrays.stream(values())
                                .map(Era::label)
                                .collect(Collectors.joining(", ")));
    }

    /** PG_reserved takes a page out of all counting (R1). */
    public boolean reservedPagesAreNotCounted() {
        return this == UP_TO_2_6_14 || this == UP_TO_2_6_14_HUGETLB;
    }

    /** Unmapping a VM_RESERVED area puts nothing (R10). */
    public boolean reservedAreasAreNotCounted() {
        return this == RC1_2_6_15;
    }

    /** The compound flag of an allocation has an effect (R6). */
    public boolean knowsCompoundPages() {
        return this != UP_TO_2_6_14;
    }

    /** The batched release at unmap counts down the tail instead of the head (R7). */
    public boolean batchedReleaseMissesHead() {
        return this == V2_6_15;
    }

    /** Freeing a page with PG_reserved is a bad page state (R4). */
    public boolean reportsReservedAtFree() {
        return this == V2_6_15 || this == FROM_2_6_16;
    }

    /** remap_pfn_range maps RAM only if it is reserved (R8). */
    public boolean remapsOnlyReservedMemory() {
        return reservedPagesAreNotCounted();
    }

    /** remap_pfn_range marks its area VM_PFNMAP (R8). */
    public boolean hasPfnMap() {
        return reportsReservedAtFree();
    }

    /** Whether drivers have that way to map. */
    public boolean has(MapMethod method) {
        return switch (method) {
            case NOPAGE, REMAP_PFN_RANGE, IO_REMAP, ANONYMOUS -> true;
            case VM_INSERT_PAGE -> this == V2_6_15 || this == FROM_2_6_16;
            case FAULT -> this == FROM_2_6_16;
        };
    }
}
