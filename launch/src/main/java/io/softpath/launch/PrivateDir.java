package io.softpath.launch;

import io.softpath.linux.DirectoryTree;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;

/**
 * A directory that lives as long as one command: sockets of its job, run directory of its own
 * daemon. A lock tells {@code softpath clean} whether its owner was killed.
 */
public final class PrivateDir implements AutoCloseable {
    static final String PREFIX = "softpath-run-";

    /** Of {@code softpath bench}, with the same lock. */
    static final String BENCH_PREFIX = "softpath-bench-";

    static final String LOCK = "launcher.lock";

    /** Where shared memory with names is, on any Linux. */
    static final Path SHARED_MEMORY = Path.of("/dev/shm");

    /**
     * A socket's path has at most 107 bytes; ours are this much longer than the directory's parent.
     */
    private static final int LONGEST_PARENT = 60;

    private final Path path;
    private final FileChannel channel;
    private final FileLock lock;

    private PrivateDir(Path path, FileChannel channel, FileLock lock) {
        this.path = path;
        this.channel = channel;
        this.lock = lock;
    }

    /** Makes one, mode 0700. */
    public static PrivateDir create() {
        return create(parents(System.getenv()).getFirst());
    }

    /** As {@link #create()}, in a directory where {@code softpath clean} looks too. */
    static PrivateDir create(Path parent) {
        try {
            Path path = Files.createTempDirectory(parent, PREFIX);
            FileChannel channel =
                    FileChannel.open(
                            path.resolve(LOCK),
                            StandardOpenOption.CREATE_NEW,
                            StandardOpenOption.WRITE);
            return new PrivateDir(path, channel, channel.lock());
        } catch (IOException e) {
            throw new Trouble(
                    ExitCode.UNAVAILABLE,
                    "cannot make a directory for this run in " + parent + ": " + Trouble.reason(e),
                    e);
        }
    }

    /** Where such directories are made, the preferred place first. */
    static List<Path> parents(Map<String, String> environment) {
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        Path runtime = Path.of(environment.getOrDefault("XDG_RUNTIME_DIR", ""));
        boolean usable =
                runtime.isAbsolute()
                        && runtime.toString().length() <= LONGEST_PARENT
                        && Files.isWritable(runtime);
        return usable ? List.of(runtime, temporary) : List.of(temporary);
    }

    public Path path() {
        return path;
    }

    /** Removes it with everything in it. */
    @Override
    public synchronized void close() {
        if (!channel.isOpen()) {
            return;
        }
        try {
            DirectoryTree.remove(path);
            lock.release();
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + path, e);
        }
    }
}
