package io.softpath.daemon.control;

import io.softpath.abi.region.DriverMapping;
import io.softpath.abi.region.DriverMapping.Driver;
import io.softpath.abi.region.RegionKind;
import io.softpath.abi.region.VmFlag;
import io.softpath.ledger.AreaRequest;
import io.softpath.ledger.Block;
import io.softpath.ledger.DriverFile;
import io.softpath.ledger.Era;
import io.softpath.ledger.Ledger;
import io.softpath.ledger.MapMethod;
import io.softpath.ledger.MemoryKind;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * How one of the real drivers allocated and mapped each kind of memory on a kernel of its time, for
 * the page ledger. What a driver did not have yet is treated as the later ones do it, as far as the
 * kernel can.
 *
 * <p>Source: ipath_driver.c as posted in March 2006, ipath_mmap and ipath_nopage; ipath_file_ops.c
 * of Linux 2.6.17, ipath_create_user_egr and ipath_mmap; qib_file_ops.c, qib_mmapf.
 *
 * @param driver which of the drivers
 * @param kernel by whose rules pages are counted
 */
record PagePolicy(Driver driver, Era kernel) {
    /** Eager chunks have 8 pages. */
    private static final int CHUNK_ORDER = 3;

    /** The name of the driver's memory behind a kind. */
    static String name(RegionKind kind) {
        return switch (kind) {
            case UREGS -> "user registers";
            case PIOBUFS -> "PIO buffers";
            case RCVEGRBUFS -> "eager chunk";
            case RCVHDRQ -> "header queue";
            case RCVHDRTAIL -> "header queue tail";
            case PIOAVAIL -> "avail registers";
            case SENDBUFSTATUS -> "event words";
            case SUBCTXT_UREGS -> "sub-context registers";
            case SUBCTXT_RCVHDRQ -> "sub-context header queues";
            case SUBCTXT_RCVEGRBUFS -> "sub-context eager areas";
        };
    }

    /** The posted driver hands these out by nopage, reserved and without a reference. */
    private boolean bare(RegionKind kind) {
        return driver == Driver.POSTED
                && (kind == RegionKind.RCVEGRBUFS || kind == RegionKind.RCVHDRQ);
    }

    private boolean reserved(RegionKind kind) {
        return method(kind) == MapMethod.REMAP_PFN_RANGE
                ? kernel.remapsOnlyReservedMemory()
                : bare(kind);
    }

    /** Memory of vmalloc, which qib maps page by page and the chip does not know. */
    private static boolean virtual(RegionKind kind) {
        return kind == RegionKind.SENDBUFSTATUS || kind.onlyShared();
    }

    MapMethod method(RegionKind kind) {
        return switch (kind) {
            case UREGS, PIOBUFS -> MapMethod.IO_REMAP;
            case SENDBUFSTATUS, SUBCTXT_UREGS, SUBCTXT_RCVHDRQ, SUBCTXT_RCVEGRBUFS ->
                    kernel.has(MapMethod.FAULT) ? MapMethod.FAULT : MapMethod.NOPAGE;
            case RCVEGRBUFS, RCVHDRQ, RCVHDRTAIL, PIOAVAIL ->
                    driver == Driver.POSTED ? MapMethod.NOPAGE : MapMethod.REMAP_PFN_RANGE;
        };
    }

    /** Allocates the memory of a kind and gives to the chip what the chip writes. */
    List<Block> allocate(Ledger ledger, String name, RegionKind kind, int pages) {
        List<Block> blocks = new ArrayList<>();
        switch (kind) {
            case UREGS, PIOBUFS -> blocks.add(ledger.device(name, pages));
            case SENDBUFSTATUS, SUBCTXT_UREGS, SUBCTXT_RCVHDRQ, SUBCTXT_RCVEGRBUFS ->
                    blocks.add(ledger.allocateEach(MemoryKind.VMALLOC, name, pages));
            case RCVEGRBUFS -> {
                int first = 0;
                while (first < pages) {
                    int order =
                            Math.min(CHUNK_ORDER, 31 - Integer.numberOfLeadingZeros(pages - first));
                    blocks.add(block(ledger, name, first, order));
                    first += 1 << order;
                }
            }
            case RCVHDRQ, RCVHDRTAIL, PIOAVAIL -> {
                int order = 32 - Integer.numberOfLeadingZeros(pages - 1);
                blocks.add(block(ledger, name, 0, pages == 1 ? 0 : order));
            }
        }
        if (reserved(kind)) {
            blocks.forEach(ledger::setReserved);
        }
        if (!virtual(kind) && method(kind) != MapMethod.IO_REMAP) {
            blocks.forEach(ledger::startDma);
        }
        return blocks;
    }

    private Block block(Ledger ledger, String name, int first, int order) {
        return ledger.allocate(MemoryKind.PAGES, name, first, order, driver != Driver.POSTED);
    }

    /** The mmap of the first pages of a kind. */
    AreaRequest area(RegionKind kind, List<Block> memory, int pages, DriverFile file) {
        Set<VmFlag> flags =
                DriverMapping.of(driver, kind)
                        .map(DriverMapping::set)
                        .orElse(Set.of(VmFlag.DONTEXPAND));
        return new AreaRequest(
                kind.mailName(), method(kind), !bare(kind), flags, memory, pages, file);
    }
}
