package io.softpath.memory;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.linux.MappedMemory;
import io.softpath.linux.Protection;

import org.agrona.concurrent.UnsafeBuffer;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * The one bridge from mapped memory to Agrona's buffers.
 *
 * <p>An {@link UnsafeBuffer} holds an address that no arena guards, and ignores that memory is
 * read-only: either mistake kills the JVM. So a live view exists only of memory that is writable
 * and that stays mapped as long as the view is reachable; everything else is copied ({@link
 * #snapshot}).
 */
public final class AgronaView {
    private static final VarHandle QWORD = JAVA_LONG.varHandle().withInvokeExactBehavior();

    private AgronaView() {}

    /**
     * A live view of part of the memory; the mapping stays as long as the view is reachable.
     *
     * @throws SoftpathException EPERM: the memory is not writable; EINVAL: it can be unmapped under
     *     the view
     */
    public static UnsafeBuffer of(MappedMemory memory, long offset, int bytes) {
        if (memory.protection() != Protection.READ_WRITE) {
            throw SoftpathException.of(
                    Errno.EPERM,
                    "no live view of memory that cannot be read and written: " + memory);
        }
        if (!memory.mappedWhileReachable()) {
            throw SoftpathException.of(
                    Errno.EINVAL, "no live view of memory that an arena can unmap: " + memory);
        }
        return new UnsafeBuffer(memory.segment().asSlice(offset, bytes).asByteBuffer());
    }

    /**
     * A copy of part of a segment. The qwords are loaded in order of address, each with acquire: if
     * a peer stores the length of a record after its content, a length in the copy comes with its
     * content.
     *
     * @param offset in bytes, a multiple of 8
     * @param bytes a multiple of 8
     */
    public static UnsafeBuffer snapshot(MemorySegment segment, long offset, int bytes) {
        if (bytes % Long.BYTES != 0) {
            throw new IllegalArgumentException("not a multiple of 8: bytes=" + bytes);
        }
        MemorySegment copy = Arena.ofAuto().allocate(bytes, Long.BYTES);
        for (long at = 0; at < bytes; at += Long.BYTES) {
            long qword = (long) QWORD.getAcquire(segment, offset + at);
            copy.set(JAVA_LONG, at, qword);
        }
        return new UnsafeBuffer(copy.asByteBuffer());
    }
}
