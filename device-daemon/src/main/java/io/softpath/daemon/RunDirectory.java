package io.softpath.daemon;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.softpath.error.Errno;
import io.softpath.error.SoftpathException;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The run directory of a daemon: the lock that says whose it is, and the sockets. Nothing is
 * created anywhere else.
 *
 * <p>The lock is the kernel's ({@code fcntl}), so it vanishes with its process however that ends;
 * the text in the lock file only tells people who holds it. What a dead daemon left behind is taken
 * over silently.
 */
public final class RunDirectory implements AutoCloseable {
    /** Name of the lock file. */
    public static final String LOCK_FILE = "daemon.lock";

    private static final String ANY_NODE = "ipath";
    private static final Set<PosixFilePermission> OWNER_ONLY =
            PosixFilePermissions.fromString("rwx------");
    private static final int LOCK_TEXT_MAX = 1024;

    /**
     * Directories held by this process: its own second claim must not open the lock file, see
     * {@link #isSameFile}.
     */
    private static final Map<Path, String> HELD_HERE = new ConcurrentHashMap<>();

    private final Path path;
    private final boolean created;
    private final FileChannel channel;
    private final FileLock lock;

    private RunDirectory(Path path, boolean created, FileChannel channel, FileLock lock) {
        this.path = path;
        this.created = created;
        this.channel = channel;
        this.lock = lock;
    }

    /**
     * The directory used when none is named: {@code $SOFTPATH_DIR}, else {@code
     * $XDG_RUNTIME_DIR/softpath}, else {@code /tmp/softpath-<uid>}.
     */
    public static Path defaultPath(Map<String, String> environment, int uid) {
        String named = environment.get("SOFTPATH_DIR");
        if (named != null && !named.isBlank()) {
            return Path.of(named);
        }
        String runtime = environment.get("XDG_RUNTIME_DIR");
        if (runtime != null && !runtime.isBlank()) {
            return Path.of(runtime, "softpath");
        }
        return Path.of("/tmp/softpath-" + uid);
    }

    /**
     * Takes the directory for this process, creating it with mode 0700 if it is missing and
     * clearing what a dead daemon left.
     *
     * @param owner what the lock file says of us: pid, uid, start, units
     * @throws SoftpathException EBUSY naming the owner if another daemon has it, EPERM if the
     *     directory is somebody else's, ENOTDIR or EIO if it cannot be used
     */
    public static RunDirectory claim(Path directory, int uid, String owner) {
        Path path = directory.toAbsolutePath().normalize();
        try {
            boolean madeNow = createIfMissing(path);
            checkOwner(path, uid);
            return lock(path, madeNow, owner);
        } catch (IOException e) {
            throw SoftpathException.of(
                    Errno.EIO, "run directory: dir=" + path + " cannot be used: " + e, e);
        }
    }

    private static boolean createIfMissing(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            return false;
        }
        Path parent = path.getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        try {
            Files.createDirectory(path, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
            return true;
        } catch (FileAlreadyExistsException e) {
            if (Files.isDirectory(path)) {
                return false;
            }
            throw SoftpathException.of(
                    Errno.ENOTDIR,
                    "run directory: dir=" + path + " exists and is not a directory",
                    e);
        }
    }

    private static void checkOwner(Path path, int uid) throws IOException {
        int owner = (Integer) Files.getAttribute(path, "unix:uid");
        if (owner != uid) {
            throw SoftpathException.of(
                    Errno.EPERM,
                    "run directory: dir="
                            + path
                            + " belongs to uid="
                            + owner
                            + ", this daemon runs as uid="
                            + uid
                            + "; name another one with --dir or SOFTPATH_DIR");
        }
        Set<PosixFilePermission> mode =
                Files.readAttributes(path, PosixFileAttributes.class).permissions();
        if (mode.contains(PosixFilePermission.OTHERS_WRITE)) {
            throw SoftpathException.of(
                    Errno.EPERM,
                    "run directory: dir="
                            + path
                            + " is writable for everybody, mode="
                            + PosixFilePermissions.toString(mode)
                            + "; chmod o-w it or name another one");
        }
    }

    private static RunDirectory lock(Path path, boolean madeNow, String owner) throws IOException {
        Path key = path.toRealPath();
        String here = HELD_HERE.putIfAbsent(key, owner);
        if (here != null) {
            throw held(path, here);
        }
        boolean locked = false;
        try {
            RunDirectory directory = lockFile(path, madeNow, owner);
            locked = true;
            return directory;
        } finally {
            if (!locked) {
                HELD_HERE.remove(key);
            }
        }
    }

