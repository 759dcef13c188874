package io.softpath.bench.process;

import io.softpath.linux.DirectoryTree;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A run directory of the harness's own: it goes when the harness is done or told to end, whatever a
 * child left in it. If the harness is killed, {@code softpath clean} sees by the lock that nobody
 * has it any more.
 */
public final class TemporaryDirectory implements AutoCloseable {
    private static final String PREFIX = "softpath-bench-";
    private static final String LOCK = "launcher.lock";
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");
    private static final Set<TemporaryDirectory> OPEN = ConcurrentHashMap.newKeySet();

    private final Path path;
    private final FileChannel lock;

    static {
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().unstarted(TemporaryDirectory::closeAll));
    }

    private TemporaryDirectory(Path path) throws IOException {
        this.path = path;
        lock =
                FileChannel.open(
                        path.resolve(LOCK),
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.WRITE);
        lock.lock();
    }

    /** Makes one where temporary files go. */
    public static TemporaryDirectory make() {
        return makeIn(temporary());
    }

    /** Makes one that no disk knows of, if there is a tmpfs to write to. */
    public static TemporaryDirectory makeInMemory() {
        return makeIn(memory());
    }

    /**
     * Where files are that no disk knows of, if there is a tmpfs to write to; else where temporary
     * ones are.
     */
    public static Path memory() {
        return Files.isWritable(SHARED_MEMORY) ? SHARED_MEMORY : temporary();
    }

    private static Path temporary() {
        return Path.of(System.getProperty("java.io.tmpdir"));
    }

    private static TemporaryDirectory makeIn(Path parent) {
        try {
            TemporaryDirectory directory =
                    new TemporaryDirectory(Files.createTempDirectory(parent, PREFIX));
            OPEN.add(directory);
            return directory;
        } catch (IOException e) {
            throw new BenchFailure("cannot make a run directory: " + e, e);
        }
    }

    private static void closeAll() {
        for (TemporaryDirectory directory : OPEN) {
            try {
                directory.close();
            } catch (BenchFailure e) {
                System.err.println("softpath bench: " + e.getMessage());
            }
        }
    }

    public Path path() {
        return path;
    }

    @Override
    public void close() {
        try {
            DirectoryTree.remove(path);
            lock.close();
        } catch (IOException e) {
            throw new BenchFailure("cannot remove the run directory: " + e, e);
        }
        OPEN.remove(this);
    }
}
