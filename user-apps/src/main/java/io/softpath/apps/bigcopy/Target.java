package io.softpath.apps.bigcopy;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;
import io.softpath.linux.CurrentProcess;
import io.softpath.linux.UnnamedFile;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Where rank 1's bytes go: nowhere, or to a file that has no name until it is whole, so that
 * nothing is left of it whatever ends the process. Where the file system has no such files it has
 * another name meanwhile, beside the one that it will get.
 *
 * <p>Any thread.
 */
final class Target implements AutoCloseable {
    private final Path path; // null: nowhere
    private final boolean replaces;
    private final UnnamedFile unnamed; // null: it has the temporary name
    private final Path temporary;
    private final FileChannel channel;
    private boolean done; // guarded by this

    private Target(
            Path path, boolean replaces, UnnamedFile unnamed, Path temporary, FileChannel channel) {
        this.path = path;
        this.replaces = replaces;
        this.unnamed = unnamed;
        this.temporary = temporary;
        this.channel = channel;
    }

    /** Refuses what cannot or should not be written; makes nothing. */
    static void check(Options options) throws IOException {
        if (options.to() == null) {
            return;
        }
        Path file = Path.of(options.to());
        if (Files.isDirectory(file)) {
            throw new Refusal("TO: " + file + " is a directory; name the file in it");
        }
        if (Files.isSymbolicLink(file) && !Files.exists(file)) {
            throw new Refusal(
                    "TO: " + file + " is a link to what is not there; remove it, or name that");
        }
        if (Files.exists(file, NOFOLLOW_LINKS)) {
            boolean readsAFile = !options.isMadeUp() && !options.isStdin();
            if (readsAFile && Files.isSameFile(Path.of(options.from()), file)) {
                throw new Refusal("TO: " + file + " is the same file as FROM");
            }
            if (!Files.isRegularFile(file)) {
                throw new Refusal("TO: " + file + " is not a regular file; take another name");
            }
            if (!options.force()) {
                throw new Refusal(
                        "TO: "
                                + file
                                + " is there already; --force replaces it when the copy is"
                                + " whole");
            }
        }
        Path directory = directory(file);
        if (!Files.isDirectory(directory)) {
            throw new Refusal("TO: there is no directory " + directory);
        }
        if (!Files.isWritable(directory)) {
            throw new Refusal("TO: you may not make files in " + directory);
        }
    }

    private static Path directory(Path file) {
        return file.toAbsolutePath().getParent();
    }

    /** Makes the file, without its name. */
    static Target create(Options options) throws IOException {
        return create(options, true);
    }

    static Target create(Options options, boolean mayBeUnnamed) throws IOException {
        if (options.to() == null) {
            return new Target(null, false, null, null, null);
        }
        Path given = Path.of(options.to());
        boolean replaces = options.force() && Files.exists(given);
        Path path = replaces ? given.toRealPath() : given.toAbsolutePath();
        Path temporary =
                path.resolveSibling("." + path.getFileName() + ".bigcopy-" + CurrentProcess.pid());
        UnnamedFile unnamed = mayBeUnnamed ? unnamed(path.getParent()) : null;
        FileChannel channel =
                unnamed != null
                        ? unnamed.channel()
                        : FileChannel.open(
                                temporary, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
        Target target = new Target(path, replaces, unnamed, temporary, channel);
        if (replaces) {
            try {
                Files.setPosixFilePermissions(
                        unnamed != null ? unnamed.path() : temporary,
                        Files.getPosixFilePermissions(path));
            } catch (IOException e) {
                target.close();
                throw e;
            }
        }
        return target;
    }

    private static UnnamedFile unnamed(Path directory) {
        try {
            return UnnamedFile.create(directory);
        } catch (SoftpathException e) {
            if (e.errno().equals(Errno.EOPNOTSUPP) || e.errno().equals(Errno.EISDIR)) {
                return null; // what file systems and kernels say that do not know it
            }
            throw e;
        }
    }

    /** Whether what is written goes to a file at all. */
    boolean isFile() {
        return path != null;
    }

    void write(ByteBuffer bytes) throws IOException {
        while (isFile() && bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /**
     * The file is whole: gives it its name.
     *
     * @param sync have it on the disk before
     */
    synchronized void commit(boolean sync) throws IOException {
        if (!isFile()) {
            return;
        }
        if (sync) {
            channel.force(true);
        }
        try {
            if (unnamed == null) {
                move();
            } else if (replaces) {
                unnamed.link(temporary);
                move();
            } else {
                unnamed.link(path);
            }
        } catch (FileAlreadyExistsException e) {
            throw new IOException(cameMeanwhile(), e);
        } catch (SoftpathException e) {
            if (e.errno().equals(Errno.EEXIST)) {
                throw new IOException(cameMeanwhile(), e);
            }
            throw e;
        }
        done = true;
        close();
    }

    private static String cameMeanwhile() {
        return "somebody else made it meanwhile; --force replaces it";
    }

    private void move() throws IOException {
        if (replaces) {
            Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE);
        } else {
            Files.move(temporary, path);
        }
    }

    /** If it is not whole, nothing is left of it. */
    @Override
    public synchronized void close() throws IOException {
        if (!isFile()) {
            return;
        }
        try {
            channel.close();
        } finally {
            if (unnamed != null) {
                unnamed.close();
            }
            if (!done) {
                Files.deleteIfExists(temporary);
            }
        }
    }

    @Override
    public String toString() {
        return isFile() ? path.toString() : "nowhere";
    }
}
