package io.softpath.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import io.softpath.fault.FaultPoint;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * An anonymous file in memory ({@code memfd_create(2)}), or one received from its maker. Any
 * thread.
 *
 * <p>The size is given once, at creation. There is no call that changes it, because a mapping that
 * outlives its file's size faults.
 */
public final class MemFd implements AutoCloseable {
    private static final int MFD_CLOEXEC = 1;
    private static final int MFD_ALLOW_SEALING = 2;
    private static final int MFD_NOEXEC_SEAL = 8;
    private static final int F_ADD_SEALS = 1033;
    private static final int F_GET_SEALS = 1034;

    /** struct statx is the same on every architecture, unlike struct stat. */
    private static final int STATX_BYTES = 256;

    private static final int STATX_MODE = 28;
    private static final int STATX_SIZE = 40;
    private static final int STATX_BLOCKS = 48;
    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int STATX_BASIC_STATS = 0x7ff;
    private static final int BLOCK_BYTES = 512;
    private static final int O_RDONLY = 0;
    private static final int O_CLOEXEC = 0x8_0000;

    private final Fd fd;

    private MemFd(Fd fd) {
        this.fd = fd;
    }

    /**
     * Creates a file of {@code bytes} zero bytes that may be sealed and can never be executed. No
     * memory is used until a page is touched.
     *
     * @param name shown as {@code /memfd:name} in {@code /proc}; at most 249 bytes
     * @throws io.softpath.error.SoftpathException EMFILE, ENFILE, ENOMEM: out of descriptors or
     *     memory; EINVAL: bad name or size
     */
    public static MemFd create(String name, long bytes) {
        if (bytes <= 0) {
            throw NativeCalls.failure(
                    "memfd_create", NativeCalls.EINVAL, "name=" + name + " bytes=" + bytes);
        }
        if (name.indexOf('\0') >= 0) {
            throw NativeCalls.failure(
                    "memfd_create", NativeCalls.EINVAL, "name contains a zero character");
        }
        MemFd made = new MemFd(Fd.own(createNumber(name), "memfd:" + name));
        try {
            made.resize(bytes);
            return made;
        } catch (RuntimeException e) {
            made.close();
            throw e;
        }
    }

    private static int createNumber(String name) {
        int flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
        try (Arena arena = Arena.ofConfined()) {
            long address = arena.allocateFrom(name).address();
            int result =
                    NativeCalls.callInt(
                            FaultPoint.MEMORY_CREATE,
                            NativeCalls.MEMFD_CREATE,
                            address,
                            flags | MFD_NOEXEC_SEAL,
                            0,
                            0,
                            0,
                            0);
            if (result == -NativeCalls.EINVAL) { // before Linux 6.3 the flag is unknown
                result = NativeCalls.callInt(NativeCalls.MEMFD_CREATE, address, flags, 0);
            }
            return (int) NativeCalls.check("memfd_create", result, "name=" + name);
        }
    }

    /**
     * Wraps a descriptor received from its maker. Check {@link #seals} and {@link #bytes} before
     * trusting it.
     */
    public static MemFd received(Fd fd) {
        return new MemFd(fd);
    }

    public Fd fd() {
        return fd;
    }

    /**
     * Only while nothing is mapped: package-private so that no caller can pull memory from under a
     * mapping.
     */
    void resize(long bytes) {
        int number = fd.enter();
        try {
            NativeCalls.check(
                    "ftruncate",
                    NativeCalls.callInt(
                            FaultPoint.MEMORY_SIZE,
                            NativeCalls.FTRUNCATE,
                            number,
                            bytes,
                            0,
                            0,
                            0,
                            0),
                    fd + " bytes=" + bytes);
        } finally {
            fd.leave();
        }
    }

    /**
     * Adds seals ({@link Seals}); they cannot be taken off again.
     *
     * @throws io.softpath.error.SoftpathException EPERM if {@link Seals#SEAL} is already set; EBUSY
     *     if {@link Seals#WRITE} is asked for while a writable mapping exists; EINVAL if this is no
     *     memfd
     */
    public void seal(int seals) {
        int number = fd.enter();
        try {
            NativeCalls.check(
                    "fcntl(F_ADD_SEALS)",
                    NativeCalls.callInt(NativeCalls.FCNTL, number, F_ADD_SEALS, seals),
                    fd + " seals=" + Seals.names(seals));
        } finally {
            fd.leave();
        }
    }

    /**
     * The seals the file has ({@link Seals}).
     *
     * @throws io.softpath.error.SoftpathException EINVAL if the descriptor is no memfd
     */
    public int seals() {
        int number = fd.enter();
        try {
            return (int)
                    NativeCalls.check(
                            "fcntl(F_GET_SEALS)",
                            NativeCalls.callInt(NativeCalls.FCNTL, number, F_GET_SEALS, 0),
                            fd);
        } finally {
            fd.leave();
        }
    }

    /**
     * Sets the permission bits, for example {@code 0444}: an extra layer, not what the protection
     * rests on.
     */
    public void mode(int permissions) {
        int number = fd.enter();
        try {
            NativeCalls.check(
                    "fchmod",
                    NativeCalls.callInt(NativeCalls.FCHMOD, number, permissions, 0),
                    fd + " mode=0" + Integer.toOctalString(permissions));
        } finally {
            fd.leave();
        }
    }

    /** The permission bits of the file. */
    public int mode() {
        return (int) status(fd, STATX_MODE) & 0xfff;
    }

    /** The size of the file in bytes, as the kernel says now. */
    public long bytes() {
        return bytes(fd);
    }

    static long bytes(Fd fd) {
        return status(fd, STATX_SIZE);
    }

    /** The memory that the file uses now: only pages that somebody touched count. */
    public long allocatedBytes() {
        return status(fd, STATX_BLOCKS) * BLOCK_BYTES;
    }

    private static long status(Fd fd, int field) {
        int number = fd.enter();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment status = arena.allocate(STATX_BYTES, 8);
            long noPath = arena.allocateFrom("").address();
            NativeCalls.check(
                    "statx",
                    NativeCalls.callInt(
                            NativeCalls.STATX,
                            number,
                            noPath,
                            AT_EMPTY_PATH,
                            STATX_BASIC_STATS,
                            status.address(),
                            0),
                    fd);
            return field == STATX_MODE
                    ? status.get(JAVA_SHORT_UNALIGNED, field)
                    : status.get(JAVA_LONG_UNALIGNED, field);
        } finally {
            fd.leave();
        }
    }

    /**
     * Another descriptor of the same file, which can only be mapped to read. The caller's to close.
     *
     * @throws io.softpath.error.SoftpathException EMFILE, ENFILE: out of descriptors; EACCES: the
     *     permission bits do not let this process read
     */
    public Fd readOnly() {
        int number = fd.enter();
        try (Arena arena = Arena.ofConfined()) {
            long path = arena.allocateFrom("/proc/self/fd/" + number).address();
            int made = NativeCalls.callInt(NativeCalls.OPEN, path, O_RDONLY | O_CLOEXEC, 0);
            return Fd.own((int) NativeCalls.check("open", made, fd), fd.name());
        } finally {
            fd.leave();
        }
    }

    @Override
    public void close() {
        fd.close();
    }

    @Override
    public String toString() {
        return fd.toString();
    }
}
