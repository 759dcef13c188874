package io.softpath.daemon.region;

import io.softpath.abi.region.RegionKind;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.linux.Limits;
import io.softpath.linux.MappedMemory;
import io.softpath.linux.MemFd;
import io.softpath.linux.Seals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * One memfd of one kind, mapped here for as long as its arena lives. The mapping is made before the
 * seals: afterwards a read-only kind cannot be mapped writable by anybody, not even by the daemon.
 */
public final class Region implements AutoCloseable {
    private static final int READ_ONLY_MODE = 0444;
    private static final int READ_WRITE_MODE = 0600;

    private final RegionKind kind;
    private final long token;
    private final long bytes;
    private final MemFd file;
    private final int seals;
    private final MemorySegment memory;

    private Region(RegionKind kind, long token, long bytes, MemFd file, MemorySegment memory) {
        this.kind = kind;
        this.token = token;
        this.bytes = bytes;
        this.file = file;
        this.seals = file.seals();
        this.memory = memory;
    }

    /**
     * Creates the file, zeroed, rounded up to pages. Memory is used only when it is touched.
     *
     * @param name of the memfd, as {@code /proc/<pid>/maps} shows it
     * @param readOnly seal it against every writable mapping but this one
     * @throws SoftpathException EMFILE, ENFILE or ENOMEM, naming the limit; nothing is left behind
     */
    static Region create(
            RegionKind kind, String name, long token, long bytes, boolean readOnly, Arena arena) {
        long rounded = (bytes + MappedMemory.PAGE_BYTES - 1) & -MappedMemory.PAGE_BYTES;
        MemFd file = null;
        boolean made = false;
        try {
            file = MemFd.create(name, rounded);
            MemorySegment memory =
                    MappedMemory.map(file.fd(), 0, rounded, true, arena)
                            .dontFork()
                            .dontDump()
                            .segment();
            file.mode(readOnly ? READ_ONLY_MODE : READ_WRITE_MODE);
            file.seal(Seals.SHRINK | Seals.GROW | Seals.SEAL | (readOnly ? Seals.FUTURE_WRITE : 0));
            made = true;
            return new Region(kind, token, bytes, file, memory);
        } catch (SoftpathException e) {
            throw SoftpathException.of(e.errno(), explain(e, name, rounded), e);
        } finally {
            if (!made && file != null) {
                file.close();
            }
        }
    }

    private static String explain(SoftpathException e, String name, long bytes) {
        String what =
                "region: name=" + name + " bytes=" + bytes + " cannot be made: " + e.errno().name();
        return switch (e.errno().number()) {
            case Errno.Code.EMFILE ->
                    what
                            + ", the daemon's open-files limit="
                            + Limits.openFiles()
                            + " is reached; raise it with ulimit -n before starting the daemon";
            case Errno.Code.ENFILE ->
                    what
                            + ", the system's open-files limit is reached; raise it with sysctl"
                            + " fs.file-max";
            case Errno.Code.ENOMEM ->
                    what
                            + ", no memory or too many mappings; free memory, raise sysctl"
                            + " vm.max_map_count, or start the daemon with fewer --contexts";
            default -> what + ": " + e.getMessage();
        };
    }

    public RegionKind kind() {
        return kind;
    }

    /** The offset to pass to mmap. */
    public long token() {
        return token;
    }

    /** What a user may map at most; the file is rounded up to pages. */
    public long bytes() {
        return bytes;
    }

    /** The descriptor to hand to a user. */
    public MemFd file() {
        return file;
    }

    /** The seals of the file, {@code F_SEAL_*}. */
    public int seals() {
        return seals;
    }

    /** The daemon's own mapping, always writable. */
    public MemorySegment memory() {
        return memory;
    }

    /** Closes the descriptor; the memory goes with its arena and the users' mappings. */
    @Override
    public void close() {
        file.close();
    }
}
