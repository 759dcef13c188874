package io.softpath.linux;

import io.softpath.error.SoftpathException;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file without a name ({@code O_TMPFILE}): unless it is given one, it vanishes with its last
 * descriptor, whatever ends the process. Any thread.
 *
 * <p>Source: open(2), linkat(2).
 */
public final class UnnamedFile implements AutoCloseable {
    private static final int O_RDWR = 2;
    private static final int O_CLOEXEC = 0x8_0000;
    private static final int O_DIRECTORY = NativeCalls.X86_64 ? 0x1_0000 : 0x4000;
    private static final int O_TMPFILE = 0x40_0000 | O_DIRECTORY;
    private static final int AT_FDCWD = -100;
    private static final int AT_SYMLINK_FOLLOW = 0x400;

    /** As for every new file: the process's umask takes away from it. */
    private static final int MODE = 0666;

    private final Fd fd;
    private final FileChannel channel;

    private UnnamedFile(Fd fd, FileChannel channel) {
        this.fd = fd;
        this.channel = channel;
    }

    /**
     * Creates an empty file.
     *
     * @param directory on whose file system it lies: it can get a name there only
     * @throws SoftpathException EOPNOTSUPP if that file system has no unnamed files, EACCES or
     *     EROFS if nothing can be made there, ENOENT, ENOTDIR
     */
    public static UnnamedFile create(Path directory) {
        Fd fd;
        try (Arena arena = Arena.ofConfined()) {
            long path = arena.allocateFrom(directory.toString()).address();
            int number =
                    NativeCalls.callInt(
                            NativeCalls.OPEN, path, O_TMPFILE | O_RDWR | O_CLOEXEC, MODE);
            NativeCalls.check("open(O_TMPFILE)", number, "directory=" + directory);
            fd = Fd.own(number, "unnamed file in " + directory);
        }
        try {
            return new UnnamedFile(
                    fd,
                    FileChannel.open(
                            link(fd.number()), StandardOpenOption.READ, StandardOpenOption.WRITE));
        } catch (IOException e) {
            fd.close();
            throw new UncheckedIOException(e);
        }
    }

    private static Path link(int number) {
        return Path.of("/proc/self/fd/" + number);
    }

    /** Reads and writes it. Closed with the file. */
    public FileChannel channel() {
        return channel;
    }

    /** What stands for it among paths while it is open, for its attributes. */
    public Path path() {
        return link(fd.number());
    }

    /**
     * Gives it a name, with everything that was written.
     *
     * @throws SoftpathException EEXIST if the name is taken, EXDEV if it is on another file system
     */
    public void link(Path name) {
        int number = fd.enter();
        try (Arena arena = Arena.ofConfined()) {
            NativeCalls.check(
                    "linkat",
                    NativeCalls.callInt(
                            NativeCalls.LINKAT,
                            AT_FDCWD,
                            arena.allocateFrom(link(number).toString()).address(),
                            AT_FDCWD,
                            arena.allocateFrom(name.toString()).address(),
                            AT_SYMLINK_FOLLOW,
                            0),
                    "name=" + name);
        } finally {
            fd.leave();
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            fd.close();
        }
    }

    @Override
    public String toString() {
        return fd.toString();
    }
}