    private static SoftpathException held(Path path, String owner) {
        return SoftpathException.of(
                Errno.EBUSY,
                "run directory: dir="
                        + path
                        + " is held by another daemon: "
                        + (owner.isBlank() ? "it is just starting" : owner.strip())
                        + "; stop it or name another directory");
    }

    private static RunDirectory lockFile(Path path, boolean madeNow, String owner)
            throws IOException {
        Path file = path.resolve(LOCK_FILE);
        while (true) {
            FileChannel channel =
                    FileChannel.open(
                            file,
                            Set.of(CREATE, READ, WRITE, NOFOLLOW_LINKS),
                            PosixFilePermissions.asFileAttribute(
                                    PosixFilePermissions.fromString("rw-r--r--")));
            boolean kept = false;
            try {
                FileLock lock = channel.tryLock();
                String text = readText(channel);
                if (lock == null) {
                    throw held(path, text);
                }
                // A daemon that stopped between our open and our lock took the file away: lock the
                // new one instead.
                if (!isSameFile(file, channel)) {
                    continue;
                }
                boolean created = madeNow || text.contains("created=true");
                clearSockets(path);
                writeText(channel, owner + " created=" + created + "\n");
                kept = true;
                return new RunDirectory(path, created, channel, lock);
            } finally {
                if (!kept) {
                    channel.close();
                }
            }
        }
    }

    /**
     * Does the path still name the file we have open? Closing any second descriptor of a file drops
     * all {@code fcntl} locks of the process on it, so the file may not be opened again to compare:
     * a random length, read back by {@code stat}, tells as well.
     */
    private static boolean isSameFile(Path file, FileChannel channel) throws IOException {
        long length = LOCK_TEXT_MAX + ThreadLocalRandom.current().nextLong(1L << 30);
        long before = channel.size();
        channel.write(ByteBuffer.wrap(new byte[1]), length - 1);
        boolean same = Files.exists(file, NOFOLLOW_LINKS) && Files.size(file) == length;
        channel.truncate(before);
        return same;
    }

    private static String readText(FileChannel channel) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(LOCK_TEXT_MAX);
        int position = 0;
        while (buffer.hasRemaining()) {
            int n = channel.read(buffer, position);
            if (n < 0) {
                break;
            }
            position += n;
        }
        return UTF_8.decode(buffer.flip()).toString();
    }

    private static void writeText(FileChannel channel, String text) throws IOException {
        channel.truncate(0);
        ByteBuffer bytes = UTF_8.encode(text);
        int position = 0;
        while (bytes.hasRemaining()) {
            position += channel.write(bytes, position);
        }
    }

    private static void clearSockets(Path path) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(path, ANY_NODE + "*")) {
            for (Path entry : entries) {
                String number = entry.getFileName().toString().substring(ANY_NODE.length());
                boolean ours = number.chars().allMatch(c -> c >= '0' && c <= '9');
                if (ours
                        && Files.readAttributes(entry, PosixFileAttributes.class, NOFOLLOW_LINKS)
                                .isOther()) {
                    Files.delete(entry);
                }
            }
        }
    }

    /** The line that names an owner in the lock file. */
    public static String ownerLine(int uid, int units) {
        ProcessHandle self = ProcessHandle.current();
        Instant start =
                self.info().startInstant().orElseGet(Instant::now).truncatedTo(ChronoUnit.SECONDS);
        return "pid=" + self.pid() + " uid=" + uid + " start=" + start + " units=" + units;
    }

    /** The directory itself, absolute. */
    public Path path() {
        return path;
    }

    /** The socket of a unit. */
    public Path node(int unit) {
        return path.resolve(ANY_NODE + unit);
    }

    /** The socket that stands for any unit. */
    public Path anyNode() {
        return path.resolve(ANY_NODE);
    }

    /**
     * Takes away the sockets, the lock file, and the directory if it was made for a daemon and is
     * empty; then lets go.
     */
    @Override
    public void close() {
        try {
            HELD_HERE.remove(path.toRealPath());
            clearSockets(path);
            Files.deleteIfExists(path.resolve(LOCK_FILE));
            if (created && isEmpty()) {
                Files.delete(path);
            }
            lock.release();
            channel.close();
        } catch (IOException e) {
            throw SoftpathException.of(
                    Errno.EIO, "run directory: dir=" + path + " cannot be cleared: " + e, e);
        }
    }

    private boolean isEmpty() throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
            return !entries.iterator().hasNext();
        }
    }
}
