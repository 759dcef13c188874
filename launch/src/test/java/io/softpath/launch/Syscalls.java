package io.softpath.launch;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * System calls that the driver library does not have, because only somebody who wants more than he
 * was given makes them. Each returns what the kernel does: 0 or more, or -errno.
 */
final class Syscalls {
    static final int PROT_READ = 1;
    static final int PROT_WRITE = 2;
    static final int O_RDONLY = 0;
    static final int O_RDWR = 2;

    static final int MADV_REMOVE = 9;
    static final int MADV_DOFORK = 11;
    static final int MADV_POPULATE_READ = 22;
    static final int MADV_POPULATE_WRITE = 23;

    private static final int MAP_SHARED = 1;
    private static final int MREMAP_MAYMOVE = 1;
    private static final int F_ADD_SEALS = 1033;
    private static final int PUNCH_HOLE_KEEP_SIZE = 2 | 1;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option CAPTURE_ERRNO = Linker.Option.captureCallState("errno");
    private static final FunctionDescriptor SHAPE =
            FunctionDescriptor.of(
                    JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);

    private static final MethodHandle CLOSE = function("close");
    private static final MethodHandle FALLOCATE = function("fallocate");
    private static final MethodHandle FCNTL = function("fcntl");
    private static final MethodHandle FTRUNCATE = function("ftruncate");
    private static final MethodHandle MADVISE = function("madvise");
    private static final MethodHandle MMAP = function("mmap");
    private static final MethodHandle MPROTECT = function("mprotect");
    private static final MethodHandle MREMAP = function("mremap");
    private static final MethodHandle MUNMAP = function("munmap");
    private static final MethodHandle OPEN = function("open");
    private static final MethodHandle PWRITE = function("pwrite");

    private Syscalls() {}

    @SuppressWarnings("restricted") // the test's own calls, with the arguments the kernel wants
    private static MethodHandle function(String name) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name), SHAPE, CAPTURE_ERRNO);
    }

    /** Maps shared memory from the start of a file, and unmaps it again. */
    static long mmap(int fd, long bytes, int protection) {
        long address = call(MMAP, true, 0, bytes, protection, MAP_SHARED, fd, 0);
        return address < 0 ? address : call(MUNMAP, false, address, bytes, 0, 0, 0, 0);
    }

    /** Maps a second time what is shared at an address, and as much of it as wanted. */
    static long mapAgain(long address, long bytes) {
        return call(MREMAP, true, address, 0, bytes, MREMAP_MAYMOVE, 0, 0);
    }

    static long munmap(long address, long bytes) {
        return call(MUNMAP, false, address, bytes, 0, 0, 0, 0);
    }

    static long madvise(long address, long bytes, int advice) {
        return call(MADVISE, false, address, bytes, advice, 0, 0, 0);
    }

    static long mprotect(long address, long bytes, int protection) {
        return call(MPROTECT, false, address, bytes, protection, 0, 0, 0);
    }

    static long open(String path, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            return call(OPEN, false, arena.allocateFrom(path).address(), flags, 0, 0, 0, 0);
        }
    }

    static long close(long fd) {
        return call(CLOSE, false, fd, 0, 0, 0, 0, 0);
    }

    /** Writes one zero byte. */
    static long pwrite(int fd, long offset) {
        try (Arena arena = Arena.ofConfined()) {
            return call(PWRITE, true, fd, arena.allocate(1).address(), 1, offset, 0, 0);
        }
    }

    static long ftruncate(int fd, long bytes) {
        return call(FTRUNCATE, false, fd, bytes, 0, 0, 0, 0);
    }

    /** Makes a file at least that long. */
    static long allocate(int fd, long bytes) {
        return call(FALLOCATE, false, fd, 0, 0, bytes, 0, 0);
    }

    /** Gives the memory of the first bytes back: they read as zeros then. */
    static long punchHole(int fd, long bytes) {
        return call(FALLOCATE, false, fd, PUNCH_HOLE_KEEP_SIZE, 0, bytes, 0, 0);
    }

    static long addSeals(int fd, int seals) {
        return call(FCNTL, false, fd, F_ADD_SEALS, seals, 0, 0, 0);
    }

    private static long call(
            MethodHandle function, boolean wide, long a, long b, long c, long d, long e, long f) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(Linker.Option.captureStateLayout());
            long register = (long) function.invokeExact(errno, a, b, c, d, e, f);
            long result = wide ? register : (int) register;
            return result == -1 ? -errno.get(JAVA_INT, 0) : result;
        } catch (Throwable impossible) {
            throw new AssertionError(impossible);
        }
    }
}
