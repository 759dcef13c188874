package io.softpath.ledger.lab;

import io.softpath.abi.region.DriverMapping;
import io.softpath.abi.region.RegionKind;
import io.softpath.abi.region.VmFlag;
import io.softpath.ledger.MapMethod;
import io.softpath.ledger.MemoryKind;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * How a driver allocates and maps the memory that the chip writes.
 *
 * @param memory where it is from
 * @param multiPage allocated in pieces of several pages (order above 0), not page by page
 * @param compound with __GFP_COMP; only in pieces of several pages
 * @param reserved with PG_reserved set on every page
 * @param method how it is mapped
 * @param getPage whether nopage or fault takes a reference on what it hands out
 * @param plainArea without VM_RESERVED and VM_IO, which the mail's driver sets; only where the
 *     method does not set them itself
 */
public record Policy(
        MemoryKind memory,
        boolean multiPage,
        boolean compound,
        boolean reserved,
        MapMethod method,
        boolean getPage,
        boolean plainArea) {
    private static final Set<VmFlag> MAIL_AREA =
            DriverMapping.of(DriverMapping.Driver.POSTED, RegionKind.RCVHDRQ).orElseThrow().set();

    /** Eager chunks and header queue of the mail's driver. */
    public static final Policy MAIL_BLOCKS = pages(true, false, true, MapMethod.NOPAGE, false);

    /** The avail page of the mail's driver. */
    public static final Policy MAIL_AVAIL = pages(false, false, false, MapMethod.NOPAGE, true);

    /** The driver as merged for 2.6.17. */
    public static final Policy MERGED = pages(true, true, false, MapMethod.REMAP_PFN_RANGE, false);

    /** What is right on every kernel: remapped, and reserved for the old ones' sake. */
    static final Policy RIGHT_ON_ALL = pages(true, false, true, MapMethod.REMAP_PFN_RANGE, false);

    public Policy {
        if (compound && !multiPage || plainArea && !choosesArea(method)) {
            throw new IllegalArgumentException(
                    "policy: compound="
                            + compound
                            + " multiPage="
                            + multiPage
                            + " plainArea="
                            + plainArea
                            + " method="
                            + method
                            + " do not go together");
        }
    }

    /** Of ordinary pages, in an area with the mail's flags. */
    static Policy pages(
            boolean multiPage,
            boolean compound,
            boolean reserved,
            MapMethod method,
            boolean getPage) {
        return new Policy(MemoryKind.PAGES, multiPage, compound, reserved, method, getPage, false);
    }

    private static boolean choosesArea(MapMethod method) {
        return method == MapMethod.NOPAGE
                || method == MapMethod.FAULT
                || method == MapMethod.VM_INSERT_PAGE;
    }

    /** Every combination that differs from every other. */
    public static List<Policy> all() {
        List<Policy> all = new ArrayList<>();
        for (MemoryKind memory : List.of(MemoryKind.PAGES, MemoryKind.SLAB, MemoryKind.VMALLOC)) {
            for (MapMethod method :
                    List.of(
                            MapMethod.NOPAGE,
                            MapMethod.REMAP_PFN_RANGE,
                            MapMethod.VM_INSERT_PAGE,
                            MapMethod.FAULT)) {
                addAll(all, memory, method);
            }
        }
        all.add(
                new Policy(
                        MemoryKind.DEVICE, true, false, false, MapMethod.IO_REMAP, false, false));
        all.add(new Policy(MemoryKind.USER, false, false, false, MapMethod.ANONYMOUS, true, false));
        return all;
    }

    private static void addAll(List<Policy> all, MemoryKind memory, MapMethod method) {
        boolean[] no = {false};
        boolean[] both = {false, true};
        boolean handler = method == MapMethod.NOPAGE || method == MapMethod.FAULT;
        for (boolean multiPage : memory == MemoryKind.VMALLOC ? no : both) {
            for (boolean compound : multiPage && memory == MemoryKind.PAGES ? both : no) {
                for (boolean reserved : both) {
                    for (boolean getPage : handler ? both : no) {
                        for (boolean plain : choosesArea(method) ? both : no) {
                            all.add(
                                    new Policy(
                                            memory, multiPage, compound, reserved, method, getPage,
                                            plain));
                        }
                    }
                }
            }
        }
    }

    /** What the driver sets on the area. */
    Set<VmFlag> flags() {
        if (plainArea || !choosesArea(method)) {
            return EnumSet.of(VmFlag.DONTEXPAND);
        }
        return MAIL_AREA;
    }

    /** A handler hands the pages out one by one. */
    boolean hasHandler() {
        return method == MapMethod.NOPAGE || method == MapMethod.FAULT;
    }

    /** In words, such as "nopage without get_page, order > 0, reserved". */
    public String text() {
        StringBuilder text = new StringBuilder(method.label());
        if (hasHandler()) {
            text.append(getPage ? " with get_page" : " without get_page");
        }
        if (memory != MemoryKind.PAGES) {
            text.append(" of ").append(memory.label()).append(" memory");
        }
        if (memory == MemoryKind.PAGES || memory == MemoryKind.SLAB) {
            text.append(multiPage ? ", order > 0" : ", order 0");
        }
        text.append(compound ? ", compound" : "");
        text.append(reserved ? ", reserved" : "");
        text.append(plainArea && choosesArea(method) ? ", area without VM_RESERVED and VM_IO" : "");
        return text.toString();
    }
}
