package io.softpath.linux;

import io.softpath.error.Errno;
import io.softpath.fault.FaultPoint;
import io.softpath.fault.Faults;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A shared mapping of a file, as long-lived as its arena: closing the arena unmaps it, and a later
 * access is an {@code IllegalStateException} instead of a crash. A mapping made without write
 * access is a read-only segment: a store is an {@code IllegalArgumentException}.
 *
 * <p>Threads: those that the arena admits.
 */
public final class MappedMemory {
    /** The size of a page; every offset and length handed to the kernel is a multiple of it. */
    public static final long PAGE_BYTES = 4096;

    private static final int MAP_SHARED = 1;
    private static final int MADV_DONTNEED = 4;
    private static final int MADV_DONTFORK = 10;
    private static final int MADV_DONTDUMP = 16;
    private static final int MADV_POPULATE_READ = 22;
    private static final int MADV_POPULATE_WRITE = 23;
    private static final int MLOCK_ONFAULT = 1;

    /** Some hundred microseconds' worth of pages. */
    private static final long DROP_BYTES = 4L << 20;

    private final MemorySegment segment;
    private final Protection protection;
    private final boolean mappedWhileReachable;
    private final String name;

    private MappedMemory(
            MemorySegment segment,
            Protection protection,
            boolean mappedWhileReachable,
            String name) {
        this.segment = segment;
        this.protection = protection;
        this.mappedWhileReachable = mappedWhileReachable;
        this.name = name;
    }

    /** As {@link #map(Fd, long, long, Protection, Arena)}: readable, and writable if wanted. */
    public static MappedMemory map(Fd fd, long offset, long bytes, boolean writable, Arena arena) {
        Protection protection = writable ? Protection.READ_WRITE : Protection.READ_ONLY;
        return map(fd, offset, bytes, protection, arena);
    }

    /**
     * Maps {@code bytes} bytes from {@code offset} on, shared, until the arena is closed. The
     * descriptor may be closed at once.
     *
     * @param offset in bytes, a multiple of {@link #PAGE_BYTES}
     * @param bytes at least 1, at most the rest of the file: a mapping past the end would fault
     * @throws io.softpath.error.SoftpathException EINVAL: offset or length out of the file; EPERM:
     *     writable and the file is sealed with {@link Seals#FUTURE_WRITE} or {@link Seals#WRITE};
     *     EACCES: the descriptor does not allow the access; ENOMEM: too many mappings
     */
    public static MappedMemory map(
            Fd fd, long offset, long bytes, Protection protection, Arena arena) {
        return map(fd, offset, bytes, protection, arena, false);
    }

    /**
     * As {@link #map(Fd, long, long, Protection, Arena)}, but mapped as long as the segment, or
     * anything made from it, is reachable: for memory whose users hold addresses that no arena
     * guards.
     */
    public static MappedMemory mapWhileReachable(
            Fd fd, long offset, long bytes, Protection protection) {
        return map(fd, offset, bytes, protection, Arena.ofAuto(), true);
    }

    @SuppressWarnings("restricted") // the one place where memory of the kernel's becomes a segment
    private static MappedMemory map(
            Fd fd,
            long offset,
            long bytes,
            Protection protection,
            Arena arena,
            boolean mappedWhileReachable) {
        long fileBytes = MemFd.bytes(fd);
        if (offset < 0 || offset % PAGE_BYTES != 0 || bytes <= 0 || bytes > fileBytes - offset) {
            throw NativeCalls.failure(
                    "mmap",
                    NativeCalls.EINVAL,
                    fd + " offset=" + offset + " bytes=" + bytes + " fileBytes=" + fileBytes);
        }
        long address;
        int number = fd.enter();
        try {
            int errno = Faults.errno(FaultPoint.MEMORY_MAP);
            address =
                    NativeCalls.check(
                            "mmap",
                            errno != 0
                                    ? -errno
                                    : NativeCalls.callLong(
                                            NativeCalls.MMAP,
                                            0,
                                            bytes,
                                            protection.bits(),
                                            MAP_SHARED,
                                            number,
                                            offset),
                            fd + " bytes=" + bytes + " protection=" + protection);
        } finally {
            fd.leave();
        }
        MemorySegment mapped;
        try {
            mapped =
                    MemorySegment.ofAddress(address)
                            .reinterpret(bytes, arena, whole -> unmap(whole.address(), bytes));
        } catch (RuntimeException closedArenaOrOtherThread) {
            unmap(address, bytes);
            throw closedArenaOrOtherThread;
        }
        return new MappedMemory(
                protection == Protection.READ_ONLY ? mapped.asReadOnly() : mapped,
                protection,
                mappedWhileReachable,
                fd.name());
    }

