package io.softpath.abi.control;

import io.softpath.abi.register.StructField;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Blocks of pages of one use that are alike in everything, as INSPECT answers them. Little-endian.
 *
 * @param unit unit
 * @param context context; -1 for memory of the unit
 * @param kind ordinal of the region kind; -1 for pinned memory of a user
 * @param order of each allocation: 2^order pages
 * @param blocks how many
 * @param pages in all of them
 * @param count of the first page of each
 * @param lowest count among the other pages; as {@code count} if there are none
 * @param flags {@link #COMPOUND} and its neighbours
 * @param entries page table entries that show them
 * @param pins references of get_user_pages
 * @param outstanding pages that the allocator has not got back
 * @param name what they are for
 * @param memory where they are from: pages, vmalloc, user
 */
public record PageBlockRecord(
        int unit,
        int context,
        int kind,
        int order,
        int blocks,
        int pages,
        int count,
        int lowest,
        int flags,
        int entries,
        int pins,
        int outstanding,
        String name,
        String memory) {
    public static final int BYTES = 96;

    /** Counted as one. */
    public static final int COMPOUND = 1;

    /** PG_reserved is set on the first page. */
    public static final int RESERVED = 2;

    /** The chip may write there. */
    public static final int CHIP = 4;

    /** The driver has not freed them. */
    public static final int HELD = 8;

    /** Some page is free though the driver has it, or is withheld for ever. */
    public static final int BROKEN = 16;

    static final int UNIT = 0;
    static final int CONTEXT = 4;
    static final int KIND = 8;
    static final int ORDER = 12;
    static final int BLOCKS = 16;
    static final int PAGES = 20;
    static final int COUNT = 24;
    static final int LOWEST = 28;
    static final int FLAGS = 32;
    static final int ENTRIES = 36;
    static final int PINS = 40;
    static final int OUTSTANDING = 44;
    static final int NAME = 48;
    static final int MEMORY = 80;

    private static final int NAME_BYTES = 32;
    private static final int MEMORY_BYTES = 16;

    /** The members, lowest offset first. */
    public static final List<StructField> LAYOUT =
            StructField.layout(
                    BYTES,
                    new StructField("unit", UNIT, 4, "unit"),
                    new StructField("context", CONTEXT, 4, "context; -1: the unit's"),
                    new StructField(
                            "kind", KIND, 4, "ordinal of the region kind; -1: pinned user memory"),
                    new StructField("order", ORDER, 4, "2^order pages in one allocation"),
                    new StructField("blocks", BLOCKS, 4, "how many blocks alike"),
                    new StructField("pages", PAGES, 4, "pages in all of them"),
                    new StructField("count", COUNT, 4, "count of the first page of each, signed"),
                    new StructField("lowest", LOWEST, 4, "lowest count of the others, signed"),
                    new StructField(
                            "flags",
                            FLAGS,
                            4,
                            "1 compound, 2 reserved, 4 the chip writes there, 8 the driver has"
                                    + " them, 16 broken"),
                    new StructField("entries", ENTRIES, 4, "page table entries that show them"),
                    new StructField("pins", PINS, 4, "references of get_user_pages"),
                    new StructField("outstanding", OUTSTANDING, 4, "pages not given back"),
                    new StructField("name", NAME, NAME_BYTES, "what they are for"),
                    new StructField("memory", MEMORY, MEMORY_BYTES, "pages, vmalloc or user"));

    /** Writes all {@value #BYTES} bytes. */
    public void write(MemorySegment s, long off) {
        Structs.clear(s, off, BYTES);
        Structs.putU32(s, off + UNIT, unit);
        Structs.putU32(s, off + CONTEXT, context);
        Structs.putU32(s, off + KIND, kind);
        Structs.putU32(s, off + ORDER, order);
        Structs.putU32(s, off + BLOCKS, blocks);
        Structs.putU32(s, off + PAGES, pages);
        Structs.putU32(s, off + COUNT, count);
        Structs.putU32(s, off + LOWEST, lowest);
        Structs.putU32(s, off + FLAGS, flags);
        Structs.putU32(s, off + ENTRIES, entries);
        Structs.putU32(s, off + PINS, pins);
        Structs.putU32(s, off + OUTSTANDING, outstanding);
        Structs.putText(s, off + NAME, NAME_BYTES, name);
        Structs.putText(s, off + MEMORY, MEMORY_BYTES, memory);
    }

    /** Reads what {@link #write} wrote. */
    public static PageBlockRecord read(MemorySegment s, long off) {
        return new PageBlockRecord(
                Structs.u32(s, off + UNIT),
                Structs.u32(s, off + CONTEXT),
                Structs.u32(s, off + KIND),
                Structs.u32(s, off + ORDER),
                Structs.u32(s, off + BLOCKS),
                Structs.u32(s, off + PAGES),
                Structs.u32(s, off + COUNT),
                Structs.u32(s, off + LOWEST),
                Structs.u32(s, off + FLAGS),
                Structs.u32(s, off + ENTRIES),
                Structs.u32(s, off + PINS),
                Structs.u32(s, off + OUTSTANDING),
                Structs.text(s, off + NAME, NAME_BYTES),
                Structs.text(s, off + MEMORY, MEMORY_BYTES));
    }
}
