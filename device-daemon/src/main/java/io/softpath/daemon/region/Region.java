package io.softpath.daemon.region;

import io.softpath.abi.region.RegionKind;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.linux.Fd;
import io.softpath.linux.Limits;
import io.softpath.linux.MappedMemory;
import io.softpath.memory.RegionFile;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** One region that users map by its token: a sealed file, and the daemon's own mapping of it. */
public final class Region implements AutoCloseable {
    /** A kind whose files users may write. */
    private static final RegionKind WRITABLE = RegionKind.UREGS;

    private final RegionKind kind;
    private final long token;
    private final long bytes;
    private final RegionFile file;
    private final int seals;

    private Region(RegionKind kind, long token, long bytes, RegionFile file) {
        this.kind = kind;
        this.token = token;
        this.bytes = bytes;
        this.file = file;
        seals = file.file().seals();
    }

    /**
     * Creates the file, zeroed, rounded up to pages. Memory is used only when it is touched.
     *
     * @param name of the memfd, as {@code /proc/<pid>/maps} shows it
     * @param forceWritable leave it writable for users, whatever the rule of the kind
     * @throws SoftpathException EMFILE, ENFILE or ENOMEM, naming the limit; nothing is left behind
     */
    static Region create(
            RegionKind kind,
            String name,
            long token,
            long bytes,
            boolean forceWritable,
            Arena arena) {
        long rounded = (bytes + MappedMemory.PAGE_BYTES - 1) & -MappedMemory.PAGE_BYTES;
        try {
            return new Region(
                    kind,
                    token,
                    bytes,
                    RegionFile.create(forceWritable ? WRITABLE : kind, name, rounded, arena));
        } catch (SoftpathException e) {
            throw SoftpathException.of(e.errno(), explain(e, name, rounded), e);
        }
    }

    /** What was to be made, why it could not be, and the remedy. */
    static String explain(SoftpathException e, String name, long bytes) {
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
    public Fd fd() {
        return file.fd();
    }

    /** The seals of the file, {@code F_SEAL_*}. */
    public int seals() {
        return seals;
    }

    /** The daemon's own mapping, always writable. */
    public MemorySegment memory() {
        return file.memory();
    }

    /** Closes the descriptor; the memory goes with its arena and the users' mappings. */
    @Override
    public void close() {
        file.close();
    }
}
