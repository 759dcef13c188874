package io.softpath.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The memory of another process ({@code process_vm_readv(2)}, {@code process_vm_writev(2)}), as it
 * is at each call: nothing is pinned. The kernel allows it to whoever may trace the process. One
 * thread at a time.
 */
public final class ProcessMemory {
    private static final int VECTOR_BYTES = 16;
    private static final int LENGTH = 8;
    private static final int BOUNCE_BYTES = 4096;
    private static final int HEX_RADIX = 16;

    private final PidFd process;

    /** A local vector and a remote one. */
    private final MemorySegment vectors = Arena.ofAuto().allocate(2 * VECTOR_BYTES, 8);

    private final MemorySegment bounce = Arena.ofAuto().allocate(BOUNCE_BYTES, 8);

    /**
     * @param process is asked before each call whether it lives, so that its number means it; the
     *     caller closes it when this is used no more
     */
    public ProcessMemory(PidFd process) {
        this.process = process;
    }

    /**
     * Reads one byte, to see whether the kernel allows it.
     *
     * @throws io.softpath.error.SoftpathException EPERM: not allowed; ESRCH: dead; EFAULT: allowed,
     *     but nothing readable is mapped there; ENOSYS: the kernel was built without it
     */
    public void probe(long address) {
        if (process.isDead()) {
            throw NativeCalls.failure("process_vm_readv", NativeCalls.ESRCH, process);
        }
        try {
            vectors(bounce.address(), address, 1);
            NativeCalls.check(
                    "process_vm_readv",
                    NativeCalls.callLong(
                            NativeCalls.PROCESS_VM_READV,
                            process.pid(),
                            vectors.address(),
                            1,
                            vectors.address() + VECTOR_BYTES,
                            1,
                            0),
                    "pid=" + process.pid() + " address=0x" + Long.toHexString(address));
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /**
     * Stores bytes; allocates nothing.
     *
     * @param bytes all in one page
     * @return false, with nothing stored, if the process is dead, may not be written to any more,
     *     or has nothing writable mapped there
     */
    public boolean write(long address, MemorySegment from, long fromOffset, int bytes) {
        if (process.isDead()) {
            return false;
        }
        try {
            vectors(local(from, fromOffset, bytes), address, bytes);
            return NativeCalls.processVmWritev(
                            process.pid(), vectors.address(), vectors.address() + VECTOR_BYTES)
                    == bytes;
        } finally {
            Reference.reachabilityFence(from);
            Reference.reachabilityFence(this);
        }
    }

    private long local(MemorySegment from, long fromOffset, int bytes) {
        if (from.isNative()) {
            return from.address() + fromOffset;
        }
        MemorySegment.copy(from, fromOffset, bounce, 0, bytes);
        return bounce.address();
    }

    private void vectors(long local, long remote, long bytes) {
        vectors.set(JAVA_LONG, 0, local);
        vectors.set(JAVA_LONG, LENGTH, bytes);
        vectors.set(JAVA_LONG, VECTOR_BYTES, remote);
        vectors.set(JAVA_LONG, VECTOR_BYTES + LENGTH, bytes);
    }

    /**
     * What the process has mapped writable now, as start and end of each range, by address; ranges
     * that touch are one. Source: proc_pid_maps(5).
     *
     * @throws io.softpath.error.SoftpathException EPERM: not allowed; ESRCH: dead
     */
    public long[] writableRanges() {
        byte[] maps;
        try {
            maps = Files.readAllBytes(Path.of("/proc/" + process.pid() + "/maps"));
        } catch (AccessDeniedException e) {
            throw NativeCalls.failure("read of /proc/pid/maps", NativeCalls.EPERM, e.getMessage());
        } catch (IOException e) {
            throw NativeCalls.failure("read of /proc/pid/maps", NativeCalls.ESRCH, e.getMessage());
        }
        if (process.isDead()) {
            throw NativeCalls.failure("read of /proc/pid/maps", NativeCalls.ESRCH, process);
        }
        return writableRanges(new String(maps, StandardCharsets.ISO_8859_1));
    }

    /** As {@link #writableRanges()}, from the text of the file. */
    static long[] writableRanges(String maps) {
        long[] ranges = new long[16];
        int used = 0;
        int line = 0;
        while (line < maps.length()) {
            int dash = maps.indexOf('-', line);
            int space = maps.indexOf(' ', dash);
            if (maps.charAt(space + 2) == 'w') {
                long start = Long.parseUnsignedLong(maps, line, dash, HEX_RADIX);
                long end = Long.parseUnsignedLong(maps, dash + 1, space, HEX_RADIX);
                if (used != 0 && ranges[used - 1] == start) {
                    ranges[used - 1] = end;
                } else {
                    if (used == ranges.length) {
                        ranges = Arrays.copyOf(ranges, 2 * used);
                    }
                    ranges[used++] = start;
                    ranges[used++] = end;
                }
            }
            int next = maps.indexOf('\n', space);
            line = next < 0 ? maps.length() : next + 1;
        }
        return Arrays.copyOf(ranges, used);
    }

    @Override
    public String toString() {
        return process.toString();
    }
}
