package io.softpath.memory;

import io.softpath.abi.region.RegionKind;
import io.softpath.linux.Fd;
import io.softpath.linux.MappedMemory;
import io.softpath.linux.MemFd;
import io.softpath.linux.Protection;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The maker's end of a region: a sealed file in memory, and the only writable mapping that there
 * will ever be of a read-only kind.
 *
 * <p>A mapping that a user has cannot be taken back, so a file is never used for a second owner:
 * close this one and create another.
 *
 * <p>Threads: those that the arena admits.
 */
public final class RegionFile implements AutoCloseable {
    private final MemFd file;
    private final MappedMemory memory;
    private final RegionRule rule;

    private RegionFile(MemFd file, MappedMemory memory, RegionRule rule) {
        this.file = file;
        this.memory = memory;
        this.rule = rule;
    }

    /**
     * Creates, sizes, maps and seals the file of a region, in the order that leaves this the only
     * writable mapping. It is all zeros, and uses memory only where it is touched.
     *
     * @param name shown in {@code /proc/<pid>/maps}; see {@link RegionKind#fileName}
     * @param bytes its size, for ever
     * @param arena its closing unmaps the region
     * @throws io.softpath.error.SoftpathException EMFILE, ENFILE, ENOMEM: out of descriptors,
     *     mappings or memory
     */
    public static RegionFile create(RegionKind kind, String name, long bytes, Arena arena) {
        RegionRule rule = RegionRule.of(kind);
        return create(
                name,
                bytes,
                rule,
                fd -> MappedMemory.map(fd, 0, bytes, Protection.READ_WRITE, arena));
    }

    /**
     * As {@link #create}, for a file that is no region but that nobody else may write either, such
     * as statistics. It stays mapped while {@link #mapped} or anything made from it is reachable.
     */
    public static RegionFile createReadOnly(String name, long bytes) {
        RegionRule rule = RegionRule.of(RegionKind.PIOAVAIL);
        return create(
                name,
                bytes,
                rule,
                fd -> MappedMemory.mapWhileReachable(fd, 0, bytes, Protection.READ_WRITE));
    }

    /**
     * As {@link #create}, for memory of a user that is no region: whoever has the descriptor may
     * read and write it, and nobody can change its size.
     */
    public static RegionFile createWritable(String name, long bytes, Arena arena) {
        return create(
                name,
                bytes,
                RegionRule.USER_MEMORY,
                fd -> MappedMemory.map(fd, 0, bytes, Protection.READ_WRITE, arena));
    }

    private interface Map {
        MappedMemory of(Fd fd);
    }

    private static RegionFile create(String name, long bytes, RegionRule rule, Map map) {
        MemFd file = MemFd.create(name, bytes);
        try {
            MappedMemory memory = map.of(file.fd()).dontFork().dontDump();
            file.mode(rule.mode());
            file.seal(rule.seals());
            return new RegionFile(file, memory, rule);
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** The maker's view, writable. */
    public MemorySegment memory() {
        return memory.segment();
    }

    /** The maker's mapping. */
    public MappedMemory mapped() {
        return memory;
    }

    /** What to hand to a user: with it the user can do no more than the rule of the kind allows. */
    public Fd fd() {
        return file.fd();
    }

    public MemFd file() {
        return file;
    }

    public RegionRule rule() {
        return rule;
    }

    public long bytes() {
        return memory.segment().byteSize();
    }

    /**
     * Gives the descriptor back. The memory stays mapped until the arena is closed, and with users
     * as long as they like.
     */
    @Override
    public void close() {
        file.close();
    }

    @Override
    public String toString() {
        return memory.toString();
    }
}
