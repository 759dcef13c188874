package io.softpath.linux;

import java.lang.foreign.MemorySegment;

/**
 * What a process may try with what it was handed, and only a hostile one does: for those who show
 * that it comes to nothing. Each returns what the kernel does, 0 or more, or -errno.
 */
public final class Attempts {
    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int PUNCH_HOLE_KEEP_SIZE = 2 | 1;
    private static final int F_ADD_SEALS = 1033;
    private static final int MADV_REMOVE = 9;

    private Attempts() {}

    /** Sends a message of no bytes, which the peer reads as the end. */
    public static long sendNothing(SeqPacketSocket socket) {
        Fd fd = socket.fd();
        int number = fd.enter();
        try {
            return NativeCalls.callLong(
                    NativeCalls.SEND, number, 0, 0, MSG_NOSIGNAL | MSG_DONTWAIT, 0, 0);
        } finally {
            fd.leave();
        }
    }

    /** Cuts a file off, or makes it longer. */
    public static long truncate(Fd fd, long bytes) {
        int number = fd.enter();
        try {
            return NativeCalls.callInt(NativeCalls.FTRUNCATE, number, bytes, 0);
        } finally {
            fd.leave();
        }
    }

    /** Gives part of a file back to the kernel: whoever reads it next reads zeros. */
    public static long punchHole(Fd fd, long offset, long bytes) {
        int number = fd.enter();
        try {
            return NativeCalls.callInt(
                    NativeCalls.FALLOCATE, number, PUNCH_HOLE_KEEP_SIZE, offset, bytes, 0, 0);
        } finally {
            fd.leave();
        }
    }

    /** The same through a mapping: whole pages of one that is shared and writable. */
    public static long punchHole(MemorySegment pages) {
        return NativeCalls.callInt(
                NativeCalls.MADVISE, pages.address(), pages.byteSize(), MADV_REMOVE);
    }

    /** Adds {@link Seals} to a file. */
    public static long seal(Fd fd, int seals) {
        int number = fd.enter();
        try {
            return NativeCalls.callInt(NativeCalls.FCNTL, number, F_ADD_SEALS, seals);
        } finally {
            fd.leave();
        }
    }
}
