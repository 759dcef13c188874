package io.softpath.memory;

import io.softpath.abi.region.RegionKind;
import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.linux.LockResult;
import io.softpath.linux.MappedMemory;
import io.softpath.linux.Protection;

import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A region as a user has it mapped. What the kind may do is what the type offers: a readable kind
 * is a segment ({@link #segment}), and that segment refuses stores unless the kind is writable; the
 * write-only kind is a {@link WriteOnlyMemory} ({@link #writeOnly}) and never a segment.
 *
 * <p>It lives as long as the arena it was mapped into, and any thread that the arena admits may use
 * it.
 */
public final class Mapping {
    private final RegionKind kind;
    private final long token;
    private final MappedMemory memory;
    private final LockResult lock;
    private final WriteOnlyMemory writeOnly;

    Mapping(RegionKind kind, long token, MappedMemory memory, LockResult lock) {
        this.kind = kind;
        this.token = token;
        this.memory = memory;
        this.lock = lock;
        this.writeOnly =
                memory.protection() == Protection.WRITE_ONLY
                        ? new WriteOnlyMemory(memory.segment())
                        : null;
    }

    public RegionKind kind() {
        return kind;
    }

    /** The offset token by which the user asked for it. */
    public long token() {
        return token;
    }

    public long bytes() {
        return memory.segment().byteSize();
    }

    /** False once its arena is closed; then nothing is mapped any more. */
    public boolean isOpen() {
        return memory.segment().scope().isAlive();
    }

    /**
     * The memory, of a kind that may be read; read-only unless the kind is writable.
     *
     * @throws SoftpathException EPERM: the kind is write-only; EBADF: unmapped
     */
    public MemorySegment segment() {
        checkOpen();
        if (writeOnly != null) {
            throw refusal(Errno.EPERM, "reading refused: the region is write-only");
        }
        return memory.segment();
    }

    /**
     * The memory of the write-only kind.
     *
     * @throws SoftpathException EPERM: the kind is another; EBADF: unmapped
     */
    public WriteOnlyMemory writeOnly() {
        checkOpen();
        if (writeOnly == null) {
            throw refusal(Errno.EPERM, "no write-only view: the region is readable");
        }
        return writeOnly;
    }

    /** Whether the memory is locked, and if not, why. */
    public LockResult lock() {
        return lock;
    }

    /**
     * What was asked for and what the kernel shows. Slow: reads smaps.
     *
     * @throws SoftpathException EBADF: unmapped
     */
    public Vma vma() {
        return Vma.of(List.of(this)).getFirst();
    }

    long address() {
        checkOpen();
        return memory.segment().address();
    }

    String name() {
        return memory.name();
    }

    private void checkOpen() {
        if (!isOpen()) {
            throw refusal(Errno.EBADF, "use of a closed mapping");
        }
    }

    private SoftpathException refusal(Errno errno, String what) {
        return SoftpathException.of(errno, what + ": " + this);
    }

    @Override
    public String toString() {
        return "kind="
                + kind.label()
                + " token=0x"
                + Long.toHexString(token)
                + " bytes="
                + bytes()
                + " protection="
                + memory.protection();
    }
}