    private static void unmap(long address, long bytes) {
        NativeCalls.callInt(NativeCalls.MUNMAP, address, bytes, 0);
    }

    /** The mapped memory; read-only unless mapped writable. */
    public MemorySegment segment() {
        return segment;
    }

    public Protection protection() {
        return protection;
    }

    /** Whether it stays mapped as long as anything made from its segment is reachable. */
    public boolean mappedWhileReachable() {
        return mappedWhileReachable;
    }

    /** What is mapped, for messages. */
    public String name() {
        return name;
    }

    /** A child made by fork does not get this mapping: VM_DONTCOPY, {@code dc} in VmFlags. */
    public MappedMemory dontFork() {
        advise("madvise(MADV_DONTFORK)", MADV_DONTFORK);
        return this;
    }

    /** A core dump leaves this mapping out: VM_DONTDUMP, {@code dd} in VmFlags. */
    public MappedMemory dontDump() {
        advise("madvise(MADV_DONTDUMP)", MADV_DONTDUMP);
        return this;
    }

    /**
     * Touches every page now, so that no later access faults.
     *
     * @return false where the kernel cannot (before Linux 5.14)
     * @throws io.softpath.error.SoftpathException ENOMEM if the memory is not there
     */
    public boolean populate() {
        int result =
                tryAdvise(
                        protection == Protection.READ_ONLY
                                ? MADV_POPULATE_READ
                                : MADV_POPULATE_WRITE);
        if (result == -NativeCalls.EINVAL) {
            return false;
        }
        NativeCalls.check("madvise(MADV_POPULATE)", result, toString());
        return true;
    }

    /**
     * Locks each page in memory when it is first touched: VM_LOCKED, {@code lo} and {@code lf} in
     * VmFlags. Never throws for want of a privilege or of limit: a mapping that is not locked works
     * all the same.
     */
    public LockResult lockOnFault() {
        int result =
                NativeCalls.callInt(
                        FaultPoint.MEMORY_LOCK,
                        NativeCalls.MLOCK2,
                        aliveAddress(),
                        segment.byteSize(),
                        MLOCK_ONFAULT,
                        0,
                        0,
                        0);
        if (result == 0) {
            return LockResult.LOCKED;
        }
        Errno errno = Errno.of(-result);
        return LockResult.refused(
                errno,
                "mlock2 failed: errno="
                        + errno.name()
                        + " name="
                        + name
                        + " bytes="
                        + segment.byteSize()
                        + " memlockLimitBytes="
                        + Limits.memlock()
                        + " remedy=\"raise it with ulimit -l, prlimit --memlock or"
                        + " LimitMEMLOCK=\"");
    }

    /**
     * Takes the pages out of this mapping, not out of the file, a few at a time: to unmap it takes
     * no time then, during which other threads could map nothing. For a mapping that is used no
     * more, and not locked.
     */
    public void dropPages() {
        long address = aliveAddress();
        for (long done = 0; done < segment.byteSize(); done += DROP_BYTES) {
            long bytes = Math.min(DROP_BYTES, segment.byteSize() - done);
            NativeCalls.check(
                    "madvise(MADV_DONTNEED)",
                    NativeCalls.callInt(NativeCalls.MADVISE, address + done, bytes, MADV_DONTNEED),
                    toString());
        }
    }

    private void advise(String call, int advice) {
        NativeCalls.check(call, tryAdvise(advice), toString());
    }

    private int tryAdvise(int advice) {
        return NativeCalls.callInt(NativeCalls.MADVISE, aliveAddress(), segment.byteSize(), advice);
    }

    /** Refuses an unmapped segment as an access to it would. */
    private long aliveAddress() {
        if (!segment.scope().isAlive()) {
            throw new IllegalStateException("mapping already closed: name=" + name);
        }
        return segment.address();
    }

    @Override
    public String toString() {
        return "name=" + name + " bytes=" + segment.byteSize() + " protection=" + protection;
    }
}
