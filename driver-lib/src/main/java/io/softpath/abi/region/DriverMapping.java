package io.softpath.abi.region;

import static io.softpath.abi.region.VmFlag.DONTCOPY;
import static io.softpath.abi.region.VmFlag.DONTDUMP;
import static io.softpath.abi.region.VmFlag.DONTEXPAND;
import static io.softpath.abi.region.VmFlag.IO;
import static io.softpath.abi.region.VmFlag.LOCKED;
import static io.softpath.abi.region.VmFlag.MAYREAD;
import static io.softpath.abi.region.VmFlag.MAYWRITE;
import static io.softpath.abi.region.VmFlag.PFNMAP;
import static io.softpath.abi.region.VmFlag.RESERVED;
import static io.softpath.abi.region.VmFlag.SHM;

import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How one of the real drivers mapped one kind of memory: the method, and the {@code VM_*} flags of
 * the area.
 *
 * @param driver which driver
 * @param kind what was mapped
 * @param method how the pages got there
 * @param set flags that the driver itself set
 * @param byMethod flags that the kernel's function set besides
 * @param cleared {@code VM_MAY*} flags that the driver cleared
 */
public record DriverMapping(
        Driver driver,
        RegionKind kind,
        String method,
        Set<VmFlag> set,
        Set<VmFlag> byMethod,
        Set<VmFlag> cleared) {

    /** The driver at three times of its life. */
    public enum Driver {
        /**
         * As posted for review and as the mail tells it, on 2.6.15: nopage. Source: ipath_driver.c
         * of 28 December 2005, ipath_mmap and ipath_nopage.
         */
        POSTED("posted", "as posted, December 2005 to March 2006; on Linux 2.6.15"),

        /** As merged: everything is mapped at mmap. Source: ipath_file_ops.c of Linux 2.6.17. */
        MERGED("merged", "as merged: Linux 2.6.17 to 2.6.19"),

        /** Its successor's last form. Source: qib_file_ops.c of Linux 4.1. */
        LATE("late", "qib, on Linux 4.1");

        private final String label;
        private final String time;

        Driver(String label, String time) {
            this.label = label;
            this.time = time;
        }

        /** One word. */
        public String label() {
            return label;
        }

        /** When, and on which kernel the flags are as given. */
        public String time() {
            return time;
        }
    }

    private static final Map<Driver, Map<RegionKind, DriverMapping>> ALL =
            new EnumMap<>(Driver.class);

    static {
        Set<VmFlag> windows = flags(DONTCOPY, DONTEXPAND, IO, SHM, LOCKED);
        Set<VmFlag> memory = flags(DONTEXPAND, DONTCOPY, RESERVED, IO, SHM);
        Set<VmFlag> early = flags(IO, RESERVED, PFNMAP);
        String io = "io_remap_pfn_range";
        String remap = "remap_pfn_range";
        add(Driver.POSTED, RegionKind.UREGS, io, windows, early, flags());
        add(Driver.POSTED, RegionKind.PIOBUFS, io, windows, early, flags(MAYWRITE));
        String bare = "nopage, no get_page";
        add(Driver.POSTED, RegionKind.RCVEGRBUFS, bare, memory, flags(), flags(MAYWRITE));
        add(Driver.POSTED, RegionKind.RCVHDRQ, bare, memory, flags(), flags());
        String counted = "nopage, get_page";
        add(Driver.POSTED, RegionKind.PIOAVAIL, counted, memory, flags(), flags(MAYWRITE));
        for (Driver driver : new Driver[] {Driver.MERGED, Driver.LATE}) {
            Set<VmFlag> by =
                    driver == Driver.MERGED ? early : flags(IO, PFNMAP, DONTEXPAND, DONTDUMP);
            Set<VmFlag> set = flags(DONTCOPY, DONTEXPAND);
            add(driver, RegionKind.UREGS, io, set, by, flags());
            add(driver, RegionKind.PIOBUFS, io, set, by, flags(MAYREAD));
            add(driver, RegionKind.RCVEGRBUFS, remap, flags(), by, flags(MAYWRITE));
            add(driver, RegionKind.RCVHDRQ, remap, flags(), by, flags());
            add(driver, RegionKind.RCVHDRTAIL, remap, flags(), by, flags(MAYWRITE));
            add(driver, RegionKind.PIOAVAIL, remap, flags(), by, flags(MAYWRITE));
        }
        for (RegionKind kind : RegionKind.values()) {
            if (kind == RegionKind.SENDBUFSTATUS || kind.onlyShared()) {
                add(
                        Driver.LATE,
                        kind,
                        "fault, get_page",
                        flags(DONTEXPAND, DONTDUMP),
                        flags(),
                        flags());
            }
        }
    }

    public DriverMapping {
        set = Collections.unmodifiableSet(set);
        byMethod = Collections.unmodifiableSet(byMethod);
        cleared = Collections.unmodifiableSet(cleared);
    }

    private static Set<VmFlag> flags(VmFlag... flags) {
        Set<VmFlag> all = EnumSet.noneOf(VmFlag.class);
        Collections.addAll(all, flags);
        return all;
    }

    private static void add(
            Driver driver,
            RegionKind kind,
            String method,
            Set<VmFlag> set,
            Set<VmFlag> byMethod,
            Set<VmFlag> cleared) {
        Set<VmFlag> others = EnumSet.copyOf(byMethod.isEmpty() ? flags() : byMethod);
        others.removeAll(set);
        DriverMapping mapping = new DriverMapping(driver, kind, method, set, others, cleared);
        ALL.computeIfAbsent(driver, d -> new EnumMap<>(RegionKind.class)).put(kind, mapping);
    }

    /**
     * How a driver mapped a kind; empty if it had no such mapping: the posted driver let the user
     * bring the page of the tail, and of these three only qib had the events and shared contexts.
     */
    public static Optional<DriverMapping> of(Driver driver, RegionKind kind) {
        return Optional.ofNullable(ALL.get(driver).get(kind));
    }
}
