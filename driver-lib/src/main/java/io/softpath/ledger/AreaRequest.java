package io.softpath.ledger;

import io.softpath.abi.region.VmFlag;

import java.util.List;
import java.util.Set;

/**
 * An mmap, as a driver carries it out.
 *
 * @param name what is mapped
 * @param method how
 * @param getPage whether nopage or the fault handler takes a reference on what it hands out
 * @param flags what the driver sets; the method may add some
 * @param memory from the start of the area; empty for anonymous memory
 * @param pages of the area; anonymous memory only, else as many as the memory has
 * @param file that the area holds; null if none
 */
public record AreaRequest(
        String name,
        MapMethod method,
        boolean getPage,
        Set<VmFlag> flags,
        List<Block> memory,
        int pages,
        DriverFile file) {
    public AreaRequest {
        flags = Set.copyOf(flags);
        memory = List.copyOf(memory);
    }

    /** A mapping of the whole of a driver's memory. */
    public static AreaRequest of(
            String name,
            MapMethod method,
            boolean getPage,
            Set<VmFlag> flags,
            List<Block> memory,
            DriverFile file) {
        int pages = memory.stream().mapToInt(Block::pages).sum();
        return new AreaRequest(name, method, getPage, flags, memory, pages, file);
    }

    /** A user's own memory. */
    public static AreaRequest anonymous(String name, int pages) {
        return new AreaRequest(name, MapMethod.ANONYMOUS, true, Set.of(), List.of(), pages, null);
    }
}
