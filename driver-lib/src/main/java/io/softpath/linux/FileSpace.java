package io.softpath.linux;

import io.softpath.error.SoftpathException;

import java.lang.foreign.Arena;
import java.nio.file.Path;

/**
 * Room on the disk for a file that others map and write: a store to a mapped page for which there
 * is no room is a SIGBUS, so the room is taken before. What is in the file, and its length, stay as
 * they are. One thread at a time.
 *
 * <p>Source: fallocate(2), FALLOC_FL_KEEP_SIZE.
 */
public final class FileSpace implements AutoCloseable {
    private static final int O_RDWR = 2;
    private static final int O_CLOEXEC = 0x8_0000;
    private static final int KEEP_SIZE = 1;

    private final Fd fd;

    private FileSpace(Fd fd) {
        this.fd = fd;
    }

    /**
     * Opens a file that is there.
     *
     * @throws SoftpathException ENOENT, EACCES, EMFILE
     */
    public static FileSpace open(Path file) {
        try (Arena arena = Arena.ofConfined()) {
            long path = arena.allocateFrom(file.toString()).address();
            int number = NativeCalls.callInt(NativeCalls.OPEN, path, O_RDWR | O_CLOEXEC, 0);
            NativeCalls.check("open", number, "file=" + file);
            return new FileSpace(Fd.own(number, file.toString()));
        }
    }

    /**
     * Takes room for a range of the file.
     *
     * @return false if the file system cannot promise room
     * @throws SoftpathException ENOSPC or EDQUOT: there is none; EFBIG, EIO
     */
    public boolean reserve(long offset, long bytes) {
        int number = fd.enter();
        try {
            long result;
            do {
                result =
                        NativeCalls.callInt(
                                NativeCalls.FALLOCATE, number, KEEP_SIZE, offset, bytes, 0, 0);
            } while (result == -NativeCalls.EINTR);
            if (result == -NativeCalls.EOPNOTSUPP) {
                return false;
            }
            NativeCalls.check(
                    "fallocate", result, "file=" + fd.name() + " at=" + offset + " bytes=" + bytes);
            return true;
        } finally {
            fd.leave();
        }
    }

    @Override
    public void close() {
        fd.close();
    }
}
